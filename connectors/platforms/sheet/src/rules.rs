//! What kind of row a row is: ordered rules over its cells, the first that fits decides.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{Error, Result};
use crossdock_schemas::{Dec, FeeKind};

use crate::columns::Role;
use crate::wanted::Wanted;
use crate::words;

/// One rule as it is written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// Conditions that all have to hold.
    pub when: Vec<ConditionConfig>,
    /// What the row is then: `line`, `fee`, `refund` or `ignore`.
    pub then: String,
    /// For `fee`: `shipping`, `service`, `adjustment` ...
    #[serde(default)]
    pub fee: Option<String>,
    /// For `ignore`: `adjustment`, `write_off`, `note` or `total_row`.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One condition: a column and exactly one test.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionConfig {
    /// A key of `columns`, or the text of a header.
    pub column: String,
    /// The cell starts with this.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The cell ends with this.
    #[serde(default)]
    pub suffix: Option<String>,
    /// The cell is exactly this.
    #[serde(default)]
    pub equals: Option<String>,
    /// The cell is exactly one of these.
    #[serde(default)]
    pub one_of: Option<Vec<String>>,
    /// The cell fits this pattern, in which `*` stands for any text and `?` for any one character.
    #[serde(default)]
    pub matches: Option<String>,
    /// The cell is `negative`, `positive`, `zero`, `empty` or `filled`.
    #[serde(default)]
    pub is: Option<String>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// A line of an order.
    Line,
    /// A fee of an order.
    Fee(FeeKind),
    /// A part of a refund.
    Refund,
    /// Nothing to us, with a word that says why.
    Ignore(&'static str),
}

/// A rule ready for use.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) when: Vec<Condition>,
    pub(crate) then: Then,
}

/// A condition ready for use.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) column: ColumnRef,
    test: Test,
}

/// The column of a condition.
#[derive(Debug)]
pub(crate) enum ColumnRef {
    /// One that has a meaning to us.
    Role(Role),
    /// One by its header.
    Header(String),
}

#[derive(Debug)]
enum Test {
    Prefix(String),
    Suffix(String),
    OneOf(Vec<String>),
    Pattern(String),
    Negative,
    Positive,
    Zero,
    Empty,
    Filled,
}

const THEN: &str = "`line`, `fee`, `refund`, `ignore`";
const REASONS: [&str; 4] = ["adjustment", "write_off", "note", "total_row"];
const TESTS: &str = "exactly one of `prefix`, `suffix`, `equals`, `one_of`, `matches`, `is`";

impl Rule {
    /// Checks a rule.
    pub(crate) fn new(config: &RuleConfig, wanted: &Wanted, path: &str) -> Result<Self> {
        let then = then(config, path)?;
        if config.when.is_empty() {
            return Err(Error::config("needs at least one condition").at(format!("{path}.when")));
        }
        let when = config.when.iter().enumerate();
        let when =
            when.map(|(at, condition)| Condition::new(condition, wanted, &format!("{path}.when[{at}]")));
        Ok(Self { when: when.collect::<Result<_>>()?, then })
    }
}

fn then(config: &RuleConfig, path: &str) -> Result<Then> {
    let unused = |key: &str, set: bool, with: &str| {
        let error = Error::config(format!("goes only with `then = \"{with}\"`")).at(format!("{path}.{key}"));
        if set { Err(error) } else { Ok(()) }
    };
    if config.then != "fee" {
        unused("fee", config.fee.is_some(), "fee")?;
    }
    if config.then != "ignore" {
        unused("reason", config.reason.is_some(), "ignore")?;
    }
    match config.then.as_str() {
        "line" => Ok(Then::Line),
        "refund" => Ok(Then::Refund),
        "fee" => {
            let word = config.fee.as_deref().unwrap_or_default();
            words::strict(word, FeeKind::ALL, FeeKind::as_str, &format!("{path}.fee")).map(Then::Fee)
        }
        "ignore" => {
            let word = config.reason.as_deref().unwrap_or_default();
            let reason = REASONS
                .iter()
                .find(|reason| **reason == word)
                .ok_or_else(|| words::refused(word, &REASONS).at(format!("{path}.reason")))?;
            Ok(Then::Ignore(reason))
        }
        other => {
            Err(Error::config(format!("`{other}` is not allowed, expected {THEN}"))
                .at(format!("{path}.then")))
        }
    }
}

impl Condition {
    fn new(config: &ConditionConfig, wanted: &Wanted, path: &str) -> Result<Self> {
        let mut tests = Vec::new();
        tests.extend(config.prefix.clone().map(Test::Prefix));
        tests.extend(config.suffix.clone().map(Test::Suffix));
        tests.extend(config.equals.clone().map(|text| Test::OneOf(vec![text])));
        tests.extend(config.one_of.clone().map(Test::OneOf));
        tests.extend(config.matches.clone().map(Test::Pattern));
        if let Some(word) = &config.is {
            tests.push(match word.as_str() {
                "negative" => Test::Negative,
                "positive" => Test::Positive,
                "zero" => Test::Zero,
                "empty" => Test::Empty,
                "filled" => Test::Filled,
                _ => {
                    let allowed = ["negative", "positive", "zero", "empty", "filled"];
                    return Err(words::refused(word, &allowed).at(format!("{path}.is")));
                }
            });
        }
        let (Some(test), true) = (tests.pop(), tests.is_empty()) else {
            return Err(Error::config(format!("needs {TESTS}")).at(path));
        };
        let role = Role::ALL.iter().find(|role| role.name() == config.column);
        let column = match role {
            Some(role) if wanted.has(*role) => ColumnRef::Role(*role),
            Some(role) => {
                let what = format!("`{}` is not set under `columns`", role.name());
                return Err(Error::config(what).at(format!("{path}.column")));
            }
            None => ColumnRef::Header(config.column.clone()),
        };
        Ok(Self { column, test })
    }

    /// Whether a cell fits, outer white space aside. Text that is no number is neither negative, zero nor
    /// positive.
    pub(crate) fn holds(&self, cell: &[u8], number: impl Fn(&[u8]) -> Option<Dec>) -> bool {
        match &self.test {
            Test::Prefix(text) => cell.starts_with(text.as_bytes()),
            Test::Suffix(text) => cell.ends_with(text.as_bytes()),
            Test::OneOf(texts) => texts.iter().any(|text| text.as_bytes() == cell),
            Test::Pattern(pattern) => std::str::from_utf8(cell).is_ok_and(|text| fits(pattern, text)),
            Test::Empty => cell.is_empty(),
            Test::Filled => !cell.is_empty(),
            // Only numbers that start with a minus are negative: most rows are decided here.
            Test::Negative => cell.starts_with(b"-") && number(cell).is_some_and(Dec::is_negative),
            Test::Positive => !cell.starts_with(b"-") && number(cell).is_some_and(|n| n > Dec::ZERO),
            Test::Zero => number(cell).is_some_and(Dec::is_zero),
        }
    }
}

/// Whether a text fits a pattern of `*` and `?`. One star at most is open at a time, so this takes at most
/// length of pattern times length of text steps.
fn fits(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut star = None;
    loop {
        let (mut next_pattern, mut next_text) = (pattern.clone(), text.clone());
        match (next_pattern.next(), next_text.next()) {
            (Some('*'), _) => {
                star = Some((next_pattern.clone(), text.clone()));
                pattern = next_pattern;
            }
            (None, None) => return true,
            (Some(p), Some(t)) if p == '?' || p == t => (pattern, text) = (next_pattern, next_text),
            _ => {
                let Some((after_star, mut from)) = star.take() else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), from.clone());
                star = Some((after_star, from));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("gift_????_*", "gift_0001_20", true),
            ("gift_????_*", "gift_001_20", false),
            ("*POST*", "DOTCOM POSTAGE", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("?", "红", true),
            ("a", "a ", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
