//! Alerts as JSON to an address, signed if there is a secret to sign with.

use std::time::Duration;

use reqwest::Client;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Incident, Turn};

/// How long the other side may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// `sha256=<hex>`: HMAC-SHA256 (RFC 2104) of the body under the shared secret.
const SIGNATURE: &str = "x-jieyue-signature";
/// The block of SHA-256 in bytes.
const BLOCK: usize = 64;

/// Where alerts are posted.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: Option<Vec<u8>>,
}

/// What is posted.
#[derive(Serialize)]
struct Message<'a> {
    turn: Turn,
    #[serde(flatten)]
    incident: &'a Incident,
}

impl Webhook {
    pub(super) async fn send(&self, incident: &Incident, turn: Turn) -> Result<(), reqwest::Error> {
        let body = serde_json::to_vec(&Message { turn, incident });
        let body = body.expect("an incident is plain data");
        let client = Client::builder().timeout(TIMEOUT).build()?;
        let mut request = client
            .post(&self.url)
            .header("content-type", "application/json");
        if let Some(secret) = &self.secret {
            let signature = format!("sha256={}", hex::encode(hmac(secret, &body)));
            request = request.header(SIGNATURE, signature);
        }
        let answer = request.body(body).send().await?;
        answer.error_for_status()?;
        Ok(())
    }
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(text);
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::hmac;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let case_2 = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            hex::encode(case_2),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let case_6 = hmac(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
        );
        assert_eq!(
            hex::encode(case_6),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
