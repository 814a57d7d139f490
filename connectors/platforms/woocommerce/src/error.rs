//! Replies that are no answer. Errors have a `code` of WordPress or the plugin; hosts and security plugins in front answer
//! with pages of their own, some with status 200.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, wire as read_json};

use crate::read::text;
use crate::wire::Problem;

/// What codes mean, where the status alone would mislead. Sources: REST controllers of the plugin and of WordPress, the
/// error example of the wc/v3 documentation.
const CODES: &[(&str, ErrorKind)] = &[
    // The plugin is switched off, being updated, or the address is wrong: the order may well be there.
    ("rest_no_route", ErrorKind::Unavailable),
    ("internal_server_error", ErrorKind::Unavailable),
    ("woocommerce_rest_cannot_view", ErrorKind::Auth),
    ("woocommerce_rest_authentication_error", ErrorKind::Auth),
    ("rest_forbidden", ErrorKind::Auth),
    ("woocommerce_rest_shop_order_invalid_id", ErrorKind::NotFound),
    ("woocommerce_rest_invalid_order", ErrorKind::NotFound),
    ("woocommerce_rest_invalid_order_id", ErrorKind::NotFound),
    (PAGE_GONE, ErrorKind::Rejected),
    ("rest_invalid_param", ErrorKind::Rejected),
];

/// A page behind the last one.
const PAGE_GONE: &str = "rest_post_invalid_page_number";

/// Passes a reply that holds data.
pub(crate) fn check(reply: &HttpResponse) -> Result<()> {
    let body = reply.body.trim_ascii_start();
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let json = body.starts_with(b"{") || body.starts_with(b"[");
    let problem = if body.starts_with(b"{") { read_json::parse::<Problem<'_>>(body).ok() } else { None };
    let code =
        problem.as_ref().filter(|problem| problem.id.is_none()).and_then(|problem| text(&problem.code));
    if let (Some(code), Some(problem)) = (code, &problem) {
        let stated = problem.data.as_ref().and_then(|data| text(&data.status)?.parse().ok());
        let status = if reply.is_success() { stated.unwrap_or(400) } else { reply.status };
        let known = CODES.iter().find(|(known, _)| *known == code).map(|(_, kind)| *kind);
        let kind = known.unwrap_or_else(|| ErrorKind::from_status(status));
        let mut error = Error::new(kind, "the shop refused the call").vendor(code).with("status", status);
        error.retry_after = reply.retry_after();
        return Err(error);
    }
    match (reply.is_success(), json) {
        (true, true) => Ok(()),
        (true, false) => Err(page(reply)),
        // A page instead of the interface: a firewall, a login, maintenance. Never "there is no such order".
        (false, false) if matches!(reply.status, 400 | 403 | 404 | 410) => Err(page(reply)),
        (false, _) => Err(Error::from_response(reply)),
    }
}

fn page(reply: &HttpResponse) -> Error {
    let mut error =
        Error::new(ErrorKind::Unavailable, "not the shop's interface answered, but something in front of it")
            .with("status", reply.status);
    error.retry_after = reply.retry_after();
    error
}

/// Whether the shop says that a page is behind the last one: rows left the window meanwhile.
pub(crate) fn is_page_gone(error: &Error) -> bool {
    error.vendor_code.as_deref() == Some(PAGE_GONE)
}
