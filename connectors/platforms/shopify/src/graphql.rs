//! Orders that changed in a window, listed by GraphQL; each is then fetched.
//!
//! The list holds ids alone: an order with its lines, fulfilments and refunds costs so many points that a page of
//! them would not be answered, and ids cost least. Pages follow an opaque cursor in the order of `updated_at`, so
//! an order that changes meanwhile moves to the end and is never skipped.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, ObjectId, Page, Result,
};

use crate::error;
use crate::fetch::Admin;
use crate::poll::{PAGE, seconds};

const QUERY: &str = "query Changed($first:Int!,$after:String,$query:String!){\
orders(first:$first,after:$after,query:$query,sortKey:UPDATED_AT){nodes{id}pageInfo{hasNextPage endCursor}}}";
/// How an order's id begins; the number follows, the same as everywhere else.
const ORDER: &str = "gid://shopify/Order/";

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    orders: Option<Orders<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Orders<'a> {
    #[serde(borrow)]
    nodes: Option<Vec<Node<'a>>>,
    page_info: Option<PageInfo>,
}

#[derive(Deserialize)]
struct Node<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// Asks for a page of ids.
pub(crate) fn request(admin: &Admin, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
    let after = (!cursor.place.is_empty()).then_some(&cursor.place);
    let (from, to) = (seconds(cursor.from), seconds(cursor.to));
    let query = format!("updated_at:>='{from}' AND updated_at:<='{to}'");
    let variables = serde_json::json!({ "first": PAGE, "after": after, "query": query });
    admin.post("graphql.json", &serde_json::json!({ "query": QUERY, "variables": variables }), context)
}

/// The ids of a page.
pub(crate) fn page(cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
    accept(reply)?;
    let body: Reply<'_> = wire::parse(&reply.body)?;
    let orders = body.data.and_then(|data| data.orders);
    let orders = orders.ok_or_else(|| Error::malformed("reply without orders").at("$.data.orders"))?;
    let missing = |what: &str| Error::malformed("reply without its page").at(format!("$.data.orders.{what}"));
    let nodes = orders.nodes.ok_or_else(|| missing("nodes"))?;
    let page = orders.page_info.ok_or_else(|| missing("pageInfo"))?;
    let fetch = nodes.iter().enumerate().map(|(at, node)| {
        let number = node.id.as_str().strip_prefix(ORDER);
        let number = number.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
        let path = || format!("$.data.orders.nodes[{at}].id");
        number
            .map(|id| ObjectId::new("order", id))
            .ok_or_else(|| Error::malformed("is not the id of an order").at(path()))
    });
    let fetch = fetch.collect::<Result<_>>()?;
    let next = match page.end_cursor.filter(|_| page.has_next_page) {
        Some(end) if end.is_empty() || end == cursor.place => {
            return Err(Error::malformed("the next page is this page").at("$.data.orders.pageInfo"));
        }
        Some(end) => Some(Cursor { place: end, ..cursor.clone() }),
        None if page.has_next_page => return Err(missing("pageInfo.endCursor")),
        None => None,
    };
    Ok(Page { captured: Vec::new(), fetch, next })
}

#[derive(Deserialize)]
struct Outside<'a> {
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    extensions: Option<Extensions<'a>>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow)]
    extensions: Option<Code<'a>>,
}

#[derive(Deserialize)]
struct Code<'a> {
    #[serde(borrow)]
    code: Option<Scalar<'a>>,
}

#[derive(Deserialize)]
struct Extensions<'a> {
    #[serde(borrow)]
    cost: Option<Cost<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost<'a> {
    #[serde(borrow)]
    requested_query_cost: Option<Scalar<'a>>,
    #[serde(borrow)]
    throttle_status: Option<Throttle<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Throttle<'a> {
    #[serde(borrow)]
    currently_available: Option<Scalar<'a>>,
    #[serde(borrow)]
    restore_rate: Option<Scalar<'a>>,
}

/// Passes a reply that holds data alone: GraphQL says its errors inside a 200.
fn accept(reply: &HttpResponse) -> Result<()> {
    if !reply.is_success() {
        return error::check(reply);
    }
    let said: Outside<'_> = wire::parse(&reply.body)?;
    let Some(errors) = said.errors else { return Ok(()) };
    // A list of objects; whatever else it is, it is an error too.
    let codes: Vec<Problem<'_>> = serde_json::from_str(errors.get()).unwrap_or_default();
    let code = codes.iter().find_map(|problem| problem.extensions.as_ref()?.code.as_ref()?.text());
    let error = Error::new(kind(code), "reply holds errors");
    let error = match (code, said.extensions.and_then(|extensions| extensions.cost)) {
        (Some("THROTTLED"), Some(cost)) => match wait(&cost) {
            Some(seconds) => error.after(std::time::Duration::from_secs(seconds)),
            None => error,
        },
        _ => error,
    };
    Err(match code {
        Some(code) => error.vendor(code),
        None => error,
    })
}

/// What a code means. Source: Shopify's page on status and error codes of the GraphQL Admin API.
fn kind(code: Option<&str>) -> ErrorKind {
    match code {
        Some("THROTTLED") => ErrorKind::RateLimited,
        Some("ACCESS_DENIED" | "SHOP_INACTIVE") => ErrorKind::Auth,
        Some("INTERNAL_SERVER_ERROR") => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    }
}

/// Seconds until the bucket holds what the query costs.
fn wait(cost: &Cost<'_>) -> Option<u64> {
    // Points come as `1000.0`; parts of a point do not matter.
    let whole = |value: &Option<Scalar<'_>>| {
        let text = value.as_ref()?.text()?;
        text.split('.').next()?.parse::<u64>().ok()
    };
    let throttle = cost.throttle_status.as_ref()?;
    let missing = whole(&cost.requested_query_cost)?.saturating_sub(whole(&throttle.currently_available)?);
    Some(missing.div_ceil(whole(&throttle.restore_rate)?.max(1)).max(1))
}
