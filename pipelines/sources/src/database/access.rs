//! What it takes to be let in: the secret, whom to trust, and patience with a server that is restarting.

use std::path::{Path, PathBuf};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{DatabaseConfig, DatabaseError, Trouble};
use crate::SourceError;
use crate::secret::Secret;

/// How often connecting is tried again while the server cannot be reached or is being restarted.
const RETRIES: usize = 3;

/// What it takes to be let in, beside the configuration.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) password: Option<Secret>,
    /// The file of `authority`.
    authority: Option<PathBuf>,
}

impl Access {
    /// Reads the secret the configuration names.
    ///
    /// # Errors
    /// When the secret is not there.
    pub(crate) fn of(config: &DatabaseConfig, project: &Path) -> Result<Access, SourceError> {
        let password = config.password.as_ref();
        let password = password.map(|secret| secret.read("password", project));
        Ok(Access {
            password: password.transpose()?,
            authority: config.authority.as_ref().map(|path| project.join(path)),
        })
    }

    /// The certificates of the system that can be used, and those in the file `authority`.
    ///
    /// # Errors
    /// When the file cannot be read, in words.
    pub(crate) fn trusted(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let mut usable = RootCertStore::empty();
        let mut trusted = rustls_native_certs::load_native_certs().certs;
        trusted.retain(|certificate| usable.add(certificate.clone()).is_ok());
        if let Some(path) = &self.authority {
            let unreadable = |error: &dyn std::fmt::Display| {
                format!("`authority` names `{}`: {error}", path.display())
            };
            let certificates = CertificateDer::pem_file_iter(path);
            for certificate in certificates.map_err(|error| unreadable(&error))? {
                let certificate = certificate.map_err(|error| unreadable(&error))?;
                usable
                    .add(certificate.clone())
                    .map_err(|error| unreadable(&error))?;
                trusted.push(certificate);
            }
        }
        Ok(trusted)
    }
}

/// How long to go on connecting.
pub(crate) struct Patience {
    waits: ExponentialBackoff,
}

impl Patience {
    pub(crate) fn new() -> Patience {
        let waits = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(300))
            .with_max_times(RETRIES)
            .with_jitter();
        Patience {
            waits: waits.build(),
        }
    }

    /// Waits after a failure that may pass.
    ///
    /// # Errors
    /// With the failure, when it does not pass, or there is no patience left.
    pub(crate) async fn bear(&mut self, error: DatabaseError) -> Result<(), DatabaseError> {
        let is_passing = matches!(
            error.trouble.as_ref(),
            Trouble::Unreachable { .. } | Trouble::Busy { .. }
        );
        match self.waits.next().filter(|_| is_passing) {
            Some(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            None => Err(error),
        }
    }
}
