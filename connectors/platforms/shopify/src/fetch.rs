//! One order by its id, from the REST Admin API.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, Secret, wire,
};

use crate::error;

/// Whose token calls carry.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// The one of the settings, for as long as it holds.
    Fixed(Secret),
    /// The session's.
    Session,
}

/// Access to the Admin API of one shop.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    pub(crate) shop: String,
    pub(crate) version: String,
    pub(crate) access: Access,
}

impl Admin {
    /// A read of `path_and_query` below the versioned root.
    pub(crate) fn get(&self, path_and_query: &str, context: &Context<'_>) -> Result<HttpRequest> {
        self.ours(HttpRequest::get(self.url(path_and_query)), context)
    }

    /// A question by GraphQL.
    pub(crate) fn post(
        &self,
        path: &str,
        body: &serde_json::Value,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        self.ours(HttpRequest::post(self.url(path), "application/json", body.to_string()), context)
    }

    /// What a refusal means: a token that is not taken any more has ended, where another one can be had. A 401 that does not
    /// speak of the token is of something in between.
    pub(crate) fn refused(&self, error: Error, reply: &HttpResponse) -> Error {
        let of_token = || String::from_utf8_lossy(&reply.body).to_ascii_lowercase().contains("access token");
        match self.access {
            Access::Session if reply.status == 401 && of_token() => {
                Error::new(ErrorKind::Session, "the access token is not taken").with("status", reply.status)
            }
            Access::Session | Access::Fixed(_) => error,
        }
    }

    fn url(&self, path_and_query: &str) -> String {
        format!("https://{}/admin/api/{}/{path_and_query}", self.shop, self.version)
    }

    fn ours(&self, request: HttpRequest, context: &Context<'_>) -> Result<HttpRequest> {
        let token = match &self.access {
            Access::Fixed(token) => token,
            Access::Session => &context.token()?.access,
        };
        // The token is a request header's value, which is what it is for.
        let token = token.expose_text().map(str::trim).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| Error::config("access_token is empty").at("access_token"))?;
        Ok(request.header("accept", "application/json").header("x-shopify-access-token", token))
    }
}

/// Fetches orders.
#[derive(Debug)]
pub(crate) struct Orders(pub(crate) Admin);

/// Unlike a webhook, the reply wraps the order.
#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    order: Option<&'a RawValue>,
}

impl Fetch for Orders {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        if id.kind != "order" {
            return Err(Error::new(ErrorKind::Unsupported, "only orders are fetched").with("kind", &id.kind));
        }
        // The id comes from a body, so it must not be able to name another path.
        if id.id.is_empty() || !id.id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::new(ErrorKind::Rejected, "order id is not a number"));
        }
        self.0.get(&format!("orders/{}.json", id.id), context)
    }

    fn record(&self, _: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        error::check(reply).map_err(|error| self.0.refused(error, reply))?;
        let body: Reply<'_> = wire::parse(&reply.body)?;
        let order = body.order.ok_or_else(|| Error::malformed("reply without an order").at("$.order"))?;
        Ok(Captured::new("order", reply.body.slice_ref(order.get().as_bytes())))
    }
}
