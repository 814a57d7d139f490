#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod deliveries;
pub mod fixture;
pub mod journey;
pub mod standin;
