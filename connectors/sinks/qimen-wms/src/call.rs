//! The calls of the protocol, signed, each with the moment it is made.

use crossdock_connector::{Context, HttpRequest, SinkCall};

use crate::config::Config;
use crate::sign;
use crate::text::china;
use crate::write::Doc;

/// A call of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// A delivery order.
    Create,
    /// What became of a delivery order.
    Query,
    /// Do not carry a document out.
    Cancel,
    /// A return order.
    CreateReturn,
    /// What became of a return order.
    QueryReturn,
}

impl Method {
    /// The name of the step.
    pub(crate) const fn step(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Query => "query",
            Self::Cancel => "cancel",
            Self::CreateReturn => "create_return",
            Self::QueryReturn => "query_return",
        }
    }

    /// The protocol's name.
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "deliveryorder.create",
            Self::Query => "deliveryorder.query",
            Self::Cancel => "order.cancel",
            Self::CreateReturn => "returnorder.create",
            Self::QueryReturn => "returnorder.query",
        }
    }

    /// Whether it changes anything over there.
    pub(crate) const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Cancel | Self::CreateReturn)
    }
}

/// A signed call.
pub(crate) fn call(config: &Config, method: Method, body: String, context: &Context<'_>) -> SinkCall {
    let mut parameters = vec![
        ("method", format!("{}{}", config.method_prefix, method.name())),
        ("timestamp", china(context.now)),
        ("format", "xml".to_owned()),
        ("app_key", config.app_key.clone()),
        ("v", "2.0".to_owned()),
        ("sign_method", "md5".to_owned()),
        ("customerId", config.customer_id.clone()),
    ];
    // Validation has seen that it is text.
    let secret = config.secret.expose_text().unwrap_or_default().trim();
    let signed = sign::signature(&parameters, &body, secret);
    parameters.push(("sign", signed));
    let url = format!("{}{}", config.url, sign::query(&parameters));
    let request = HttpRequest::post(url, "text/xml; charset=utf-8", body);
    SinkCall { name: method.step(), request, writes: method.writes() }
}

/// Asks for a page of a delivery order.
pub(crate) fn query(owner: &str, code: &str, page: u32) -> String {
    Doc::request(|doc| {
        doc.put("ownerCode", owner);
        doc.put("orderCode", code);
        doc.put("page", page.to_string());
        doc.put("pageSize", "100");
    })
}

/// Asks for a return order.
pub(crate) fn query_return(owner: &str, code: &str) -> String {
    Doc::request(|doc| {
        doc.put("ownerCode", owner);
        doc.put("returnOrderCode", code);
        doc.put("page", "1");
        doc.put("pageSize", "100");
    })
}

/// Calls a document off.
pub(crate) fn cancel(warehouse: &str, owner: &str, code: &str, order_type: &str, why: &str) -> String {
    Doc::request(|doc| {
        doc.put("warehouseCode", warehouse);
        doc.put("ownerCode", owner);
        doc.put("orderCode", code);
        doc.put("orderType", order_type);
        doc.put("cancelReason", why);
    })
}
