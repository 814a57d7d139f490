//! What goes over the wire in tests and in the demo: lives of orders, made from rows of real sales.
//!
//! Goods, quantities, prices and countries come from the [`rows`]; everything about people is made up and
//! looks it. The same sale, number and seed give the same bytes.
//!
//! | module | makes |
//! |---|---|
//! | [`rows`] | sales out of the rows of the demo data |
//! | [`shopify`] | a Shopify order's life: webhook bodies by topic |
//! | [`taobao`] | a Taobao trade's life: trade and refund objects, and the messages that announce them |
//! | [`routes`] | a parcel's journey with SF, with the milestones a customer should hear of |
//! | [`mutate`] | the same message again, other bytes, another order, or broken |

mod money;
pub mod mutate;
mod people;
pub mod routes;
pub mod rows;
pub mod shopify;
mod shopify_body;
pub mod taobao;
