//! Settings, checked and made ready for use.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use crossdock_connector::{Error, Result};
use crossdock_schemas::{
    AftersaleKind, AftersaleStatus, Dec, DecError, Fulfillment, Lifecycle, PaymentState, Status,
};

use crate::columns::{Columns, Role};
use crate::config::{Encoding, SheetConfig, StatusConfig};
use crate::countries::Countries;
use crate::rules::Rule;
use crate::time::Clock;
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
    pub(crate) columns: Columns,
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
    /// Checks settings.
    pub(crate) fn new(config: &SheetConfig) -> Result<Self> {
        let platform = &config.platform;
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(2..=32).contains(&platform.len()) || !platform.bytes().all(slug) {
            return Err(Error::config("expected 2 to 32 of a-z, 0-9 and _").at("platform"));
        }
        if config.shop.trim().is_empty() {
            return Err(Error::config("must not be empty").at("shop"));
        }
        columns(config)?;
        let rules = config.rules.iter().enumerate();
        let rules = rules.map(|(at, rule)| Rule::new(rule, &config.columns, &format!("rules[{at}]")));
        let statuses = config.statuses.iter().map(|(code, status)| {
            let mut state = read_status(status, &format!("statuses.{code}"))?;
            state.lifecycle_raw = state.lifecycle.is_some().then(|| code.clone());
            state.payment_raw = state.payment.is_some().then(|| code.clone());
            state.fulfillment_raw = state.fulfillment.is_some().then(|| code.clone());
            Ok((code.clone(), state))
        });
        let kinds = [AftersaleKind::RefundOnly, AftersaleKind::ReturnRefund];
        let refund_kind = words::strict(&config.refund.kind, &kinds, AftersaleKind::as_str, "refund.kind")?;
        let refund_status = config.refund.status.as_deref();
        let refund_status = refund_status
            .map(|word| words::strict(word, AftersaleStatus::ALL, AftersaleStatus::as_str, "refund.status"));
        Ok(Self {
            platform: platform.clone(),
            shop: config.shop.trim().to_owned(),
            encoding: config.encoding,
            delimiter: delimiter(&config.delimiter)?,
            sheet: config.sheet.clone(),
            header_row: config.header_row.max(1),
            clock: Clock::new(zone(config.zone.as_deref())?, config.time_formats.clone())?,
            currency: config.currency.as_deref().map(|code| iso_currency(code, "currency")).transpose()?,
            prices_include_tax: config.prices_include_tax,
            columns: config.columns.clone(),
            strip: strip(config)?,
            countries: Countries::new(&config.country_aliases, &config.no_country)?,
            default_status: read_status(&config.default_status, "default_status")?,
            statuses: statuses.collect::<Result<_>>()?,
            refund_kind,
            refund_status: refund_status.transpose()?,
            rules: rules.collect::<Result<_>>()?,
            currencies: currencies(&config.currency_aliases)?,
            decimal_point: one_char(&config.decimal_point, "decimal_point")?,
            group_separator: config
                .group_separator
                .as_deref()
                .map(|text| one_char(text, "group_separator"))
                .transpose()?,
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
        let cell = cell.trim_ascii();
        match self.strip.get(role.at()) {
            Some(Some(ending)) => cell.strip_suffix(ending.as_bytes()).unwrap_or(cell),
            _ => cell,
        }
    }
}

fn columns(config: &SheetConfig) -> Result<()> {
    let needed = |role: Role| match config.columns.header(role) {
        Some(_) => Ok(()),
        None => Err(Error::config("is required").at(format!("columns.{}", role.name()))),
    };
    for role in [Role::OrderNo, Role::Quantity, Role::Time] {
        needed(role)?;
    }
    if config.columns.header(Role::UnitPrice).is_none() && config.columns.header(Role::LineTotal).is_none() {
        return Err(Error::config("`unit_price` or `line_total` is required").at("columns"));
    }
    if config.currency.is_none() && config.columns.header(Role::Currency).is_none() {
        return Err(Error::config("is required unless `columns.currency` is set").at("currency"));
    }
    if config.columns.header(Role::Status).is_some() && config.statuses.is_empty() {
        return Err(Error::config("is required when `columns.status` is set").at("statuses"));
    }
    for role in Role::ALL {
        if config.columns.header(*role).is_some_and(|header| header.trim().is_empty()) {
            return Err(Error::config("must not be empty").at(format!("columns.{}", role.name())));
        }
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

fn currencies(aliases: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let read = |(name, code): (&String, &String)| {
        Ok((name.trim().to_owned(), iso_currency(code, &format!("currency_aliases.{name}"))?))
    };
    aliases.iter().map(read).collect()
}

fn read_status(config: &StatusConfig, path: &str) -> Result<Status> {
    let at = |axis: &str| format!("{path}.{axis}");
    let lifecycle = config.lifecycle.as_deref();
    let payment = config.payment.as_deref();
    let fulfillment = config.fulfillment.as_deref();
    Ok(Status {
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
