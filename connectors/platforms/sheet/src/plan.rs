//! Settings, checked and made ready for use.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use crossdock_connector::{Error, Result};
use crossdock_schemas::{
    AftersaleKind, AftersaleStatus, Dec, DecError, Fulfillment, Hold, Lifecycle, PaymentState, Status,
};

use crate::columns::Role;
use crate::config::{Encoding, SheetConfig, StatusConfig};
use crate::countries::Countries;
use crate::rules::Rule;
use crate::time::Clock;
use crate::wanted::Wanted;
use crate::words;

/// Settings, checked and made ready for use.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) platform: String,
    pub(crate) shop: String,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: u8,
    pub(crate) sheet: Option<String>,
    pub(crate) header_row: u32,
    pub(crate) clock: Clock,
    pub(crate) currency: Option<String>,
    pub(crate) prices_include_tax: Option<bool>,
    pub(crate) wanted: Wanted,
    /// Whether people are masked who are not in the file.
    pub(crate) mask_people: bool,
    /// Whether rows tell of orders alone.
    pub(crate) no_lines: bool,
    /// Whether orders are told in part.
    pub(crate) in_part: bool,
    /// Whether a row may have no time.
    pub(crate) time_may_be_empty: bool,
    unwrap_text: bool,
    /// Endings to strip, by role.
    strip: Vec<Option<String>>,
    pub(crate) countries: Countries,
    pub(crate) default_status: Status,
    pub(crate) statuses: HashMap<String, Status>,
    pub(crate) refund_kind: AftersaleKind,
    pub(crate) refund_status: Option<AftersaleStatus>,
    pub(crate) rules: Vec<Rule>,
    currencies: BTreeMap<String, String>,
    decimal_point: char,
    group_separator: Option<char>,
}

impl Plan {
    /// Checks settings, together with the ready mapping they name.
    pub(crate) fn new(config: &SheetConfig) -> Result<Self> {
        let preset = config.mapping.map(|mapping| mapping.preset()).transpose()?;
        let wanted = Wanted::new(config, preset.as_ref())?;
        let ready = preset.unwrap_or_default();
        let platform = if config.platform.is_empty() { &ready.platform } else { &config.platform };
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(2..=32).contains(&platform.len()) || !platform.bytes().all(slug) {
            return Err(Error::config("expected 2 to 32 of a-z, 0-9 and _").at("platform"));
        }
        if config.shop.trim().is_empty() {
            return Err(Error::config("must not be empty").at("shop"));
        }
        // A column for the currency takes the place of the mapping's own.
        let own_currency = config.columns.header(Role::Currency).is_some();
        let currency = config.currency.as_deref().or(ready.currency.as_deref().filter(|_| !own_currency));
        let no_lines = config.no_lines.unwrap_or(ready.no_lines);
        let statuses: BTreeMap<&String, &StatusConfig> =
            ready.statuses.iter().chain(&config.statuses).collect();
        check(&wanted, no_lines, currency.is_some(), !statuses.is_empty())?;
        let rules = config.rules.iter().chain(&ready.rules).enumerate();
        let rules = rules.map(|(at, rule)| Rule::new(rule, &wanted, &format!("rules[{at}]")));
        let statuses = statuses.into_iter().map(|(code, status)| {
            let mut state = read_status(status, &format!("statuses.{code}"))?;
            state.lifecycle_raw = state.lifecycle.is_some().then(|| code.clone());
            state.payment_raw = state.payment.is_some().then(|| code.clone());
            state.fulfillment_raw = state.fulfillment.is_some().then(|| code.clone());
            state.hold_raw = (!state.hold.is_empty()).then(|| code.clone());
            Ok((code.clone(), state))
        });
        let refund = config.refund.clone().or(ready.refund).unwrap_or_default();
        let kinds = [AftersaleKind::RefundOnly, AftersaleKind::ReturnRefund];
        let refund_kind = words::strict(&refund.kind, &kinds, AftersaleKind::as_str, "refund.kind")?;
        let refund_status = refund.status.as_deref();
        let refund_status = refund_status
            .map(|word| words::strict(word, AftersaleStatus::ALL, AftersaleStatus::as_str, "refund.status"));
        let zone_name = config.zone.as_deref().or(ready.zone.as_deref());
        let formats = config.time_formats.iter().chain(&ready.time_formats).cloned().collect();
        let aliases: BTreeMap<&String, &String> =
            ready.currency_aliases.iter().chain(&config.currency_aliases).collect();
        Ok(Self {
            platform: platform.clone(),
            shop: config.shop.trim().to_owned(),
            encoding: config.encoding,
            delimiter: delimiter(&config.delimiter)?,
            sheet: config.sheet.clone(),
            header_row: config.header_row.max(1),
            clock: Clock::new(zone(zone_name)?, formats)?,
            currency: currency.map(|code| iso_currency(code, "currency")).transpose()?,
            prices_include_tax: config.prices_include_tax,
            mask_people: config.mask_people.unwrap_or(ready.mask_people),
            no_lines,
            in_part: config.in_part.unwrap_or(ready.in_part) || no_lines,
            time_may_be_empty: config.time_may_be_empty.unwrap_or(ready.time_may_be_empty),
            unwrap_text: config.unwrap_text.unwrap_or(ready.unwrap_text),
            strip: strip(config)?,
            countries: Countries::new(&config.country_aliases, &config.no_country)?,
            default_status: read_status(&config.default_status, "default_status")?,
            statuses: statuses.collect::<Result<_>>()?,
            refund_kind,
            refund_status: refund_status.transpose()?,
            rules: rules.collect::<Result<_>>()?,
            currencies: currencies(&aliases)?,
            decimal_point: one_char(&config.decimal_point, "decimal_point")?,
            group_separator: config
                .group_separator
                .as_deref()
                .map(|text| one_char(text, "group_separator"))
                .transpose()?,
            wanted,
        })
    }

    /// A number as this file writes it.
    pub(crate) fn number(&self, text: &str) -> Result<Dec, DecError> {
        if self.decimal_point == '.' && self.group_separator.is_none() {
            return Dec::parse(text);
        }
        let ungrouped = text.chars().filter(|c| Some(*c) != self.group_separator);
        let plain: String = ungrouped.map(|c| if c == self.decimal_point { '.' } else { c }).collect();
        Dec::parse(&plain)
    }

    /// A number in a rule's column.
    pub(crate) fn number_in(&self, cell: &[u8]) -> Option<Dec> {
        self.number(std::str::from_utf8(cell).ok()?).ok()
    }

    /// An ISO 4217 code from what a cell says.
    pub(crate) fn currency_of(&self, text: &str) -> Option<String> {
        match self.currencies.get(text) {
            Some(code) => Some(code.clone()),
            None => iso_currency(text, "").ok(),
        }
    }

    /// A cell of a role without its outer white space and the ending the settings name.
    pub(crate) fn stripped<'a>(&self, role: Role, cell: &'a [u8]) -> &'a [u8] {
        let cell = if self.unwrap_text { unwrap(cell.trim_ascii()) } else { cell.trim_ascii() };
        match self.strip.get(role.at()) {
            Some(Some(ending)) => cell.strip_suffix(ending.as_bytes()).unwrap_or(cell),
            _ => cell,
        }
    }
}

/// What an export wrapped so that a spreadsheet keeps it as text.
fn unwrap(cell: &[u8]) -> &[u8] {
    let inner = match cell {
        [b'=', b'"', inner @ .., b'"'] => inner,
        [b'\'', inner @ ..] => inner,
        whole => whole,
    };
    inner.trim_ascii()
}

/// Whether everything is there that rows are read by.
fn check(wanted: &Wanted, no_lines: bool, currency: bool, statuses: bool) -> Result<()> {
    let needed: &[Role] =
        if no_lines { &[Role::OrderNo, Role::Time] } else { &[Role::OrderNo, Role::Quantity, Role::Time] };
    for role in needed {
        if !wanted.has(*role) {
            return Err(Error::config("is required").at(format!("columns.{}", role.name())));
        }
    }
    if !no_lines && !wanted.has(Role::UnitPrice) && !wanted.has(Role::LineTotal) {
        return Err(Error::config("`unit_price` or `line_total` is required").at("columns"));
    }
    if !currency && !wanted.has(Role::Currency) {
        return Err(Error::config("is required unless `columns.currency` is set").at("currency"));
    }
    let status = [Role::Status, Role::LineStatus].into_iter().find(|role| wanted.has(*role));
    if let Some(role) = status.filter(|_| !statuses) {
        let what = format!("is required when `columns.{}` is set", role.name());
        return Err(Error::config(what).at("statuses"));
    }
    Ok(())
}

fn strip(config: &SheetConfig) -> Result<Vec<Option<String>>> {
    let all: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    for key in config.strip_suffix.keys() {
        if !all.contains(&key.as_str()) {
            return Err(words::refused(key, &all).at("strip_suffix"));
        }
    }
    Ok(Role::ALL.iter().map(|role| config.strip_suffix.get(role.name()).cloned()).collect())
}

fn zone(name: Option<&str>) -> Result<Option<TimeZone>> {
    let found = name.map(TimeZone::get).transpose();
    found.map_err(|error| {
        Error::config("no such time zone, expected an IANA name like Asia/Shanghai").at("zone").because(error)
    })
}

fn delimiter(text: &str) -> Result<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => {
            Err(Error::config("expected one ASCII character that is no quote and no line feed")
                .at("delimiter"))
        }
    }
}

fn one_char(text: &str, path: &str) -> Result<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) if !only.is_ascii_digit() && only != '-' => Ok(only),
        _ => Err(Error::config("expected one character that is no digit").at(path)),
    }
}

fn iso_currency(text: &str, path: &str) -> Result<String> {
    let code = text.trim().to_ascii_uppercase();
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(code)
    } else {
        Err(Error::config("expected an ISO 4217 code of three letters").at(path))
    }
}

fn currencies(aliases: &BTreeMap<&String, &String>) -> Result<BTreeMap<String, String>> {
    let read = |(name, code): (&&String, &&String)| {
        Ok((name.trim().to_owned(), iso_currency(code, &format!("currency_aliases.{name}"))?))
    };
    aliases.iter().map(read).collect()
}

fn read_status(config: &StatusConfig, path: &str) -> Result<Status> {
    let at = |axis: &str| format!("{path}.{axis}");
    let lifecycle = config.lifecycle.as_deref();
    let payment = config.payment.as_deref();
    let fulfillment = config.fulfillment.as_deref();
    let hold = config.hold.as_deref();
    let hold = hold.map(|word| words::strict(word, Hold::ALL, Hold::as_str, &at("hold"))).transpose()?;
    Ok(Status {
        hold: hold.into_iter().collect(),
        lifecycle: lifecycle
            .map(|word| words::strict(word, Lifecycle::ALL, Lifecycle::as_str, &at("lifecycle")))
            .transpose()?,
        payment: payment
            .map(|word| words::strict(word, PaymentState::ALL, PaymentState::as_str, &at("payment")))
            .transpose()?,
        fulfillment: fulfillment
            .map(|word| words::strict(word, Fulfillment::ALL, Fulfillment::as_str, &at("fulfillment")))
            .transpose()?,
        ..Status::default()
    })
}
