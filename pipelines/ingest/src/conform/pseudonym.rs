//! Pseudonyms: the same person is the same key everywhere in the lake, and nobody's name.
//!
//! A pseudonym is the first 32 hex digits (128 bits) of HMAC-SHA-256 (RFC 2104) of the value, blanks at
//! its ends removed, under a key that is kept outside the lake. Without the key nobody can compute who
//! a pseudonym is by trying names; with a lost key the same person gets another pseudonym.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringArray};
use sha2::{Digest, Sha256};

use crate::error::IngestError;

/// The environment variable that holds the key.
pub const KEY_VARIABLE: &str = "JIEYUE_PSEUDONYM_KEY";

/// A shorter key could be found by trying.
const LEAST_KEY_BYTES: usize = 16;

/// The block size of SHA-256, to which HMAC pads its key.
const BLOCK_BYTES: usize = 64;

/// The key that pseudonyms are made with. Never printed.
#[derive(Clone)]
pub struct PseudonymKey(Arc<[u8]>);

impl PseudonymKey {
    /// A key from its bytes; `place` names where they came from in messages.
    ///
    /// # Errors
    /// When there are fewer than 16.
    pub fn new(bytes: &[u8], place: &str) -> Result<PseudonymKey, IngestError> {
        let bytes = bytes.trim_ascii();
        if bytes.len() < LEAST_KEY_BYTES {
            return Err(IngestError::PseudonymKeyShort {
                place: place.to_owned(),
                bytes: bytes.len(),
                least: LEAST_KEY_BYTES,
            });
        }
        Ok(PseudonymKey(Arc::from(bytes)))
    }

    /// The key in `variable` (the value of [`KEY_VARIABLE`]), else in `file`; `None` when neither is
    /// given.
    ///
    /// # Errors
    /// When the key is too short, or the file cannot be read.
    pub fn find(
        variable: Option<&str>,
        file: Option<&Path>,
    ) -> Result<Option<PseudonymKey>, IngestError> {
        if let Some(value) = variable {
            return PseudonymKey::new(value.as_bytes(), KEY_VARIABLE).map(Some);
        }
        let Some(file) = file else {
            return Ok(None);
        };
        let place = format!("`{}`", file.display());
        match std::fs::read(file) {
            Ok(bytes) => PseudonymKey::new(&bytes, &place).map(Some),
            Err(source) => Err(IngestError::PseudonymKeyUnreadable { place, source }),
        }
    }
}

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

/// Makes pseudonyms with one key.
pub(super) struct Pseudonyms {
    inner: Sha256,
    outer: Sha256,
}

impl Pseudonyms {
    pub(super) fn new(key: &PseudonymKey) -> Pseudonyms {
        let mut block = [0; BLOCK_BYTES];
        if key.0.len() > BLOCK_BYTES {
            block[..32].copy_from_slice(&Sha256::digest(&key.0));
        } else {
            block[..key.0.len()].copy_from_slice(&key.0);
        }
        Pseudonyms {
            inner: Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36)),
            outer: Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c)),
        }
    }

    /// The pseudonym of a value.
    pub(super) fn of(&self, value: &str) -> String {
        hex::encode(&self.mac(value.trim().as_bytes())[..16])
    }

    /// The pseudonyms of a text column.
    pub(super) fn column(&self, values: &ArrayRef) -> ArrayRef {
        let values = values.as_string::<i32>();
        Arc::new(
            values
                .iter()
                .map(|value| value.map(|value| self.of(value)))
                .collect::<StringArray>(),
        )
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        let inner = self.inner.clone().chain_update(message).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test cases 2 (a short key) and 6 (a key longer than a block).
    #[test]
    fn macs_are_those_of_the_standard() {
        let mac = |key: &[u8], message: &[u8]| {
            hex::encode(Pseudonyms::new(&PseudonymKey(Arc::from(key))).mac(message))
        };
        assert_eq!(
            mac(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            mac(
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First"
            ),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn one_person_has_one_pseudonym_and_a_short_key_is_refused() {
        let key = PseudonymKey::new(b"0123456789abcdef\n", "here").expect("a key");
        let pseudonyms = Pseudonyms::new(&key);
        assert_eq!(pseudonyms.of("张三"), pseudonyms.of(" 张三 "));
        assert_eq!(pseudonyms.of("张三").len(), 32);
        assert!(PseudonymKey::new(b"secret", "here").is_err());
        assert_eq!(format!("{key:?}"), "PseudonymKey(…)");
    }
}
