//! The rules as data: `config/risk.toml` is the commented example.

use std::collections::BTreeMap;

use crossdock_schemas::{AddressGrade, Dec, RiskCode, RiskSeverity};
use serde::Deserialize;

use super::finger::Kind;
use crate::backbone::Micros;
use crate::config::HumanDuration;

/// The rules that come with crossdock, to start from.
pub const EXAMPLE: &str = include_str!("../../../../config/risk.toml");

/// A file of rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Its version, part of every finding: findings of another version are new ones.
    pub version: String,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, part of every finding.
    pub id: String,
    /// How serious a finding is.
    pub severity: Severity,
    /// Sources it is for; none named: all.
    #[serde(default)]
    pub sources: Vec<String>,
    /// What it looks for.
    pub when: When,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Holds the order until somebody looked.
    Review,
    /// Holds the order: it must not ship.
    Block,
}

/// What a rule looks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// A phone, address or buyer on the list.
    Listed(Kind),
    /// More is to be paid, by currency.
    AmountOver(BTreeMap<String, Dec>),
    /// More pieces of one SKU.
    QuantityOver {
        /// More than this.
        pieces: Dec,
        /// Only of these SKUs of the seller; none named: of any.
        #[serde(default)]
        skus: Vec<String>,
    },
    /// More orders by one phone or buyer, or to one address, this one counted.
    Often {
        /// By what.
        by: Kind,
        /// More than this.
        more_than: u32,
        /// Placed within.
        within: HumanDuration,
    },
    /// Totals that do not add up, by more than this.
    AmountsOff(Dec),
    /// An address whose code of province, city or district begins with one of these.
    Region(Vec<String>),
    /// An address of one of these grades.
    AddressGrade(Vec<String>),
}

impl When {
    pub(super) const fn code(&self) -> RiskCode {
        match self {
            When::Listed(Kind::Phone) => RiskCode::BlacklistPhone,
            When::Listed(Kind::Address) => RiskCode::BlacklistAddress,
            When::Listed(Kind::Buyer) => RiskCode::BlacklistBuyer,
            When::AmountOver(_) => RiskCode::OverAmount,
            When::QuantityOver { .. } => RiskCode::OverQuantity,
            When::Often { by: Kind::Address, .. } => RiskCode::DuplicateAddress,
            When::Often { by: Kind::Phone | Kind::Buyer, .. } => RiskCode::Frequency,
            When::AmountsOff(_) => RiskCode::AmountMismatch,
            When::Region(_) => RiskCode::RemoteArea,
            When::AddressGrade(_) => RiskCode::AddressGrade,
        }
    }
}

impl Rule {
    pub(super) fn is_for(&self, source: &str) -> bool {
        self.sources.is_empty() || self.sources.iter().any(|named| named == source)
    }

    pub(super) const fn severity(&self) -> RiskSeverity {
        match self.severity {
            Severity::Info => RiskSeverity::Info,
            Severity::Review => RiskSeverity::Review,
            Severity::Block => RiskSeverity::Block,
        }
    }
}

impl Rules {
    /// Reads rules.
    ///
    /// # Errors
    /// What cannot be used, with the key or the rule.
    pub fn read(text: &str) -> Result<Rules, String> {
        let table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let rules: Rules = serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
            let path = error.path().to_string();
            format!("{path}: {}", error.into_inner().to_string().trim().replace('\n', " "))
        })?;
        for (at, rule) in rules.rules.iter().enumerate() {
            rule.check().map_err(|error| format!("rule `{}`: {error}", rule.id))?;
            if rules.rules.iter().take(at).any(|earlier| earlier.id == rule.id) {
                return Err(format!("rule `{}` is there twice", rule.id));
            }
        }
        Ok(rules)
    }

    /// Whether a rule looks at the list.
    #[must_use]
    pub fn lists(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.when, When::Listed(_)))
    }

    /// What is counted by some rule.
    #[must_use]
    pub fn counted(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        for rule in &self.rules {
            if let When::Often { by, .. } = &rule.when
                && !kinds.contains(by)
            {
                kinds.push(*by);
            }
        }
        kinds
    }

    /// How far back the rules that count look.
    #[must_use]
    pub fn horizon(&self) -> Option<Micros> {
        self.rules
            .iter()
            .filter_map(|rule| match &rule.when {
                When::Often { within, .. } => Some(within.micros()),
                _ => None,
            })
            .max()
    }
}

impl Rule {
    fn check(&self) -> Result<(), String> {
        let id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.id.is_empty() || !self.id.bytes().all(id) {
            return Err("an id is lower-case letters, digits and -".to_owned());
        }
        match &self.when {
            When::AmountOver(limits) => {
                let code =
                    |code: &&String| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
                match limits.keys().find(|key| !code(key)) {
                    Some(bad) => Err(format!("`{bad}` is not a currency like CNY")),
                    None if limits.is_empty() => Err("names no amount".to_owned()),
                    None => Ok(()),
                }
            }
            When::Region(codes) => {
                let code = |code: &String| {
                    matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|byte| byte.is_ascii_digit())
                };
                match codes.iter().find(|given| !code(given)) {
                    Some(bad) => Err(format!("`{bad}` is not 2, 4 or 6 digits of a division")),
                    None => Ok(()),
                }
            }
            When::AddressGrade(grades) => {
                match grades.iter().find(|grade| AddressGrade::from_text(grade) == AddressGrade::Unknown) {
                    Some(bad) => Err(format!("`{bad}` is not a grade: A, B, C, D, M or E")),
                    None => Ok(()),
                }
            }
            When::Often { within, .. } if within.micros() == 0 => Err("counts within no time".to_owned()),
            When::Listed(_) | When::QuantityOver { .. } | When::Often { .. } | When::AmountsOff(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_used() {
        let rules = Rules::read(EXAMPLE).unwrap();
        assert!(rules.lists());
        assert!(rules.rules.len() >= 8, "{}", rules.rules.len());
        assert_eq!(rules.horizon(), Some(24 * 3_600_000_000));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (rule, says) in [
            ("when.amount_over = { yuan = \"5\" }", "`yuan` is not a currency"),
            ("when.region = [\"54\", \"Tibet\"]", "`Tibet` is not 2, 4 or 6 digits"),
            ("when.address_grade = [\"F\"]", "`F` is not a grade"),
            ("when.often = { by = \"phone\", more_than = 3, within = \"0s\" }", "within no time"),
            ("when.listed = \"shoe\"", "rule[0].when"),
            ("when.amount_over = { CNY = \"5\" }\ncolour = 1", "colour"),
        ] {
            let text = format!("version = \"1\"\n[[rule]]\nid = \"a\"\nseverity = \"info\"\n{rule}\n");
            let error = Rules::read(&text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        let twice = "[[rule]]\nid = \"a\"\nseverity = \"info\"\nwhen.amounts_off = \"0.01\"\n".repeat(2);
        assert!(Rules::read(&format!("version = \"1\"\n{twice}")).unwrap_err().contains("twice"));
    }
}
