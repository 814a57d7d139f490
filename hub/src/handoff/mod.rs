//! Handing events to sinks: filter, lane per key, pace, retries, outcomes.

pub mod filter;
