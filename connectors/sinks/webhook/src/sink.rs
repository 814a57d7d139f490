//! Puts calls together: body, headers, signature.

use bytes::Bytes;
use jiff::Timestamp;

use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Error, ErrorKind, Exchange, HttpRequest, HttpSink, Outcome, Repeat,
    Result, Secret, Step, sign,
};

use crate::config::{Config, SecretEncoding};
use crate::{encode, reply};

const ONE: &str = "application/cloudevents+json; charset=utf-8";
const MANY: &str = "application/cloudevents-batch+json; charset=utf-8";

/// The sink, with its keys ready to sign.
pub(crate) struct WebhookSink {
    url: String,
    keys: Vec<Key>,
    batch: usize,
    headers: Vec<(String, String)>,
}

/// A signing key. Not printed: there is no `Debug`.
struct Key(Vec<u8>);

impl WebhookSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let encoding = config.secret_encoding;
        let mut keys = vec![key(&config.secret, encoding).map_err(|error| error.at("secret"))?];
        if let Some(previous) = &config.previous_secret {
            keys.push(key(previous, encoding).map_err(|error| error.at("previous_secret"))?);
        }
        let plain = config.headers.into_iter();
        let secret = config.secret_headers.into_iter().map(|(name, value)| {
            // Validation has seen that it is visible ASCII.
            (name, value.expose_text().unwrap_or_default().to_owned())
        });
        Ok(Self {
            url: config.url,
            keys,
            batch: usize::try_from(config.batch).unwrap_or(1),
            headers: plain.chain(secret).collect(),
        })
    }

    fn call(&self, deliveries: &[Delivery], now: Timestamp) -> Result<HttpRequest> {
        let (id, content_type, body, trace) = match deliveries {
            [] => return Err(Error::new(ErrorKind::Bug, "a call without events")),
            [one] => (one.event.id.clone(), ONE, one.json.clone(), one.event.traceparent.as_deref()),
            many => (list_id(many), MANY, Bytes::from(encode::list(many)), None),
        };
        let seconds = now.as_second();
        let mut signatures = String::new();
        for key in &self.keys {
            if !signatures.is_empty() {
                signatures.push(' ');
            }
            signatures.push_str(&sign::standard_webhooks(&key.0, &id, seconds, &body));
        }
        let mut request = HttpRequest::post(self.url.clone(), content_type, body)
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signatures);
        if let Some(trace) = trace {
            request = request.header("traceparent", trace);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value.clone());
        }
        Ok(request)
    }
}

impl HttpSink for WebhookSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        encode::together(batch, self.batch)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let Some(exchange) = past.first() else {
            return match self.call(batch, context.now) {
                Ok(request) => Step::write("post", request),
                Err(error) => {
                    let words = error.to_string();
                    Step::all(batch, || Outcome::Rejected(Error::new(ErrorKind::Bug, words.clone())))
                }
            };
        };
        let read = if batch.len() == 1 { reply::single } else { reply::shared };
        Step::all(batch, || read(&exchange.reply))
    }

    fn repeat(&self) -> Repeat {
        Repeat::UniqueKey
    }
}

fn key(secret: &Secret, encoding: SecretEncoding) -> Result<Key> {
    let key = match encoding {
        SecretEncoding::Base64 => sign::standard_webhooks_key(secret)?,
        SecretEncoding::Raw => secret.expose().to_vec(),
    };
    // An empty key would sign what anybody can sign.
    if key.is_empty() { Err(Error::config("secret is empty")) } else { Ok(Key(key)) }
}

/// The id of a list: the same events in the same order give the same id.
fn list_id(many: &[Delivery]) -> String {
    let mut ids = Vec::with_capacity(many.len() * 70);
    for delivery in many {
        ids.extend_from_slice(delivery.event.id.as_bytes());
        ids.push(b'\n');
    }
    format!("b1-{}", sign::hex(&sign::sha256(&ids)))
}
