//! Reading what a platform sends: values in any form, and one object after the other, each with what people should know
//! about it.
//!
//! A platform's connector says once what is its own ([`Dialect`]): its name, its shop, how its times are written. A
//! [`Reading`] then does for each object what all of them do alike: paths for errors, issues, exact amounts, times that
//! matter and times that do not, the source of what is observed.

use std::fmt::Display;

use serde_json::value::RawValue;

use crossdock_schemas::{Dec, OrderRef, Source, Ts};

use crate::wire::field;
use crate::{Error, Issue, IssueKind, Normalized, Result, rows};

pub use crate::wire::field::{Field as Value, text};

/// The text of a value that says something: 0 is how platforms write "none" of ids, times and counts.
pub fn told<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    text(value).filter(|text| *text != "0")
}

/// What is there and is something.
pub fn some(value: Option<Dec>) -> Option<Dec> {
    value.filter(|amount| !amount.is_zero())
}

/// What is a platform's own.
pub trait Dialect {
    /// Its name in every identity.
    const PLATFORM: &'static str;
    /// The connector and its version.
    const CONNECTOR: &'static str;

    /// The shop, as it stands in every identity.
    fn shop(&self) -> &str;

    /// A time as the platform writes it; `None` for its ways to say "never".
    ///
    /// # Errors
    /// `Malformed` when it is no time.
    fn moment(text: &str) -> Result<Option<Ts>>;
}

/// One object being read: where it stands, and what people should know about it.
#[derive(Debug)]
pub struct Reading<'n, D> {
    /// The part that reads.
    pub of: &'n D,
    /// The path of the object.
    pub base: String,
    /// What people should know.
    pub issues: Vec<Issue>,
}

impl<'n, D: Dialect> Reading<'n, D> {
    /// Begins with the object at `base`.
    pub fn new(of: &'n D, base: impl Into<String>) -> Self {
        Self { of, base: base.into(), issues: Vec::new() }
    }

    /// Path of a field; `field` is only written out when somebody has to read it.
    pub fn path(&self, field: impl Display) -> String {
        format!("{}.{field}", self.base)
    }

    /// The error of a field.
    pub fn malformed(&self, field: impl Display, what: &str) -> Error {
        Error::malformed(what).at(self.path(field))
    }

    /// Something that people should know about a field.
    pub fn issue(&mut self, kind: IssueKind, field: impl Display, detail: &str) {
        let path = self.path(field);
        self.issues.push(Issue::new(kind, path, detail));
    }

    /// A code that no table knows.
    pub fn unmapped(&mut self, field: impl Display, code: &str) {
        let path = self.path(field);
        self.issues.push(Issue::unmapped(path, code));
    }

    /// An exact amount or count.
    ///
    /// # Errors
    /// `Malformed` when it is none.
    pub fn dec(&self, value: &Value<'_>, name: impl Display) -> Result<Option<Dec>> {
        field::dec(value, || self.path(name))
    }

    /// An amount that matters only when there is one.
    ///
    /// # Errors
    /// As [`dec`](Self::dec).
    pub fn amount(&self, value: &Value<'_>, field: impl Display) -> Result<Option<Dec>> {
        self.dec(value, field).map(some)
    }

    /// An exact amount that is given in hundredths: fen become yuan.
    ///
    /// # Errors
    /// `Malformed` when it is none, or beyond all amounts.
    pub fn hundredths(&self, value: &Value<'_>, field: impl Display) -> Result<Option<Dec>> {
        let Some(given) = self.dec(value, &field)? else { return Ok(None) };
        let whole = Dec::parse("0.01").ok().and_then(|cent| given.checked_mul(cent));
        let whole = whole.filter(|whole| whole.fits_wire());
        whole.map(Some).ok_or_else(|| self.malformed(field, "is beyond all amounts"))
    }

    /// A time that the rest does not depend on: when it cannot be read, the rest still stands.
    pub fn time(&mut self, value: &Value<'_>, field: impl Display) -> Option<Ts> {
        match D::moment(text(value)?) {
            Ok(at) => at,
            Err(error) => {
                self.issue(IssueKind::BadValue, field, error.message());
                None
            }
        }
    }

    /// A time that revision or order depend on.
    ///
    /// # Errors
    /// `Malformed` when it is no time.
    pub fn time_needed(&self, value: &Value<'_>, field: impl Display) -> Result<Option<Ts>> {
        let Some(text) = text(value) else { return Ok(None) };
        D::moment(text).map_err(|error| error.at(self.path(field)))
    }

    /// Where it was seen, in which state.
    pub fn source(&self, revision: Option<Ts>) -> Source {
        Source {
            platform: D::PLATFORM.to_owned(),
            shop: self.of.shop().to_owned(),
            connector: Some(D::CONNECTOR.to_owned()),
            revision: revision.map(Ts::millis_text),
            ..Source::default()
        }
    }

    /// An order of this shop.
    pub fn order_ref(&self, order_no: &str) -> OrderRef {
        OrderRef {
            platform: D::PLATFORM.to_owned(),
            shop: self.of.shop().to_owned(),
            order_no: order_no.to_owned(),
        }
    }

    /// What was read, once its observations are made.
    pub fn finish(&mut self, observations: Vec<crossdock_schemas::Observation>) -> Normalized {
        Normalized { observations, issues: std::mem::take(&mut self.issues), ..Normalized::default() }
    }
}

/// The rows of a page, which stand at `root[0]` and so on. One that cannot be read costs only itself; where none can be
/// read, the first says why.
///
/// # Errors
/// What `read` says about the first row, when no row can be read.
pub fn page(
    rows: &[&RawValue],
    root: &str,
    read: impl Fn(&RawValue, &str) -> Result<Normalized>,
) -> Result<Normalized> {
    let mut all = Normalized::default();
    let (mut first_bad, mut good) = (None, 0_usize);
    for (at, row) in rows.iter().enumerate() {
        let place = format!("{root}[{at}]");
        match read(row, &place) {
            Ok(mut one) => {
                good = good.saturating_add(1);
                all.ignored = one.ignored.or(all.ignored);
                all.observations.append(&mut one.observations);
                all.issues.append(&mut one.issues);
                for object in one.fetch {
                    if !all.fetch.contains(&object) {
                        all.fetch.push(object);
                    }
                }
            }
            Err(error) => {
                let path = error.path.clone().unwrap_or(place);
                all.issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
                first_bad.get_or_insert(error);
            }
        }
    }
    match first_bad {
        Some(error) if good == 0 => return Err(error),
        None if all.observations.is_empty() && all.fetch.is_empty() => {
            all.ignored = all.ignored.or(Some("empty_page"));
        }
        _ => all.ignored = None,
    }
    Ok(all)
}

/// The same for a list as it stands, one object, or nothing at all.
///
/// # Errors
/// `Malformed` when it is something else; else as [`page`].
pub fn list(
    raw: Option<&RawValue>,
    root: &str,
    read: impl Fn(&RawValue, &str) -> Result<Normalized>,
) -> Result<Normalized> {
    let rows = raw.map_or(Ok(Vec::new()), |raw| rows::rows(raw.get(), root))?;
    page(&rows, root, read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Scalar;
    use crate::{ObjectId, time};

    struct Shop;

    impl Dialect for Shop {
        const PLATFORM: &'static str = "market";
        const CONNECTOR: &'static str = "market@1";

        fn shop(&self) -> &str {
            "7"
        }

        fn moment(text: &str) -> Result<Option<Ts>> {
            if text == "0" { Ok(None) } else { time::china(text).map(Some) }
        }
    }

    crate::fields! { default;
        /// A row.
        Row {
            id: Value<'a>,
            #[serde(rename = "type")]
            kind: Value<'a>,
        }
    }

    fn value(text: &str) -> Value<'static> {
        Some(Scalar::from(text.to_owned()))
    }

    #[test]
    fn values_in_every_form() {
        let row: Row<'_> = serde_json::from_str(r#"{"id":7,"type":" "}"#).unwrap();
        assert_eq!((text(&row.id), text(&row.kind), told(&value("0"))), (Some("7"), None, None));
        let row: Row<'_> = serde_json::from_str(r#"{"id":null}"#).unwrap();
        assert!(row.id.is_none() && row.kind.is_none());
    }

    #[test]
    fn amounts_are_exact_and_named() {
        let reading = Reading::new(&Shop, "$.order");
        assert_eq!(reading.dec(&value("1.50"), "a").unwrap().unwrap().to_string(), "1.50");
        assert_eq!(reading.hundredths(&value("1999"), "a").unwrap().unwrap().to_string(), "19.99");
        assert_eq!(reading.amount(&value("0.00"), "a").unwrap(), None);
        let error = reading.dec(&value("many"), "lines[0].count").unwrap_err();
        assert_eq!(error.path.as_deref(), Some("$.order.lines[0].count"));
    }

    #[test]
    fn only_some_times_are_needed() {
        let mut reading = Reading::new(&Shop, "$");
        assert_eq!(reading.time(&value("soon"), "paid"), None);
        assert_eq!(reading.issues.len(), 1);
        assert_eq!((reading.time(&value("0"), "paid"), reading.time(&None, "paid")), (None, None));
        assert!(reading.time_needed(&value("soon"), "changed").is_err());
        let at = reading.time_needed(&value("2026-11-21 20:00:05"), "changed").unwrap();
        let source = reading.source(at);
        assert_eq!((source.platform.as_str(), source.shop.as_str()), ("market", "7"));
        assert_eq!(source.revision.as_deref(), Some("2026-11-21T12:00:05.000Z"));
        assert_eq!(reading.finish(Vec::new()).issues.len(), 1);
    }

    /// `1` has something to say, `2` nothing, `4` has to be fetched, `6` is ignored; the rest is no row.
    fn listed(text: &str) -> Result<Normalized> {
        let read = |row: &RawValue, base: &str| {
            let parcel =
                || vec![crossdock_schemas::Observation::parcel(crossdock_schemas::Parcel::default())];
            let issues = vec![Issue::unmapped(base, row.get())];
            match row.get() {
                "1" => Ok(Normalized { observations: parcel(), issues, ..Normalized::default() }),
                "2" => Ok(Normalized { issues, ..Normalized::default() }),
                "4" => Ok(Normalized::nudge(ObjectId::new("order", "4"))),
                "6" => Ok(Normalized::ignored("test")),
                _ => Err(Error::malformed("no row")),
            }
        };
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        list(Some(raw), "$.rows", read)
    }

    #[test]
    fn a_bad_row_costs_only_itself() {
        let found = listed("[3,1,2]").unwrap();
        assert_eq!((found.observations.len(), found.ignored), (1, None));
        let issues: Vec<_> = found.issues.iter().map(|issue| (issue.kind, issue.path.as_str())).collect();
        let code = IssueKind::UnmappedCode;
        assert_eq!(issues, [(IssueKind::Malformed, "$.rows[0]"), (code, "$.rows[1]"), (code, "$.rows[2]")]);
        let found = listed("[4,3,4]").unwrap();
        assert_eq!((found.fetch.len(), found.issues.len(), found.ignored), (1, 1, None));
        assert_eq!(listed("[3,5]").unwrap_err().message(), "no row");
    }

    #[test]
    fn a_page_may_be_empty() {
        assert_eq!(listed("[]").unwrap().ignored, Some("empty_page"));
        let found = listed("[2]").unwrap();
        assert_eq!((found.ignored, found.issues.len()), (Some("empty_page"), 1));
        assert_eq!(
            (listed("[6,2]").unwrap().ignored, listed("[6,4]").unwrap().ignored),
            (Some("test"), None)
        );
        // Beside a row that has to be repaired nothing is passed over.
        assert_eq!(listed("[6,3]").unwrap().ignored, None);
        assert!(listed("7").is_err());
    }
}
