//! The reply of the interface before 丰桥 (`RouteService`): XML, whose data stand in attributes.

use crossdock_connector::wire::Scalar;
use crossdock_connector::xml::{self, Node};
use crossdock_connector::{Error, ErrorKind, Result};

use crate::query::Waybill;
use crate::wire::Route;

/// The waybills of a reply.
///
/// # Errors
/// The refusal of SF; `Malformed` when it is not such a reply.
pub(crate) fn waybills(text: &str) -> Result<Vec<Waybill<'static>>> {
    let root = xml::read(text)?;
    if root.name != "Response" {
        return Err(Error::malformed("expected Response").at("$"));
    }
    match root.get("Head") {
        Some("OK") => {}
        Some("ERR") => {
            let code = root.child("ERROR").and_then(|error| error.attribute("code")).unwrap_or_default();
            let error = Error::new(ErrorKind::Rejected, "the service refused the query");
            return Err(error.vendor(code).at("$.Response.ERROR"));
        }
        _ => return Err(Error::malformed("expected OK or ERR").at("$.Response.Head")),
    }
    let body =
        root.child("Body").ok_or_else(|| Error::malformed("there is no body").at("$.Response.Body"))?;
    let named = |name: &'static str| move |node: &&Node| node.name == name;
    Ok(body
        .children
        .iter()
        .filter(named("RouteResponse"))
        .map(|found| waybill(found, named("Route")))
        .collect())
}

fn waybill(found: &Node, is_route: impl Fn(&&Node) -> bool) -> Waybill<'static> {
    let order = text(found, "orderid");
    let routes = found.children.iter().filter(is_route).map(|node| Route {
        orderid: order.clone(),
        accept_time: text(node, "accept_time"),
        accept_address: text(node, "accept_address"),
        remark: text(node, "remark"),
        op_code: text(node, "opcode"),
        ..Route::default()
    });
    Waybill { mail_no: text(found, "mailno"), routes: routes.collect(), reason_code: Scalar::default() }
}

fn text(node: &Node, name: &str) -> Scalar<'static> {
    Scalar::from(node.attribute(name).unwrap_or_default().to_owned())
}
