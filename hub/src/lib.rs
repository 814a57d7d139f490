//! crossdock: the dock between the places that sell and ship and the systems that run a company.

pub mod backbone;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod duty;
pub mod enrich;
pub mod fanout;
pub mod handoff;
pub mod history;
pub mod http;
pub mod hub;
pub mod ingress;
pub mod ledger;
pub mod lock;
pub mod nats;
pub mod operate;
pub mod pipeline;
pub mod reconcile;
pub mod registry;
pub mod registry_table;
pub mod session;
pub mod telemetry;
mod upkeep;
