//! Handing events to sinks: filter, lane per key, pace, retries, outcomes.
//!
//! [`lanes`] and [`schedule`] are pure and decide; [`worker`] does what they say. Guarantees: events of one key
//! reach a sink in order; a key that waits holds up no other key, and a sink no other sink; what was not settled
//! is handed off again after a crash; nothing is given up without a row in the parking lot that says why.

pub mod budget;
mod call;
pub mod condition;
mod fill;
pub mod filter;
mod gate;
pub mod lanes;
mod outcome;
pub mod schedule;
mod talk;
pub mod worker;
