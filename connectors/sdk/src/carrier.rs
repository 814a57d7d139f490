//! What every carrier's connector does the same way: numbers, the parcel it fills, scans gathered by waybill, and what
//! carriers are called.

mod area;
mod asked;
mod history;
mod meaning;
mod names;
mod size;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_schemas::{
    Courier, Dec, Observation, OrderRef, Parcel, ParcelStatus, Phone, PhoneKind, Protected, Source,
    TrackingEvent,
};

use crate::{Error, Issue, IssueKind, Normalized, Result, remark};

pub use area::area;
pub use asked::{ASKED, asked, at_most, one, several};
pub use history::came_back;
pub use meaning::Meaning;
pub use names::{known, slug};
pub use size::millimetres;

/// The shop whose order numbers the shipper gives to the carrier; part of a source's settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderShop {
    /// The platform, as its connector names it in `source.platform`.
    pub platform: String,
    /// The shop, as its connector names it in `source.shop`.
    pub shop: String,
}

impl OrderShop {
    /// Refuses empty names.
    ///
    /// # Errors
    /// `Config` at the key.
    pub fn validate(&self, key: &str) -> Result<()> {
        for (name, text) in [("platform", &self.platform), ("shop", &self.shop)] {
            if text.trim().is_empty() {
                return Err(Error::config("must not be empty").at(format!("{key}.{name}")));
            }
        }
        Ok(())
    }
}

/// A waybill as it is kept: upper case, without blanks; `None` when nothing is left.
pub fn number(text: &str) -> Option<String> {
    let mut number = if text.contains(char::is_whitespace) {
        text.chars().filter(|letter| !letter.is_whitespace()).collect()
    } else {
        text.to_owned()
    };
    number.make_ascii_uppercase();
    (!number.is_empty()).then_some(number)
}

/// A weight in exact grams; `None` where the unit is not one of kilogram, gram, pound or ounce, or nothing is weighed.
pub fn grams(value: &str, unit: &str) -> Option<Dec> {
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "kg" | "kgs" | "kilogram" | "kilograms" => "1000",
        "g" | "gram" | "grams" => "1",
        "lb" | "lbs" | "pound" | "pounds" => "453.59237",
        "oz" | "ozs" | "ounce" | "ounces" => "28.349523125",
        _ => return None,
    };
    let weight = Dec::parse(value.trim()).ok()?.checked_mul(Dec::parse(factor).ok()?)?;
    (weight > Dec::ZERO).then_some(weight)
}

/// Who delivers, from fields of their own: both are masked.
pub fn courier(name: Option<&str>, phone: Option<&str>) -> Option<Courier> {
    let shown = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = shown(name).map(|name| Protected::masked(remark::mask_name(&name)));
    let phone = shown(phone).map(|phone| {
        let (masked, mobile) = remark::mask_phone(&phone);
        Phone {
            kind: if mobile { PhoneKind::Mobile } else { PhoneKind::Unknown },
            protected: Some(Protected::masked(masked)),
            ..Phone::default()
        }
    });
    (name.is_some() || phone.is_some()).then_some(Courier { name, phone })
}

/// Who delivers: from fields of their own, else as the sentence of the scan names them.
pub fn delivering(name: Option<&str>, phone: Option<&str>, said: &remark::Masked<'_>) -> Option<Courier> {
    let named = said.courier.as_ref().map(Protected::masked);
    if let Some(found) = courier(name, phone) {
        return Some(Courier { name: found.name.or(named), ..found });
    }
    let phone = said.phone.as_ref().map(|(shown, mobile)| Phone {
        kind: if *mobile { PhoneKind::Mobile } else { PhoneKind::Unknown },
        protected: Some(Protected::masked(shown)),
        ..Phone::default()
    });
    (named.is_some() || phone.is_some()).then_some(Courier { name: named, phone })
}

/// Who speaks: what all parcels of a source have in common.
#[derive(Clone, Debug)]
pub struct House {
    /// Our word for the carrier: platform and carrier of its parcels.
    pub slug: &'static str,
    /// Connector and version: `sf@0.1.0`.
    pub connector: &'static str,
    /// The account at the carrier, `source.shop`.
    pub account: String,
    /// Whose order numbers the carrier repeats.
    pub order_shop: Option<OrderShop>,
}

impl House {
    /// A parcel about which nothing is known but its number.
    pub fn parcel(&self, tracking_no: impl Into<String>) -> Parcel {
        Parcel {
            source: Source {
                platform: self.slug.to_owned(),
                shop: self.account.clone(),
                connector: Some(self.connector.to_owned()),
                ..Source::default()
            },
            carrier: self.slug.to_owned(),
            tracking_no: tracking_no.into(),
            ..Parcel::default()
        }
    }

    /// The order a number means, when the settings say whose number it is.
    pub fn refs(&self, order_no: Option<&str>) -> Vec<OrderRef> {
        match (&self.order_shop, order_no.map(str::trim).filter(|number| !number.is_empty())) {
            (Some(shop), Some(order_no)) => vec![OrderRef {
                platform: shop.platform.clone(),
                shop: shop.shop.clone(),
                order_no: order_no.to_owned(),
            }],
            _ => Vec::new(),
        }
    }
}

/// One parcel while the scans of a capture are gathered.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The parcel.
    pub parcel: Parcel,
    /// The shipper's order number, when the carrier repeats it.
    pub order_no: Option<String>,
}

impl Gathered {
    /// Adds a scan, with who signed where it names somebody (already hidden). Rows come in any order: the latest handover
    /// says who signed.
    pub fn add(&mut self, event: TrackingEvent, signer: Option<String>) {
        let is_handover = |event: &TrackingEvent| event.status == ParcelStatus::Delivered;
        if let Some(signer) = signer.filter(|_| is_handover(&event)) {
            let later = |known: &TrackingEvent| is_handover(known) && known.at > event.at;
            if !self.parcel.events.iter().any(later) {
                self.parcel.signed_by = Some(Protected::masked(signer));
            }
        }
        self.parcel.events.push(event);
    }

    /// Attaches a text under the name of who tells it.
    pub fn note(&mut self, key: &str, text: impl Into<String>) {
        let (namespace, ext) = (&self.parcel.source.platform, &mut self.parcel.ext);
        let value = serde_json::Value::String(text.into());
        if let Some(fields) = ext.get_mut(namespace) {
            fields.insert(key.to_owned(), value);
        } else {
            ext.entry(namespace.clone()).or_default().insert(key.to_owned(), value);
        }
    }
}

/// The parcels of a capture while they are gathered: one observation for each, in the order of their first rows.
#[derive(Debug)]
pub struct Batch<'h> {
    house: &'h House,
    parcels: Vec<Gathered>,
    first_bad: Option<Error>,
    /// What is to be said about the capture.
    pub issues: Vec<Issue>,
}

impl<'h> Batch<'h> {
    /// An empty batch.
    pub fn new(house: &'h House) -> Self {
        Self { house, parcels: Vec::new(), first_bad: None, issues: Vec::new() }
    }

    /// The parcel with this number of this carrier.
    pub fn parcel(&mut self, tracking_no: &str) -> &mut Gathered {
        self.parcel_of(self.house.slug, tracking_no)
    }

    /// The parcel with this number of another carrier, for sources that speak of many.
    pub fn parcel_of(&mut self, carrier: &str, tracking_no: &str) -> &mut Gathered {
        let known = self
            .parcels
            .iter()
            .position(|known| known.parcel.tracking_no == tracking_no && known.parcel.carrier == carrier);
        let at = known.unwrap_or(self.parcels.len());
        if known.is_none() {
            let mut parcel = self.house.parcel(tracking_no);
            carrier.clone_into(&mut parcel.carrier);
            self.parcels.push(Gathered { parcel, order_no: None });
        }
        #[expect(clippy::indexing_slicing, reason = "the place was found or has just been filled")]
        &mut self.parcels[at]
    }

    /// A row that cannot be read: an issue beside the rows that can, the answer when there are none.
    pub fn bad(&mut self, error: Error) {
        let path = error.path.clone().unwrap_or_default();
        self.issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
        self.first_bad.get_or_insert(error);
    }

    /// What the capture means. Without any parcel it is the first error, else ignored as `nothing`.
    ///
    /// # Errors
    /// The first row that could not be read, when none could.
    pub fn finish(self, nothing: &'static str) -> Result<Normalized> {
        if self.parcels.is_empty() {
            return match self.first_bad {
                Some(error) => Err(error),
                None => Ok(Normalized { issues: self.issues, ..Normalized::ignored(nothing) }),
            };
        }
        let house = self.house;
        let observation = |gathered: Gathered| {
            let refs = house.refs(gathered.order_no.as_deref());
            Observation::parcel(gathered.parcel).partial().with_refs(refs)
        };
        let observations = self.parcels.into_iter().map(observation).collect();
        Ok(Normalized { observations, issues: self.issues, ..Normalized::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> House {
        let order_shop = Some(OrderShop { platform: "own_store".to_owned(), shop: "a".to_owned() });
        House { slug: "zto", connector: "zto@1", account: "default".to_owned(), order_shop }
    }

    #[test]
    fn rows_of_one_waybill_are_one_parcel() {
        let house = house();
        let mut batch = Batch::new(&house);
        batch.parcel("A").order_no = Some("1".to_owned());
        batch.parcel("B").note("pieces", "2");
        batch.parcel_of("yto", "A").parcel.carrier_raw = Some("YTO".to_owned());
        batch.parcel("A").parcel.signed_by = Some(Protected::masked("林*"));
        batch.bad(Error::malformed("no time").at("$[3]"));
        let found = batch.finish("empty").unwrap();
        assert_eq!(found.observations.len(), 3);
        assert_eq!(found.issues.len(), 1);
        assert!(found.observations.iter().all(|observation| observation.partial));
        assert_eq!(found.observations.iter().map(|one| one.refs.len()).collect::<Vec<_>>(), [1, 0, 0]);
    }

    #[test]
    fn the_latest_handover_says_who_signed() {
        let house = house();
        let mut batch = Batch::new(&house);
        let scan = |status, second| {
            let at = crate::time::china(&format!("2026-03-02 18:00:0{second}")).unwrap();
            TrackingEvent { at, status, ..TrackingEvent::default() }
        };
        let gathered = batch.parcel("A");
        gathered.add(scan(ParcelStatus::Delivered, 5), Some("何**".to_owned()));
        gathered.add(scan(ParcelStatus::Delivered, 3), Some("林**".to_owned()));
        gathered.add(scan(ParcelStatus::InTransit, 9), Some("许**".to_owned()));
        assert_eq!(gathered.parcel.signed_by, Some(Protected::masked("何**")));
        assert_eq!(gathered.parcel.events.len(), 3);
    }

    #[test]
    fn nothing_but_bad_rows_is_an_error() {
        let house = house();
        let mut batch = Batch::new(&house);
        batch.bad(Error::malformed("no time").at("$[0]"));
        batch.bad(Error::malformed("no number").at("$[1]"));
        assert_eq!(batch.finish("empty").unwrap_err().path.as_deref(), Some("$[0]"));
        assert_eq!(Batch::new(&house).finish("empty").unwrap().ignored, Some("empty"));
    }

    #[test]
    fn weights_are_exact() {
        let told = |value, unit| grams(value, unit).map(|weight| weight.canonical());
        assert_eq!(told("5.00", "LBS").as_deref(), Some("2267.96185"));
        assert_eq!(told(" 2.5 ", "kg").as_deref(), Some("2500"));
        assert_eq!(told("16", "oz"), told("1", "lb"));
        assert_eq!((told("1", "stone"), told("0", "kg"), told("heavy", "kg")), (None, None, None));
    }

    #[test]
    fn people_are_masked() {
        let courier = courier(Some(" 何测试 "), Some("13800000246")).unwrap();
        assert_eq!(courier.name.unwrap().shown(), Some("何**"));
        assert_eq!(courier.phone.unwrap().protected.unwrap().shown(), Some("138****0246"));
        assert!(super::courier(Some(" "), None).is_none());
        assert_eq!(number(" yt26 0001\t"), Some("YT260001".to_owned()));
        assert_eq!(number(" "), None);
    }
}
