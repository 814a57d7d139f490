//! Stand-in servers: the outside world on this machine, for tests and for `crossdock demo`.
//!
//! Each behaves as the fact sheet of its vendor says, checks what the vendor would check, and can be told to
//! misbehave. What goes wrong is drawn from a seed, so a failure can be played again.
//!
//! | module | plays | who calls whom |
//! |---|---|---|
//! | [`receiver`] | a receiver of signed webhooks: an ERP, a CRM | the hub calls it |
//! | [`top`] | the Taobao TOP gateway | the hub calls it |
//! | [`sf`] | SF Express | it pushes routes, and answers queries |
//! | [`shopify`] | Shopify's webhooks | it calls the hub |
//! | `postgres` (Unix) | PostgreSQL: the real server, private and short-lived | a sink connects to it |
//! | [`bots`] | group bots of DingTalk, WeCom and Feishu | the hub calls it |
//! | [`hubspot`] | a HubSpot portal | the hub calls it |
//! | [`wangdiantong`] | Wangdiantong (WDT), all three generations | the hub calls it |
//! | [`kingdee`] | Kingdee K3Cloud, an ERP | the hub calls it |
//! | [`odoo`] | Odoo, JSON-2 and JSON-RPC | the hub calls it |
//! | [`salesforce`] | a Salesforce org | the hub calls it |
//! | [`jiandaoyun`] | Jiandaoyun, a form builder | the hub calls it |
//! | [`yonyou`] | Yonyou YonBIP and U8 | the hub calls it |
//! | [`qimen`] | a warehouse system that speaks Qimen | the hub calls it |
//! | [`generate`] | what goes over the wire: orders, trades, routes, and spoiled copies of them | |
//!
//! They listen on loopback only. Time is an input here too: whoever checks a signed time gets a [`Clock`].

pub mod bots;
mod client;
mod counts;
mod form;
pub mod generate;
pub mod handover;
pub mod hubspot;
pub mod jiandaoyun;
pub mod kingdee;
pub mod odoo;
#[cfg(unix)]
pub mod postgres;
pub mod qimen;
pub mod receiver;
mod rng;
pub mod salesforce;
mod server;
pub mod sf;
pub mod shopify;
pub mod top;
pub mod wangdiantong;
pub mod yonyou;

use std::sync::Arc;

use jiff::Timestamp;

pub use client::{Client, Reply};
pub use rng::Rng;
pub use server::Server;

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock that stands still.
#[must_use]
pub fn stopped(at: Timestamp) -> Clock {
    Arc::new(move || at)
}
