#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

pub mod scaffold;

#[path = "../variants/carrier/src/lib.rs"]
pub mod acme_carrier;
#[path = "../variants/platform/src/lib.rs"]
pub mod acme_platform;
#[path = "../variants/sink/src/lib.rs"]
pub mod acme_sink;
