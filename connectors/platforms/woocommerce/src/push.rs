//! Webhooks: base64 HMAC-SHA256 of the raw body. Only the body is signed; the headers that say which shop and which topic
//! are not, so the shop is held against the settings here, and the body against the topic when it is normalized.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, Headers, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
    sign,
};

use crate::config::Config;
use crate::normalize::is_ping;
use crate::{ACTION, PING, site};

const SIGNATURE: &str = "x-wc-webhook-signature";
const TOPIC: &str = "x-wc-webhook-topic";
const SOURCE: &str = "x-wc-webhook-source";
/// What people need to tell deliveries apart; none of it is secret, and none of it is unique.
const KEPT: &[&str] = &["x-wc-webhook-id", "x-wc-webhook-delivery-id"];

/// Webhooks of one shop.
#[derive(Debug)]
pub(crate) struct Webhooks {
    shops: Vec<String>,
    secrets: Vec<Secret>,
    ping: Option<Secret>,
}

impl Webhooks {
    pub(crate) fn new(config: &Config) -> Self {
        let aliases = config.aliases.iter().map(|alias| site::canonical(alias));
        let secrets = std::iter::once(&config.secret).chain(&config.next_secret);
        Self {
            shops: std::iter::once(config.shop.clone()).chain(aliases).collect(),
            secrets: secrets.map(decoded).collect(),
            ping: config.ping_token.clone(),
        }
    }
}

/// The secret that the shop really signs with.
fn decoded(given: &Secret) -> Secret {
    given.expose_text().map_or_else(|| given.clone(), |text| Secret::new(site::secret(text).into_owned()))
}

/// The call with which a shop tries a new webhook: a form, no signature.
fn is_trial(request: &Request<'_>) -> bool {
    request.headers.get(SIGNATURE).is_none() && is_ping(request.body)
}

impl Push for Webhooks {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        if is_trial(request) {
            let token = request.path_token.ok_or_else(|| Error::auth("path token is missing"))?;
            return Ok(SignedParts::shared(token, &self.ping));
        }
        let claim = sign::unbase64(request.required(SIGNATURE)?.trim())
            .ok_or_else(|| Error::auth("signature is not base64"))?;
        request.required(TOPIC)?;
        let source = site::canonical(request.required(SOURCE)?);
        if !self.shops.contains(&source) {
            return Err(Error::auth(
                "webhook of another shop: add its address to the aliases if it is this one",
            ));
        }
        Ok(SignedParts {
            message: Cow::Borrowed(request.body),
            presented: vec![(Scheme::HmacSha256, claim)],
            keys: self.secrets.iter().map(|secret| (Scheme::HmacSha256, secret)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let request = request.request();
        if is_trial(request) {
            return Captured::new(PING, request.body.to_vec());
        }
        let mut headers = Headers::default();
        for name in KEPT {
            if let Some(value) = request.headers.get(name) {
                headers.push(name, value);
            }
        }
        let topic = request.headers.get(TOPIC).unwrap_or_default().trim();
        // Hooks of WordPress have names of their own.
        let topic = if topic.starts_with("action.") { ACTION } else { topic };
        Captured { headers, ..Captured::new(topic, request.body.to_vec()) }
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        HttpReply::empty(ack.status())
    }
}
