//! The words that settings choose from, and the codes WDT has for them.

use schemars::JsonSchema;
use serde::Deserialize;

/// An interface generation. They share the vocabulary and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// 企业版, openapi2.
    Qyb,
    /// 慧策网页版: written and signed like `qyb`.
    Y,
    /// 旗舰版.
    Qjb,
}

impl Generation {
    /// Its address in production.
    pub(crate) const fn base(self) -> &'static str {
        match self {
            Self::Qyb => "https://api.wangdian.cn/openapi2",
            Self::Y => "https://openapi.huice.com/openapi",
            Self::Qjb => "https://wdt.wangdian.cn/openapi",
        }
    }

    /// Most orders in one push.
    pub(crate) const fn most_orders(self) -> usize {
        match self {
            Self::Qyb | Self::Y => 50,
            Self::Qjb => 100,
        }
    }

    /// Most refunds in one push.
    pub(crate) const fn most_refunds(self) -> usize {
        match self {
            Self::Qyb | Self::Y => 10,
            Self::Qjb => 100,
        }
    }
}

/// What `tid` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrderNames {
    /// The prefix of the shop and the platform's number of the order: what people search for.
    #[default]
    Number,
    /// Made from our key of the order, which every event of a refund carries.
    Key,
}

/// Which orders are pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Push {
    /// Those that are, or were, paid, and those to be paid at the door. Quantity and price are frozen over there with
    /// the first push, and buyers change their minds before they pay.
    #[default]
    Paid,
    /// All, from the moment they are placed.
    All,
}

/// What happens to an unshipped order on hold: WDT has no word for a hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It is not pushed until it is released.
    #[default]
    KeepBack,
    /// It is pushed as if there were no hold.
    Push,
}

/// What happens to receivers that are masked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Masked {
    /// The masked text is sent: the order is there, its label has to be printed through the platform.
    #[default]
    Send,
    /// The order is rejected.
    Reject,
}

/// How a refund counts when nobody says whether its goods are shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPhase {
    /// As one before shipping: picking stops.
    BeforeShipping,
    /// As one after shipping.
    AfterShipping,
}

/// State of an order or a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// Nothing is paid.
    Unpaid,
    /// A part is paid.
    DepositPaid,
    /// Paid, or to be paid at the door; waits to be shipped.
    ToShip,
    /// A part is shipped.
    PartlyShipped,
    /// Shipped.
    Shipped,
    /// Done.
    Completed,
    /// Called off after it was paid.
    Refunded,
    /// Called off before it was paid.
    Closed,
}

impl StatusWord {
    /// The word in settings.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::DepositPaid => "deposit_paid",
            Self::ToShip => "to_ship",
            Self::PartlyShipped => "partly_shipped",
            Self::Shipped => "shipped",
            Self::Completed => "completed",
            Self::Refunded => "refunded",
            Self::Closed => "closed",
        }
    }

    /// The vendor's code. What 40 and 50 mean in the oldest generation could not be established.
    pub(crate) const fn code(self, generation: Generation) -> Option<u32> {
        Some(match self {
            Self::Unpaid => 10,
            Self::DepositPaid => 20,
            Self::ToShip => 30,
            Self::PartlyShipped | Self::Shipped if matches!(generation, Generation::Qyb) => return None,
            Self::PartlyShipped => 40,
            Self::Shipped => 50,
            Self::Completed => 70,
            Self::Refunded => 80,
            Self::Closed => 90,
        })
    }
}

/// Kind of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundTypeWord {
    /// Money back before anything is shipped.
    BeforeShipping,
    /// Goods and money back.
    Return,
    /// Other goods for returned ones.
    Exchange,
    /// Money back, the goods stay.
    RefundOnly,
    /// Goods once more.
    Resend,
}

impl RefundTypeWord {
    /// The word in settings.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeShipping => "before_shipping",
            Self::Return => "return",
            Self::Exchange => "exchange",
            Self::RefundOnly => "refund_only",
            Self::Resend => "resend",
        }
    }

    /// The vendor's code.
    pub(crate) const fn code(self, generation: Generation) -> Option<u32> {
        Some(match self {
            Self::BeforeShipping => 1,
            Self::Return => 2,
            Self::Exchange if matches!(generation, Generation::Qjb) => 3,
            Self::RefundOnly => 4,
            Self::Exchange | Self::Resend => return None,
        })
    }
}

/// State of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatusWord {
    /// Given up.
    Cancelled,
    /// Asked for.
    Applied,
    /// The goods shall come back.
    WaitReturn,
    /// The goods are on their way back, or being looked at.
    WaitReceive,
    /// The money went back.
    Success,
    /// The seller refused.
    Refused,
}

impl RefundStatusWord {
    /// The word in settings.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Applied => "applied",
            Self::WaitReturn => "wait_return",
            Self::WaitReceive => "wait_receive",
            Self::Success => "success",
            Self::Refused => "refused",
        }
    }

    /// The vendor's code. `qjb` lists none for a refusal.
    pub(crate) const fn code(self, generation: Generation) -> Option<u32> {
        Some(match self {
            Self::Cancelled => 1,
            Self::Applied => 2,
            Self::WaitReturn => 3,
            Self::WaitReceive => 4,
            Self::Success => 5,
            Self::Refused if matches!(generation, Generation::Qjb) => return None,
            Self::Refused => 7,
        })
    }
}

/// A wished invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceWord {
    /// For a person.
    Personal,
    /// For a company.
    Company,
    /// Special value-added-tax invoice.
    SpecialVat,
}
