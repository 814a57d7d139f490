//! Access tokens: a refresh token gives a new one.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::{Error, HttpRequest, HttpResponse, Result, Session, Token, at_login, wire};

use crate::gateway::Gateway;
use crate::wire::Value;

/// The session part.
#[derive(Debug)]
pub(crate) struct Renewal {
    pub(crate) gateway: Arc<Gateway>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, default)]
    pop_auth_token_refresh_response: Option<Grant<'a>>,
}

#[derive(Deserialize)]
struct Grant<'a> {
    #[serde(borrow, default)]
    access_token: Value<'a>,
    /// Seconds from now.
    #[serde(default)]
    expires_in: Value<'a>,
    #[serde(default)]
    refresh_token: Value<'a>,
    /// The mall the token is for.
    #[serde(default)]
    owner_id: Value<'a>,
}

impl Session for Renewal {
    fn open(&self, last: Option<&Token>, now: Timestamp) -> Result<HttpRequest> {
        let configured = self.gateway.config().refresh_token.as_ref();
        let refresh = last.and_then(|token| token.refresh.as_ref()).or(configured);
        let refresh = refresh.ok_or_else(|| Error::config("is missing").at("refresh_token"))?;
        let own = vec![("refresh_token", refresh.text("refresh_token")?.to_owned())];
        self.gateway.signed("pdd.pop.auth.token.refresh", own, now)
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        self.gateway.accept(reply).map_err(at_login)?;
        let root = "$.pop_auth_token_refresh_response";
        let reply: Reply<'_> = wire::parse(&reply.body)?;
        let grant = reply.pop_auth_token_refresh_response;
        let grant = grant.ok_or_else(|| Error::malformed("a token reply without a token").at(root))?;
        // A token of another mall would read its orders as this one's.
        if let Some(owner) = wire::text(grant.owner_id.as_ref())
            && owner != self.gateway.config().shop
        {
            return Err(Error::auth("the token is for another mall than the settings say"));
        }
        let access = wire::text(grant.access_token.as_ref());
        let access = access.ok_or_else(|| {
            Error::malformed("there is no access token in it").at(format!("{root}.access_token"))
        })?;
        let mut token = Token::new(access);
        let seconds = wire::text(grant.expires_in.as_ref()).and_then(|text| text.parse().ok());
        if let Some(seconds) = seconds {
            token = token.lives(now, seconds);
        }
        let refresh = wire::text(grant.refresh_token.as_ref());
        Ok(token.renewed_or_kept(refresh.as_deref(), last))
    }
}
