//! The four feeds that carry Cainiao's name. They share nothing but the shape of what comes out.

mod detail;
mod global;
mod practice;
mod taobao;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::carrier::House;

use crate::codes::Codes;

pub(crate) use practice::answer;

/// What all feeds need.
pub(crate) struct Feeds {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    /// `cpCode` to our words.
    pub(crate) companies: Carriers,
    /// Names of carriers to our words.
    pub(crate) names: Carriers,
}
