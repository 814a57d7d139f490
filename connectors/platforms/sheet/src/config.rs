//! Settings: which columns mean what, and what kinds of rows there are.

use std::collections::BTreeMap;

use encoding_rs::Encoding as Label;
use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Result};

use crate::columns::Columns;
use crate::mapping::Mapping;
use crate::plan::Plan;
use crate::rules::RuleConfig;

/// Settings of a source of spreadsheets.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetConfig {
    /// A ready mapping: `template`, `taobao-export`, `taobao-export-orders`, `jd-export` or `pinduoduo-export`. What
    /// is set beside it wins.
    #[serde(default)]
    pub mapping: Option<Mapping>,
    /// The platform the rows are from: `[a-z0-9_]{2,32}`. Part of every order's identity. Ready mappings of a
    /// platform's export know it.
    #[serde(default)]
    pub platform: String,
    /// The shop's stable id there. Part of every order's identity.
    pub shop: String,
    /// How text files are encoded.
    #[serde(default)]
    pub encoding: Encoding,
    /// What separates cells: one ASCII character, `"\t"` for a tab.
    #[serde(default = "comma")]
    pub delimiter: String,
    /// Name of the sheet in a workbook; the first one when absent.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Row of the header, from 1; what stands above it is passed over.
    #[serde(default = "one")]
    pub header_row: u32,
    /// IANA name of the zone of times that carry no offset: `Asia/Shanghai`.
    #[serde(default)]
    pub zone: Option<String>,
    /// Further forms of times, in the words of strftime: `%d/%m/%Y %H:%M`. `2026-11-21 20:00:00` and RFC 3339
    /// are always read. The first form that fits is taken.
    #[serde(default)]
    pub time_formats: Vec<String>,
    /// ISO 4217 code of all amounts, unless a row has its own in `columns.currency`.
    #[serde(default)]
    pub currency: Option<String>,
    /// Other words for currencies: `"人民币" = "CNY"`.
    #[serde(default)]
    pub currency_aliases: BTreeMap<String, String>,
    /// The decimal point of numbers: `.` or `,`.
    #[serde(default = "point")]
    pub decimal_point: String,
    /// What groups digits by thousands, removed before reading: `,`. None by default.
    #[serde(default)]
    pub group_separator: Option<String>,
    /// Whether prices contain tax, when that is known.
    #[serde(default)]
    pub prices_include_tax: Option<bool>,
    /// Undo what exports do so that spreadsheets keep long numbers as text: `="123"`, `'123`.
    #[serde(default)]
    pub unwrap_text: Option<bool>,
    /// Mask names, phones and whole addresses of people that are not masked in the file. Ready mappings of platforms
    /// that protect their buyers do.
    #[serde(default)]
    pub mask_people: Option<bool>,
    /// Rows tell of orders and not of their lines, which stay as they are known.
    #[serde(default)]
    pub no_lines: Option<bool>,
    /// The file tells only a part of an order: what it does not mention stays as it is known.
    #[serde(default)]
    pub in_part: Option<bool>,
    /// Rows may have no time at all; their order is then told in part.
    #[serde(default)]
    pub time_may_be_empty: Option<bool>,
    /// Which column holds what.
    #[serde(default)]
    pub columns: Columns,
    /// Endings that a program left behind, by key of `columns`: `buyer_id = ".0"`.
    #[serde(default)]
    pub strip_suffix: BTreeMap<String, String>,
    /// Further names of countries: `EIRE = "IE"`.
    #[serde(default)]
    pub country_aliases: BTreeMap<String, String>,
    /// Texts in the country column that are known to be no country: `Unspecified`.
    #[serde(default)]
    pub no_country: Vec<String>,
    /// State of an order when there is no status column. Absent axes stay unknown.
    #[serde(default)]
    pub default_status: StatusConfig,
    /// What the values of `columns.status` mean.
    #[serde(default)]
    pub statuses: BTreeMap<String, StatusConfig>,
    /// What refund documents are.
    #[serde(default)]
    pub refund: Option<RefundConfig>,
    /// What kinds of rows there are, asked in this order; the first that fits decides, otherwise the row is
    /// a line of an order.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
}

/// State of an order on its three main axes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusConfig {
    /// Life of the order: `placed`, `confirmed`, `completed`, `cancelled` ...
    #[serde(default)]
    pub lifecycle: Option<String>,
    /// Money: `unpaid`, `paid`, `refunded` ...
    #[serde(default)]
    pub payment: Option<String>,
    /// Goods: `unfulfilled`, `shipped`, `delivered` ...
    #[serde(default)]
    pub fulfillment: Option<String>,
    /// Why it must not be shipped: `platform`, `risk` ...
    #[serde(default)]
    pub hold: Option<String>,
}

/// What refund documents are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundConfig {
    /// `refund_only` or `return_refund`.
    #[serde(default = "refund_only")]
    pub kind: String,
    /// Where the case is when the document exists: `refunded`, `requested` ... When absent it is `unknown`.
    #[serde(default)]
    pub status: Option<String>,
}

impl Default for RefundConfig {
    fn default() -> Self {
        Self { kind: refund_only(), status: None }
    }
}

/// How a text file is encoded. A byte order mark always wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Encoding {
    /// UTF-8 or GB18030, whichever the first characters that are not ASCII turn out to be.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB18030, which reads GBK and GB2312 too.
    #[serde(rename = "gb18030")]
    Gb18030,
    /// Big5.
    #[serde(rename = "big5")]
    Big5,
    /// Shift JIS.
    #[serde(rename = "shift_jis")]
    ShiftJis,
    /// Western European, as Windows writes it.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// UTF-16, low byte first, without a byte order mark.
    #[serde(rename = "utf-16le")]
    Utf16le,
    /// UTF-16, high byte first, without a byte order mark.
    #[serde(rename = "utf-16be")]
    Utf16be,
}

impl Encoding {
    /// The decoder to use; `None` for UTF-8 and for finding out.
    pub(crate) fn label(self) -> Option<&'static Label> {
        match self {
            Self::Auto | Self::Utf8 => None,
            Self::Gb18030 => Some(encoding_rs::GB18030),
            Self::Big5 => Some(encoding_rs::BIG5),
            Self::ShiftJis => Some(encoding_rs::SHIFT_JIS),
            Self::Windows1252 => Some(encoding_rs::WINDOWS_1252),
            Self::Utf16le => Some(encoding_rs::UTF_16LE),
            Self::Utf16be => Some(encoding_rs::UTF_16BE),
        }
    }
}

fn comma() -> String {
    ",".to_owned()
}

fn point() -> String {
    ".".to_owned()
}

const fn one() -> u32 {
    1
}

fn refund_only() -> String {
    "refund_only".to_owned()
}

impl ConnectorConfig for SheetConfig {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        Plan::new(self).map(drop)
    }
}
