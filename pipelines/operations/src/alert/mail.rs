//! Alerts as mail.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::{Incident, Turn};
use crate::settings::Security;

/// How long the server may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whom alerts are mailed to, and how.
#[derive(Debug, Clone)]
pub struct Mail {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    #[error("the mail cannot be written: {0}")]
    Content(#[from] lettre::error::Error),
    #[error("the mail server `{host}` did not take it: {source}")]
    Server {
        host: String,
        source: lettre::transport::smtp::Error,
    },
}

impl Mail {
    pub(crate) async fn send(&self, incident: &Incident, turn: Turn) -> Result<(), MailError> {
        let state = match turn {
            Turn::Begins => "告警",
            Turn::Over => "已恢复",
        };
        let Incident { key, message, .. } = incident;
        let since = incident.since.map_or_else(String::new, |since| {
            format!("since: {}\n", since.format("%Y-%m-%d %H:%M UTC"))
        });
        let mut mail = Message::builder()
            .from(self.from.clone())
            .subject(format!("[节约 {state}] {}", message.zh))
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        let mail = mail.body(format!(
            "{}\n{}\n\n{since}key: {key}\n",
            message.zh, message.en
        ))?;
        let sent = async { self.transport()?.send(mail).await };
        sent.await.map(drop).map_err(|source| MailError::Server {
            host: self.host.clone(),
            source,
        })
    }

    fn transport(
        &self,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
        let builder = match self.security {
            Security::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(&self.host)?,
            Security::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&self.host)?,
            Security::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host),
        };
        let mut builder = builder.port(self.port).timeout(Some(TIMEOUT));
        if let Some((user, password)) = &self.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(builder.build())
    }
}
