//! What only people can act on: what the platform demands about personal data (to say what is kept about a buyer, to
//! erase it, to erase everything of a shop that was left), and that the app was removed from the shop.
//!
//! Nothing of an order changes by it. So each stays in quarantine, where
//! people see it, until they met it and drop it. The message says what and how much, never about whom: that stands
//! in the body, which only people may look at.

use crossdock_connector::wire::field::Field;
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
    of_shop(shop, &body.shop_domain, "$.shop_domain")?;
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
    Ok(for_people(place, detail))
}

/// The app was removed: its token is void and no message comes any more. Nothing else would tell.
pub(crate) fn uninstalled(shop: &str, body: &[u8]) -> Result<Normalized> {
    const PLACE: &str = "$.myshopify_domain";
    let body: wire::Uninstalled<'_> = read_json::parse(body)?;
    of_shop(shop, &body.myshopify_domain, PLACE)?;
    let detail = "the app was removed from the shop: nothing comes any more and nothing can be fetched; install it \
                  again, or take the source away";
    Ok(for_people(PLACE, detail))
}

fn of_shop(shop: &str, domain: &Field<'_>, path: &str) -> Result<()> {
    let domain = text(domain).ok_or_else(|| Error::malformed("the shop is missing").at(path))?;
    if domain.eq_ignore_ascii_case(shop) { Ok(()) } else { Err(Error::malformed("is another shop").at(path)) }
}

fn for_people(path: &str, detail: impl Into<String>) -> Normalized {
    Normalized { issues: vec![Issue::new(IssueKind::ForPeople, path, detail)], ..Normalized::default() }
}
