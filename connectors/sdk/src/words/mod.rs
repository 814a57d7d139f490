//! Messages to people: what is worth telling, in which words, and so that nothing in it does anything but be read.
//!
//! A bot says in two or three lines what happened to a parcel, an order or an after-sale case, in Chinese or in
//! English. What is told twice, told late or told about a trial is worse than not told: events of the classes `r`
//! and `t` and milestones that were overtaken are never said. Values come from outside (an order number is whatever
//! a shop says it is), so they are shown but never obeyed: see [`tame`]. Nothing about a person is in a message
//! unless the settings ask for it, and then in part: see [`Detail`].
//!
//! Pure, like everything here. How a vendor wants its message wrapped and signed is the connector's business;
//! [`Bulletin`] is what the bots have in common.

mod bot;
mod bulletin;
mod carriers;
mod details;
mod milestone;
mod people;
mod reasons;
mod reply;
mod tame;
mod time;
mod trade;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_schemas::{Class, Event, EventType};

use crate::mapping::Codes;
use crate::{Error, ErrorKind, Result};

pub use bot::{
    MAX_BATCH, check_batch, check_keyword, check_secret, default_batch, default_details, default_topics,
};
pub use bulletin::{Bulletin, Post};
pub use people::without_people;
pub use reply::{base_url, quoted, token, unread};
pub use tame::{fit, tame};

/// The language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// One of two texts.
    pub(crate) const fn say(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// A headline: what it is about, and what happened.
    pub(crate) fn headline(self, about: &str, what: &str) -> String {
        match self {
            Self::Zh => format!("【{about}】{what}"),
            Self::En => {
                let mut letters = what.chars();
                let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
                format!("[{about}] {first}{}", letters.as_str())
            }
        }
    }

    /// A line: what the value is, and the value.
    pub(crate) fn line(self, label: &str, value: &str) -> String {
        match self {
            Self::Zh => format!("{label}：{value}"),
            Self::En => format!("{label}: {value}"),
        }
    }

    /// Something said in passing.
    pub(crate) fn aside(self, text: &str) -> String {
        match self {
            Self::Zh => format!("（{text}）"),
            Self::En => format!(" ({text})"),
        }
    }
}

/// What people are told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Parcels: picked up 揽收, delivered 妥投, exception 异常, and corrections.
    Milestones,
    /// Orders: there is one to ship, it is held or released, its address changed, it is called off.
    Orders,
    /// Refunds, returns and exchanges, step by step.
    Refunds,
}

/// What a message may say about its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Number of the order; of an after-sale case its own number too.
    OrderNo,
    /// Name of the carrier.
    Carrier,
    /// The carrier's number.
    TrackingNo,
    /// The city it goes to; never more of an address.
    City,
    /// Where it happened, in the carrier's words.
    Place,
    /// Platform and shop.
    Shop,
    /// Amount of the order or refund.
    Amount,
    /// Personal: the recipient, as family name and stars.
    Recipient,
    /// Personal: the last four digits of the recipient's phone.
    Phone,
    /// May be personal: what the carrier wrote about it. Of long numbers in it four digits are left.
    CarrierText,
}

impl Detail {
    /// What is shown unless the settings say otherwise: nothing about a person.
    pub const DEFAULT: [Self; 4] = [Self::OrderNo, Self::Carrier, Self::TrackingNo, Self::City];
}

/// Something to tell people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What happened.
    pub headline: String,
    /// To what.
    pub lines: Vec<String>,
}

impl Message {
    /// The message as plain lines.
    pub fn plain(&self) -> String {
        let mut text = self.headline.clone();
        for line in &self.lines {
            text.push('\n');
            text.push_str(line);
        }
        text
    }
}

/// Says events in words.
#[derive(Clone, Debug)]
pub struct Words {
    /// The language.
    pub language: Language,
    /// What people are told about.
    pub tell: Vec<Topic>,
    /// What a message may say.
    pub show: Vec<Detail>,
    /// Names of carriers that are not ours: `"acme" = "Acme Express"`.
    pub carriers: Codes,
    /// Characters that mean something to the receiver beside those that [`tame`] always takes the meaning of.
    pub special: &'static str,
}

impl Words {
    /// Refuses settings under which nothing could ever be said.
    ///
    /// # Errors
    /// `Config` with the key and what is allowed.
    pub fn validate(&self) -> Result<()> {
        if self.tell.is_empty() {
            let what = "nothing to tell: expected one or more of milestones, orders, refunds";
            return Err(Error::config(what).at("tell"));
        }
        if self.show.is_empty() {
            let what = "nothing to show: expected one or more of order_no, carrier, tracking_no, city, ..";
            return Err(Error::config(what).at("show"));
        }
        self.carriers.validate("carriers")
    }

    /// The events that are told.
    pub fn takes(&self) -> &'static [&'static str] {
        let told = |topic| self.tell.contains(&topic);
        patterns(told(Topic::Milestones), told(Topic::Orders), told(Topic::Refunds))
    }

    /// The event in words; `None` when people are not told.
    ///
    /// # Errors
    /// `Unsupported` for events that no message is made of; `Malformed` when the data is not what its type says.
    pub fn say(&self, event: &Event) -> Result<Option<Message>> {
        // Told again or a trial: nobody may hear of it.
        if event.class != Class::Normal {
            return Ok(None);
        }
        let Some(topic) = topic(event.event_type) else {
            let what = format!("{} is nothing people are told", event.event_type);
            return Err(Error::new(ErrorKind::Unsupported, what));
        };
        if !self.tell.contains(&topic) {
            return Ok(None);
        }
        match topic {
            Topic::Milestones => self.milestone(event),
            Topic::Orders => self.order(event),
            Topic::Refunds => self.aftersale(event),
        }
    }

    fn shows(&self, detail: Detail) -> bool {
        self.show.contains(&detail)
    }

    /// A value from outside, harmless and not too long.
    fn value(&self, text: &str) -> String {
        tame(text, self.special)
    }
}

/// Reads the data of an event.
fn data<'a, T: Deserialize<'a>>(event: &'a Event) -> Result<T> {
    serde_json::from_str(event.data.get()).map_err(|error| {
        // The parser's own message may quote what it read.
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::malformed(format!("the data of {} is not what its type says", event.event_type)).at(place)
    })
}

/// All choices of topics, written once.
macro_rules! choose {
    ($told:expr; [$($m:literal)+] [$($o:literal)+] [$($r:literal)+]) => {
        match $told {
            (false, false, false) => &[],
            (true, false, false) => &[$($m),+],
            (false, true, false) => &[$($o),+],
            (false, false, true) => &[$($r),+],
            (true, true, false) => &[$($m,)+ $($o),+],
            (true, false, true) => &[$($m,)+ $($r),+],
            (false, true, true) => &[$($o,)+ $($r),+],
            (true, true, true) => &[$($m,)+ $($o,)+ $($r),+],
        }
    };
}

fn patterns(milestones: bool, orders: bool, refunds: bool) -> &'static [&'static str] {
    choose!((milestones, orders, refunds);
        ["milestone.*"]
        ["order.placed" "order.paid" "order.held" "order.released" "order.address_changed" "order.cancelled"]
        ["refund.requested" "refund.agreed" "refund.refused" "refund.completed" "refund.closed" "return.*" "exchange.*"])
}

fn topic(event_type: EventType) -> Option<Topic> {
    use EventType as E;
    match event_type {
        E::MilestonePickedUp | E::MilestoneDelivered | E::MilestoneException | E::MilestoneCorrected => {
            Some(Topic::Milestones)
        }
        E::OrderPlaced
        | E::OrderPaid
        | E::OrderHeld
        | E::OrderReleased
        | E::OrderAddressChanged
        | E::OrderCancelled => Some(Topic::Orders),
        E::RefundRequested
        | E::RefundAgreed
        | E::RefundRefused
        | E::RefundCompleted
        | E::RefundClosed
        | E::ReturnShipped
        | E::ReturnReceived
        | E::ExchangeRequested
        | E::ExchangeShipped => Some(Topic::Refunds),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
