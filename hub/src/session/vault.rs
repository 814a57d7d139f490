//! Where tokens stay that a vendor changes as it renews them.
//!
//! They are a cursor of the store, so every hub over the same store finds them, and sealed (ChaCha20-Poly1305): the key
//! is the hash of the first renewal that the source's settings would ask for, which holds the app's secret and the
//! configured refresh token. So nobody can read them from the store, from a backup of it or from a broker without the
//! settings; and a source that is authorized anew, or for another shop, has another key and begins with what is
//! configured. There is no key to keep, to lose or to rotate.

use std::sync::Arc;

use crossdock_connector::sign::{base64, unbase64};
use crossdock_connector::{HttpRequest, Secret, Session, Token};
use jiff::Timestamp;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::backbone::Backbone;

/// The kept session of one source.
pub struct Vault {
    backbone: Arc<dyn Backbone>,
    name: String,
    key: LessSafeKey,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    access: String,
    refresh: String,
    ends: Option<Timestamp>,
}

impl Vault {
    /// The vault of a source; none where its settings could not renew anything.
    pub fn new(backbone: Arc<dyn Backbone>, source: &str, part: &dyn Session) -> Option<Self> {
        // Connectors are pure: the same settings and the same time ask the same.
        let renewal = part.open(None, Timestamp::UNIX_EPOCH).ok()?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &digest(&renewal)).ok()?;
        Some(Self { backbone, name: format!("session/{source}"), key: LessSafeKey::new(key) })
    }

    /// The token kept last; none when there is none, or it was kept under other settings.
    pub async fn read(&self) -> Option<Token> {
        match self.backbone.cursor(self.name.clone()).await {
            Ok(text) => self.open(&text?),
            Err(error) => {
                tracing::warn!(name = self.name, error = %error, "cannot read the kept session");
                None
            }
        }
    }

    /// Keeps a token that can be renewed, before it is used.
    pub async fn write(&self, token: &Token) {
        let Some(sealed) = self.seal(token) else { return };
        if let Err(error) = self.backbone.set_cursor(self.name.clone(), sealed).await {
            tracing::error!(name = self.name, error = %error, "a renewed session is not kept: a restart may need a new authorization");
        }
    }

    fn seal(&self, token: &Token) -> Option<String> {
        let refresh = token.refresh.as_ref()?.expose_text()?.to_owned();
        // What else a token carries cannot be kept: then it is renewed at the next start.
        let (access, ends) = match token.extra.is_empty() {
            true => (token.access.expose_text()?.to_owned(), token.expires_at),
            false => (String::new(), Some(Timestamp::UNIX_EPOCH)),
        };
        let mut bytes = serde_json::to_vec(&Kept { access, refresh, ends }).ok()?;
        let mut nonce = [0_u8; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(unique, Aad::from(self.name.as_bytes()), &mut bytes).ok()?;
        Some(base64(&[&nonce, &*bytes].concat()))
    }

    fn open(&self, text: &str) -> Option<Token> {
        let bytes = unbase64(text)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let kept = self.key.open_in_place(nonce, Aad::from(self.name.as_bytes()), &mut sealed).ok()?;
        let Kept { access, refresh, ends } = serde_json::from_slice(kept).ok()?;
        Some(Token { expires_at: ends, refresh: Some(Secret::new(refresh)), ..Token::new(access) })
    }
}

fn digest(renewal: &HttpRequest) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    };
    add(b"crossdock session 1");
    add(renewal.url.as_bytes());
    for (name, value) in &renewal.headers.0 {
        add(name.as_bytes());
        add(value.as_bytes());
    }
    add(&renewal.body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use crossdock_connector::{HttpResponse, Result};

    use super::*;
    use crate::backbone::embedded::{Embedded, FILE_NAME};

    struct Vendor(&'static str);

    impl Session for Vendor {
        fn open(&self, last: Option<&Token>, now: Timestamp) -> Result<HttpRequest> {
            let refresh = last.and_then(|token| token.refresh.as_ref()?.expose_text()).unwrap_or(self.0);
            Ok(HttpRequest::get(format!("https://vendor.example/?refresh={refresh}&at={now}")))
        }

        fn opened(&self, _: Option<&Token>, _: &HttpResponse, _: Timestamp) -> Result<Token> {
            Ok(Token::new("unused"))
        }
    }

    #[tokio::test]
    async fn a_renewed_token_is_there_after_a_restart_and_only_for_the_same_settings() {
        let dir = tempfile::tempdir().unwrap();
        let token = Token::new("access-1").lives(Timestamp::UNIX_EPOCH, 3600).renewed_by("refresh-2");
        {
            let store: Arc<dyn Backbone> = Arc::new(Embedded::open(dir.path(), "t").unwrap());
            let vault = Vault::new(Arc::clone(&store), "jd", &Vendor("refresh-1")).unwrap();
            assert_eq!(vault.read().await, None);
            vault.write(&token).await;
            vault.write(&Token::new("access-without-renewal")).await;
            store.close(std::time::Duration::from_secs(5)).await.unwrap();
        }
        let bytes = std::fs::read(dir.path().join(FILE_NAME)).unwrap();
        for secret in ["access-1", "refresh-2"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
        let store: Arc<dyn Backbone> = Arc::new(Embedded::open(dir.path(), "t").unwrap());
        let read = |source: &'static str, configured: &'static str| {
            let vault = Vault::new(Arc::clone(&store), source, &Vendor(configured)).unwrap();
            async move { vault.read().await }
        };
        assert_eq!(read("jd", "refresh-1").await, Some(token));
        assert_eq!(read("jd", "refresh-of-another-shop").await, None);
        let sealed = store.cursor("session/jd".into()).await.unwrap().unwrap();
        store.set_cursor("session/other".into(), sealed).await.unwrap();
        assert_eq!(read("other", "refresh-1").await, None, "of another source");
        store.set_cursor("session/jd".into(), "not ours".into()).await.unwrap();
        assert_eq!(read("jd", "refresh-1").await, None);
    }

    #[tokio::test]
    async fn what_cannot_be_kept_is_renewed_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let store: Arc<dyn Backbone> = Arc::new(Embedded::open(dir.path(), "t").unwrap());
        let vault = Vault::new(store, "jd", &Vendor("refresh-1")).unwrap();
        vault.write(&Token::new("access").renewed_by("refresh-2").with("tenant", "https://t")).await;
        let kept = vault.read().await.unwrap();
        assert_eq!(kept.refresh, Some(Secret::new("refresh-2")));
        assert!(!kept.holds(Timestamp::UNIX_EPOCH, 0) && kept.access.expose().is_empty());
    }
}
