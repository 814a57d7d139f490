//! Calls of the REST interface of one site.

use std::sync::Arc;

use crossdock_connector::{Context, Error, HttpRequest, Result, Secret, percent, sign as common};

use crate::config::{Auth, Config};
use crate::sign;

/// The interface of one site.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) config: Arc<Config>,
}

impl Api {
    /// A read of a path below `wc/v3`.
    pub(crate) fn get(
        &self,
        path: &str,
        query: &[(&str, String)],
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let config = &self.config;
        let key = config.consumer_key.as_deref().ok_or_else(|| missing("consumer_key"))?;
        let secret = config.consumer_secret.as_ref().and_then(Secret::expose_text);
        let secret = secret.ok_or_else(|| missing("consumer_secret"))?;
        let base = config.address();
        let (address, mut pairs) = if config.plain_permalinks {
            (format!("{base}/"), vec![format!("rest_route=/wc/v3/{path}")])
        } else {
            (format!("{base}/wp-json/wc/v3/{path}"), Vec::new())
        };
        if config.auth == Auth::Oauth1 {
            let nonce = sign::nonce(&address, query, context.now);
            let query = sign::query(&address, query, key, secret, &nonce, context.now);
            return Ok(plain(format!("{address}?{query}")));
        }
        pairs.extend(query.iter().map(|(name, value)| format!("{name}={}", percent::encode(value))));
        if config.auth == Auth::Query {
            pairs.push(format!("consumer_key={}", percent::encode(key)));
            pairs.push(format!("consumer_secret={}", percent::encode(secret)));
        }
        let url = if pairs.is_empty() { address } else { format!("{address}?{}", pairs.join("&")) };
        Ok(match config.auth {
            Auth::Basic => {
                let shown = common::base64(format!("{key}:{secret}").as_bytes());
                plain(url).header("authorization", format!("Basic {shown}"))
            }
            Auth::Query | Auth::Oauth1 => plain(url),
        })
    }
}

fn plain(url: String) -> HttpRequest {
    HttpRequest::get(url).header("accept", "application/json")
}

fn missing(key: &str) -> Error {
    Error::config("is missing").at(key)
}

#[cfg(test)]
mod tests {
    use crossdock_connector::settings;

    use super::*;

    fn asked(more: &str) -> HttpRequest {
        let given = format!(
            "shop = \"a.example/shop\"\nsecret = {{ env = \"X\" }}\nconsumer_key = \"ck_1\"\n\
             consumer_secret = {{ env = \"X\" }}\n{more}"
        );
        let mut table = given.parse().unwrap();
        settings::resolve(&mut table, &|_| Ok("cs 1".to_owned())).unwrap();
        let api = Api { config: Arc::new(settings::read(table).unwrap()) };
        let now = "2026-11-01T00:00:00Z".parse().unwrap();
        api.get("orders/7", &[("dp", "4".to_owned())], &Context::at(now)).unwrap()
    }

    #[test]
    fn a_key_is_shown_as_the_server_wants_it() {
        let basic = asked("");
        assert_eq!(basic.url, "https://a.example/shop/wp-json/wc/v3/orders/7?dp=4");
        assert_eq!(basic.headers.get("authorization"), Some("Basic Y2tfMTpjcyAx"));
        let query = asked("auth = \"query\"\nplain_permalinks = true");
        let expected = "https://a.example/shop/?rest_route=/wc/v3/orders/7&dp=4&consumer_key=ck_1&consumer_secret=cs%201";
        assert_eq!((query.url.as_str(), query.headers.get("authorization")), (expected, None));
        let signed = asked("auth = \"oauth1\"\nurl = \"http://a.example/shop/\"\ninsecure_allow_http = true");
        assert!(
            signed
                .url
                .starts_with("http://a.example/shop/wp-json/wc/v3/orders/7?dp=4&oauth_consumer_key=ck_1&")
        );
        assert!(!signed.url.contains("cs") && signed.headers.get("authorization").is_none());
    }
}
