//! The readers of what comes back when a connector asks, opens a session or hands over.
#![no_main]

crossdock_fuzz::target!(Replies);
