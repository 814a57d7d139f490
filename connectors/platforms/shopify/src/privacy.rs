//! What the platform demands about personal data: to say what is kept about a buyer, to erase it, to erase everything
//! of a shop that was left.
//!
//! Nothing of an order changes by it, and only people can meet such a demand. So each stays in quarantine, where
//! people see it, until they met it and drop it. The message says what and how much, never about whom: that stands
//! in the body, which only people may look at.

use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result, wire as read_json};

use crate::read::text;
use crate::wire;

/// What is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Say what is kept about a buyer.
    Tell,
    /// Erase what is kept about a buyer.
    Erase,
    /// Erase what is kept of the shop.
    EraseShop,
}

/// Reads a demand. The headers that name shop and topic are not signed, so the body has to fit both.
pub(crate) fn read(shop: &str, demand: Demand, body: &[u8]) -> Result<Normalized> {
    let body: wire::Privacy<'_> = read_json::parse(body)?;
    let domain =
        text(&body.shop_domain).ok_or_else(|| Error::malformed("the shop is missing").at("$.shop_domain"))?;
    if !domain.eq_ignore_ascii_case(shop) {
        return Err(Error::malformed("is another shop").at("$.shop_domain"));
    }
    let (orders, place) = match demand {
        Demand::Tell => (body.orders_requested.as_deref(), "$.orders_requested"),
        Demand::Erase => (body.orders_to_redact.as_deref(), "$.orders_to_redact"),
        Demand::EraseShop => (None, "$.shop_domain"),
    };
    let count = orders.unwrap_or_default().len();
    let named = body.customer.as_ref().is_some_and(|customer| text(&customer.id).is_some()) || count > 0;
    if demand != Demand::EraseShop && !named {
        return Err(Error::malformed("neither a customer nor an order is named").at("$.customer"));
    }
    let detail = match demand {
        Demand::Tell => {
            format!("a buyer asks what is kept about them, orders named: {count}; answer within 30 days")
        }
        Demand::Erase => {
            format!("what is kept about a buyer has to be erased, orders named: {count}; within 30 days")
        }
        Demand::EraseShop => "what is kept of this shop has to be erased within 30 days".to_owned(),
    };
    let issues = vec![Issue::new(IssueKind::ForPeople, place, detail)];
    Ok(Normalized { issues, ..Normalized::default() })
}
