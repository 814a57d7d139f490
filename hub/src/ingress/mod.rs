//! How captures come in: webhooks, fetches for nudges, polls, questions for parcels, files, NATS. All of it ends in
//! `Backbone::capture`.

pub mod body;
pub mod fetcher;
pub mod files;
pub mod limits;
pub mod poller;
pub mod pull;
pub mod queue;
pub mod quota;
pub mod server;
pub mod spool;
pub mod tracker;
pub mod webhook;
