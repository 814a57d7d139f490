//! People who do not exist. Names, phones and addresses can be seen to be made up.

use serde_json::{Value, json};

use crate::standin::Rng;

const FIRST: &[&str] = &["Imogen", "Testa", "Demetrius", "Sample", "Fictina", "Placido", "Mocka", "Nils"];
const LAST: &[&str] = &["Fixture", "Placeholder", "Specimen", "Mockley", "Testworth", "Nobody", "Example"];
const STREETS: &[&str] = &["Placeholder Quay", "Fixture Lane", "Specimen Road", "Mock Street"];

/// A buyer abroad.
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    pub(crate) email: String,
    pub(crate) phone: String,
    street: String,
    country: String,
    code: Option<&'static str>,
}

impl Person {
    /// Drawn for a sale: the same customer is always the same person.
    pub(crate) fn draw(customer: &str, country: &str) -> Self {
        let mut rng = Rng::named(0, customer);
        let first = rng.pick(FIRST).unwrap_or_default();
        let last = rng.pick(LAST).unwrap_or_default();
        let number = rng.below(100);
        Self {
            first,
            last,
            email: format!("{}.{}{number}@example.com", first.to_lowercase(), last.to_lowercase()),
            phone: format!("+1 555-01{number:02}"),
            street: format!("{} {}", rng.below(98) + 1, rng.pick(STREETS).unwrap_or_default()),
            country: country.to_owned(),
            code: country_code(country),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// Whether prices hold tax.
    pub(crate) fn pays_tax(&self) -> bool {
        self.code == Some("GB")
    }

    /// An address as Shopify writes it.
    pub(crate) fn address(&self) -> Value {
        json!({
            "first_name": self.first, "address1": self.street, "phone": self.phone, "city": "Sampleton", "zip": "00000",
            "province": null, "country": self.country, "last_name": self.last, "address2": null, "company": null,
            "latitude": null, "longitude": null, "name": self.name(), "country_code": self.code, "province_code": null
        })
    }
}

/// Codes of the countries in the rows. Values that are no country have none.
fn country_code(name: &str) -> Option<&'static str> {
    Some(match name {
        "United Kingdom" => "GB",
        "Germany" => "DE",
        "France" => "FR",
        "EIRE" => "IE",
        "Belgium" => "BE",
        "Netherlands" => "NL",
        "Spain" => "ES",
        "Switzerland" => "CH",
        "Portugal" => "PT",
        "Australia" => "AU",
        "Norway" => "NO",
        "Hong Kong" => "HK",
        "Poland" => "PL",
        "Austria" => "AT",
        "Sweden" => "SE",
        "Japan" => "JP",
        "Singapore" => "SG",
        "Italy" => "IT",
        "Finland" => "FI",
        "Cyprus" => "CY",
        "Brazil" => "BR",
        "Greece" => "GR",
        "Iceland" => "IS",
        "USA" => "US",
        "Denmark" => "DK",
        "Bahrain" => "BH",
        "Israel" => "IL",
        "Czech Republic" => "CZ",
        "Canada" => "CA",
        "Malta" => "MT",
        "Lithuania" => "LT",
        "Lebanon" => "LB",
        "Saudi Arabia" => "SA",
        "United Arab Emirates" => "AE",
        "RSA" => "ZA",
        _ => return None,
    })
}

/// A receiver in China, masked as Taobao masks.
pub(crate) struct Masked {
    pub(crate) name: &'static str,
    pub(crate) mobile: String,
    pub(crate) state: &'static str,
    pub(crate) city: &'static str,
    pub(crate) district: &'static str,
    pub(crate) zip: &'static str,
    pub(crate) oaid: String,
    pub(crate) open_uid: String,
}

const NAMES: &[&str] = &["张**", "李**", "王**", "赵**", "陈**"];
/// Province, city, district and postcode. County-level cities leave the city empty.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("浙江省", "杭州市", "西湖区", "310000"),
    ("上海", "上海市", "浦东新区", "200120"),
    ("广东省", "深圳市", "南山区", "518000"),
    ("河南省", "", "济源市", "459000"),
    ("四川省", "成都市", "武侯区", "610000"),
];

impl Masked {
    pub(crate) fn draw(customer: &str) -> Self {
        let mut rng = Rng::named(1, customer);
        let (state, city, district, zip) = PLACES.get(rng.index(PLACES.len())).copied().unwrap_or_default();
        Self {
            name: rng.pick(NAMES).unwrap_or_default(),
            mobile: format!("*******{:04}", rng.below(100)),
            state,
            city,
            district,
            zip,
            oaid: format!("1FictionalOaid{:016X}", rng.draw()),
            open_uid: format!("AAF0fictional{:016x}", rng.draw()),
        }
    }
}
