//! crossdock: the dock between the places that sell and ship and the systems that run a company.

pub mod backbone;
pub mod clock;
pub mod handoff;
