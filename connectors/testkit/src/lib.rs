#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod deliveries;
pub mod fixture;
pub mod fuzz;
pub mod journey;
#[cfg(unix)]
pub mod nats;
pub mod readme;
pub mod standin;
