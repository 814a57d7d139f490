//! What Acme sends, as it sends it. Read leniently: fields we do not know are passed over, and a value may be
//! text or number. Everything borrows from the body, so that reading copies nothing.

use std::borrow::Cow;

use serde::Deserialize;

use crossdock_connector::wire::Scalar;

/// An order.
#[derive(Debug, Deserialize)]
pub(super) struct Order<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) state: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) created: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) updated: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) currency: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) customer: Option<Customer<'a>>,
    #[serde(borrow)]
    pub(super) ship_to: Option<Address<'a>>,
    #[serde(borrow)]
    pub(super) items: Vec<Item<'a>>,
    #[serde(borrow)]
    pub(super) goods: Scalar<'a>,
    #[serde(borrow)]
    pub(super) discount: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) shipping: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) total: Scalar<'a>,
    #[serde(borrow)]
    pub(super) note: Option<Scalar<'a>>,
}

/// One line of an order.
#[derive(Debug, Deserialize)]
pub(super) struct Item<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sku: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) title: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) quantity: Scalar<'a>,
    #[serde(borrow)]
    pub(super) price: Option<Scalar<'a>>,
}

/// Who bought.
#[derive(Debug, Deserialize)]
pub(super) struct Customer<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) email: Option<Scalar<'a>>,
}

/// Where it goes.
#[derive(Debug, Deserialize)]
pub(super) struct Address<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) line1: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) city: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) postal_code: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) country: Option<Scalar<'a>>,
}

/// A refund.
#[derive(Debug, Deserialize)]
pub(super) struct Refund<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) order_id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) state: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) created: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) updated: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) currency: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) reason: Option<Scalar<'a>>,
    #[serde(default, borrow)]
    pub(super) items: Vec<RefundItem<'a>>,
}

/// What is refunded.
#[derive(Debug, Deserialize)]
pub(super) struct RefundItem<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) quantity: Scalar<'a>,
    #[serde(borrow)]
    pub(super) amount: Option<Scalar<'a>>,
}
