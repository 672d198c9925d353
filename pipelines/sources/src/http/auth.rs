//! Who asks: secrets read when the source connects, put on each request.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::body;
use super::config::{Auth, OAuth};
use super::error::HttpError;
use super::failure::Failure;
use crate::SourceError;
use crate::secret::{Secret, Secrets};

/// A token is not used in its last moments: the request takes a while to arrive.
const TOKEN_MARGIN: Duration = Duration::from_secs(30);

/// How long a token is used whose server does not say.
const TOKEN_LIFE: Duration = Duration::from_secs(300);

/// Who asks, ready to sign requests.
#[derive(Debug)]
pub(super) enum Signer {
    Nobody,
    Bearer(HeaderValue),
    Basic { user: String, password: Secret },
    Header(HeaderName, HeaderValue),
    Parameter(String, Secret),
    OAuth(Box<Client>),
}

/// A client of an OAuth server, with the token it has.
#[derive(Debug)]
pub(super) struct Client {
    config: OAuth,
    secret: Secret,
    token: Mutex<Option<Token>>,
}

#[derive(Debug, Clone)]
struct Token {
    header: HeaderValue,
    good_until: Instant,
}

impl Signer {
    /// Reads the secrets that `auth` names; they are noted in `secrets`.
    pub(super) fn new(
        auth: Option<&Auth>,
        project: &Path,
        secrets: &mut Secrets,
    ) -> Result<Signer, SourceError> {
        let mut read = |secret: &crate::SecretRef, key| -> Result<Secret, SourceError> {
            let secret = secret.read(key, project).map_err(SourceError::Secret)?;
            secrets.add(&secret);
            Ok(secret)
        };
        let Some(auth) = auth else {
            return Ok(Signer::Nobody);
        };
        if let Some(token) = &auth.bearer {
            let token = read(token, "bearer")?;
            return Ok(Signer::Bearer(header(
                &format!("Bearer {}", token.expose()),
                "bearer",
            )?));
        }
        if let Some(basic) = &auth.basic {
            return Ok(Signer::Basic {
                user: basic.user.clone(),
                password: read(&basic.password, "password")?,
            });
        }
        if let Some(key) = &auth.api_key {
            let value = read(&key.value, "value")?;
            if let Some(name) = &key.parameter {
                return Ok(Signer::Parameter(name.clone(), value));
            }
            let name = key.header.as_deref().unwrap_or("X-Api-Key");
            let name = HeaderName::try_from(name).map_err(|_| {
                SourceError::Secret(crate::SecretError::NotAReference { key: "header" })
            })?;
            return Ok(Signer::Header(name, header(value.expose(), "value")?));
        }
        if let Some(oauth) = &auth.oauth {
            return Ok(Signer::OAuth(Box::new(Client {
                config: oauth.clone(),
                secret: read(&oauth.client_secret, "client_secret")?,
                token: Mutex::new(None),
            })));
        }
        Ok(Signer::Nobody)
    }

    /// Puts the secrets on a request.
    pub(super) async fn sign(
        &self,
        http: &reqwest::Client,
        request: RequestBuilder,
    ) -> Result<RequestBuilder, Failure> {
        Ok(match self {
            Signer::Nobody => request,
            Signer::Bearer(value) => request.header(AUTHORIZATION, value.clone()),
            Signer::Basic { user, password } => request.basic_auth(user, Some(password.expose())),
            Signer::Header(name, value) => request.header(name.clone(), value.clone()),
            Signer::Parameter(name, value) => request.query(&[(name, value.expose())]),
            Signer::OAuth(client) => request.header(AUTHORIZATION, client.token(http).await?),
        })
    }

    /// Forgets a token that was refused; answers whether another one can be got.
    pub(super) async fn renew(&self) -> bool {
        match self {
            Signer::OAuth(client) => client.token.lock().await.take().is_some(),
            _ => false,
        }
    }

    /// The parameter of the address that holds a secret.
    pub(super) fn parameter(&self) -> Option<&str> {
        match self {
            Signer::Parameter(name, _) => Some(name),
            _ => None,
        }
    }
}

/// A header that is not shown in logs of the HTTP client.
fn header(value: &str, key: &'static str) -> Result<HeaderValue, SourceError> {
    let mut header = HeaderValue::try_from(value).map_err(|_| {
        SourceError::Secret(crate::SecretError::Unreadable {
            key,
            path: "it".to_owned(),
            reason: "it holds letters or line ends that a header cannot carry".to_owned(),
        })
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// What a token server answers (RFC 6749, 5.1 and 5.2).
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<String>,
    expires_in: Option<serde_json::Value>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Client {
    async fn token(&self, http: &reqwest::Client) -> Result<HeaderValue, Failure> {
        let mut held = self.token.lock().await;
        if let Some(token) = &*held
            && token.good_until > Instant::now()
        {
            return Ok(token.header.clone());
        }
        let token = match self.fetch(http, true).await {
            // Some servers want the client's name in the body, which the standard allows.
            Err(failure) if failure.wants_other_way => self.fetch(http, false).await?,
            other => other?,
        };
        let header = token.header.clone();
        *held = Some(token);
        Ok(header)
    }

    async fn fetch(&self, http: &reqwest::Client, by_header: bool) -> Result<Token, Failure> {
        let config = &self.config;
        let mut fields = vec![("grant_type", "client_credentials")];
        if let Some(scope) = &config.scope {
            fields.push(("scope", scope));
        }
        if let Some(audience) = &config.audience {
            fields.push(("audience", audience));
        }
        let mut request = http.post(config.token_url.value.as_str());
        if by_header {
            request = request.basic_auth(&config.client_id, Some(self.secret.expose()));
        } else {
            fields.push(("client_id", &config.client_id));
            fields.push(("client_secret", self.secret.expose()));
        }
        let name = &config.token_url.value;
        let answer = request.form(&fields).send().await;
        let answer = answer.map_err(|error| Failure::of_transport(name, &error, 0))?;
        let status = answer.status();
        let bytes = answer.bytes().await;
        let bytes = bytes.map_err(|error| Failure::of_transport(name, &error, 0))?;
        let no_token = |reason: String| HttpError::NoToken {
            token_url: name.clone(),
            reason,
        };
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(Failure::passing(no_token(format!("it answers {status}"))));
        }
        let parsed: TokenAnswer = serde_json::from_slice(&bytes).map_err(|_| {
            Failure::lasting(no_token(format!(
                "it answers {status}: {}",
                body::said(&bytes)
            )))
        })?;
        let Some(token) = parsed.access_token.filter(|_| status.is_success()) else {
            let said = [parsed.error, parsed.error_description];
            let said = said.into_iter().flatten().collect::<Vec<_>>().join(": ");
            let mut failure = Failure::lasting(no_token(format!("it answers {status} {said}")));
            failure.wants_other_way = by_header && matches!(status.as_u16(), 400 | 401);
            return Err(failure);
        };
        let life = match parsed.expires_in {
            Some(serde_json::Value::Number(number)) => number.as_u64(),
            Some(serde_json::Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        let life = life.map_or(TOKEN_LIFE, Duration::from_secs);
        let mut header = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Failure::lasting(no_token("it is no text a header can carry".into())))?;
        header.set_sensitive(true);
        Ok(Token {
            header,
            good_until: Instant::now() + life.saturating_sub(TOKEN_MARGIN),
        })
    }
}
