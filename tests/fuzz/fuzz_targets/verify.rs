//! The verifier of a connector: requests of strangers.
#![no_main]

crossdock_fuzz::target!(Verify);
