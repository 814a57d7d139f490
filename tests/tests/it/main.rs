//! The whole system from outside: the built command as a process, real sockets, real files, and what happens when
//! it is killed, starved or fed with rubbish. One binary, so that it is linked once.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests may fail as tests do"
)]

mod bad_input;
mod brokers;
mod budgets;
mod calls;
mod cluster;
mod crash;
mod disk_full;
mod house_rules;
mod journeys;
mod late_servers;
mod nats_permissions;
mod nats_subscribers;
mod orders;
mod quotas;
mod receivers;
mod reconcile;
mod repair;
mod replays;
mod shutdown;
mod site;
mod slow_callers;
mod top;
