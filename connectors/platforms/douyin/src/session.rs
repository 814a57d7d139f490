//! Access tokens: they live seven days. A refresh token gives a new one; an application of the merchant's own is given one
//! for the asking.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Map;

use crossdock_connector::{Error, HttpRequest, HttpResponse, Result, Session, Token, at_login, wire};

use crate::gateway::Gateway;
use crate::wire::Value;

/// The session part.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) gateway: Arc<Gateway>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, default)]
    data: Option<Grant<'a>>,
}

#[derive(Deserialize)]
struct Grant<'a> {
    #[serde(borrow, default)]
    access_token: Value<'a>,
    #[serde(borrow, default)]
    expires_in: Value<'a>,
    #[serde(borrow, default)]
    refresh_token: Value<'a>,
    /// The shop the token is for.
    #[serde(borrow, default)]
    shop_id: Value<'a>,
}

impl Session for Tokens {
    fn open(&self, last: Option<&Token>, now: Timestamp) -> Result<HttpRequest> {
        let config = &self.gateway.config;
        let mut own = Map::new();
        if config.self_authorized {
            own.insert("grant_type".to_owned(), "authorization_self".into());
            own.insert("code".to_owned(), "".into());
            // A number here, though it is a text elsewhere.
            let shop = config.shop.parse::<u64>().map_err(|_| Error::config("is no id").at("shop"))?;
            own.insert("shop_id".to_owned(), shop.into());
            return self.gateway.signed("token.create", own, None, now);
        }
        let refresh = last.and_then(|token| token.refresh.as_ref()).or(config.refresh_token.as_ref());
        let refresh = refresh.ok_or_else(|| Error::config("is missing").at("refresh_token"))?;
        own.insert("grant_type".to_owned(), "refresh_token".into());
        own.insert("refresh_token".to_owned(), refresh.text("refresh_token")?.into());
        self.gateway.signed("token.refresh", own, None, now)
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        self.gateway.accept(reply).map_err(at_login)?;
        let reply: Reply<'_> = wire::parse(&reply.body)?;
        let grant = reply.data.ok_or_else(|| Error::malformed("a reply without a token").at("$.data"))?;
        // A token of another shop would read its orders as this one's.
        if let Some(shop) = wire::text(grant.shop_id.as_ref())
            && shop != self.gateway.config.shop
        {
            return Err(Error::auth("the token is for another shop than the settings say"));
        }
        let access = wire::text(grant.access_token.as_ref());
        let access = access
            .ok_or_else(|| Error::malformed("there is no access token in it").at("$.data.access_token"))?;
        let mut token = Token::new(access);
        let seconds = wire::text(grant.expires_in.as_ref()).and_then(|text| text.parse::<i64>().ok());
        if let Some(seconds) = seconds {
            // Documented both as seconds from now and as the time of the end.
            let left =
                if seconds > 1_000_000_000 { seconds.saturating_sub(now.as_second()) } else { seconds };
            token = token.lives(now, u32::try_from(left.max(0)).unwrap_or(u32::MAX));
        }
        let refresh = wire::text(grant.refresh_token.as_ref());
        Ok(token.renewed_or_kept(refresh.as_deref(), last))
    }
}
