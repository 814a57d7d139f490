//! Sender and receiver. A receiver that the platform protects travels as its token: its name, phone and street are then
//! masked, whatever else is known about them.

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Address, Order, Phone, PhoneKind, Protected};

use crate::config::{Config, Masked, Sender};
use crate::write::{Doc, clean};

/// What stands where nothing may be shown.
const HIDDEN: &str = "***";

/// A receiver ready to be written.
#[derive(Debug)]
pub(crate) struct Receiver {
    name: String,
    mobile: String,
    tel: Option<String>,
    province: String,
    city: String,
    area: Option<String>,
    town: Option<String>,
    detail: String,
    zip: Option<String>,
    country: Option<String>,
    company: Option<String>,
    oaid: Option<String>,
}

impl Receiver {
    /// Whether the platform prints the label by a token.
    pub(crate) fn is_protected(&self) -> bool {
        self.oaid.is_some()
    }

    /// Writes it.
    pub(crate) fn write(&self, doc: &mut Doc) {
        doc.group("receiverInfo", |doc| {
            doc.maybe("company", self.company.as_deref());
            doc.put("name", &self.name);
            doc.maybe("zipCode", self.zip.as_deref());
            doc.maybe("tel", self.tel.as_deref());
            doc.put("mobile", &self.mobile);
            doc.maybe("countryCode", self.country.as_deref());
            doc.put("province", &self.province);
            doc.put("city", &self.city);
            doc.maybe("area", self.area.as_deref());
            doc.maybe("town", self.town.as_deref());
            doc.put("detailAddress", &self.detail);
            doc.maybe("oaid", self.oaid.as_deref());
        });
    }
}

/// Writes who sends.
pub(crate) fn sender(name: &str, sender: &Sender, doc: &mut Doc) {
    doc.group(name, |doc| {
        doc.maybe("company", sender.company.as_deref());
        doc.put("name", &sender.name);
        doc.maybe("zipCode", sender.zip_code.as_deref());
        doc.put("mobile", &sender.mobile);
        doc.put("province", &sender.province);
        doc.put("city", &sender.city);
        doc.maybe("area", sender.area.as_deref());
        doc.put("detailAddress", &sender.detail);
    });
}

/// Reads the receiver of an order.
///
/// # Errors
/// `Rejected` when a part is missing that the protocol needs, or the receiver is masked and has no token.
pub(crate) fn receiver(config: &Config, order: &Order) -> Result<Receiver> {
    let to = order.ship_to.as_ref().ok_or_else(|| refused("the order has no address to ship to"))?;
    let oaid = token(config, to);
    let protected = oaid.is_some();
    if !protected && is_masked(to) && config.masked_receivers == Masked::Reject {
        let what = "the platform masks the receiver and gives no token that the warehouse can use: \
                    set `masked_receivers = \"send\"` to send it all the same";
        return Err(refused(what));
    }
    let province = filled(to.province.as_deref()).ok_or_else(|| refused("the address has no province"))?;
    let area = filled(to.district.as_deref());
    // Places directly under a province have no city of their own.
    let city = filled(to.city.as_deref()).or_else(|| area.clone());
    let city = city.ok_or_else(|| refused("the address has no city"))?;
    let (mobile, tel) = phones(to, protected);
    Ok(Receiver {
        name: name(to, protected)?,
        mobile: mobile.ok_or_else(|| refused("the receiver has no phone"))?,
        tel,
        province,
        city,
        area,
        town: filled(to.town.as_deref()),
        detail: detail(to, protected)?,
        zip: filled(to.postal_code.as_deref()),
        country: filled(to.country.as_deref()),
        company: if protected { None } else { filled(to.company.as_deref()) },
        oaid,
    })
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(clean).filter(|text| !text.is_empty())
}

/// The token by which the warehouse can have the label printed.
fn token(config: &Config, to: &Address) -> Option<String> {
    let values = to
        .protected
        .iter()
        .chain(&to.name)
        .chain(to.phones.iter().filter_map(|phone| phone.protected.as_ref()));
    let mut tokens = values.filter_map(|value| value.token.as_ref());
    let token = tokens.find(|token| config.oaid_schemes.contains(&token.scheme))?;
    filled(Some(&token.value))
}

fn name(to: &Address, protected: bool) -> Result<String> {
    let Some(given) = &to.name else {
        return if protected { Ok(HIDDEN.to_owned()) } else { Err(refused("the receiver has no name")) };
    };
    let shown = match (&given.value, &given.masked) {
        (Some(value), None) if protected => Some(mask(value, 1, 0)),
        (_, Some(masked)) if protected => filled(Some(masked)),
        _ => filled(given.shown()),
    };
    Ok(shown.unwrap_or_else(|| HIDDEN.to_owned()))
}

/// Mobile and landline; one alone is the mobile, which the protocol needs.
fn phones(to: &Address, protected: bool) -> (Option<String>, Option<String>) {
    let (mut mobile, mut landline) = (None, None);
    for phone in &to.phones {
        let place = if phone.kind == PhoneKind::Landline { &mut landline } else { &mut mobile };
        if place.is_none() {
            *place = number(phone, protected);
        }
    }
    if mobile.is_none() {
        mobile = landline.take();
    }
    (mobile.or_else(|| protected.then(|| HIDDEN.to_owned())), landline)
}

/// The number as it is dialled in China, with its extension (`18877771111-123`).
fn number(phone: &Phone, protected: bool) -> Option<String> {
    let hidden = phone.protected.as_ref();
    if protected && let Some(masked) = hidden.and_then(|value| value.masked.as_deref()) {
        return filled(Some(masked));
    }
    let abroad = phone.e164.as_deref().map(|number| number.strip_prefix("+86").unwrap_or(number));
    let number = phone.national.as_deref().or(abroad).or_else(|| hidden.and_then(Protected::shown));
    let number = filled(number)?;
    if protected {
        return Some(mask(&number, 3, 4));
    }
    match &phone.ext {
        Some(ext) => Some(format!("{number}-{}", clean(ext))),
        None => Some(number),
    }
}

/// The address behind the region.
fn detail(to: &Address, protected: bool) -> Result<String> {
    let masked = to.protected.as_ref().and_then(|value| value.masked.as_deref());
    if protected {
        return Ok(filled(masked).unwrap_or_else(|| HIDDEN.to_owned()));
    }
    let lines = [&to.line1, &to.line2, &to.line3].into_iter().flatten().map(|line| clean(line));
    let joined = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let shown = filled(Some(&joined)).or_else(|| filled(to.raw.as_deref())).or_else(|| filled(masked));
    shown.ok_or_else(|| refused("the address has no street"))
}

fn is_masked(to: &Address) -> bool {
    let masked = |value: &Protected| value.value.is_none();
    to.name.as_ref().is_some_and(masked)
        || to.phones.iter().any(|phone| phone.protected.as_ref().is_some_and(masked))
        || (to.line1.is_none() && to.raw.is_none() && to.protected.as_ref().is_some_and(masked))
}

/// A text with only its first and last letters left.
fn mask(text: &str, first: usize, last: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= first + last {
        return HIDDEN.to_owned();
    }
    let head: String = letters.iter().take(first).collect();
    let tail: String = letters.iter().skip(letters.len() - last).collect();
    format!("{head}{}{tail}", if last == 0 { "**" } else { "****" })
}

fn refused(what: &str) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(change: &[(&str, &str)], address: &str) -> Result<String> {
        let text = format!(
            r#"{{"source":{{"platform":"taobao","shop":"1"}},"order_no":"1","kind":"sale","ship_to":{address}}}"#
        );
        let receiver =
            receiver(&crate::config::tests::config(change).unwrap(), &serde_json::from_str(&text).unwrap())?;
        Ok(Doc::request(|doc| receiver.write(doc)))
    }

    const MASKED: &str = r#"{"name":{"masked":"林**","state":"masked"},
        "phones":[{"kind":"mobile","protected":{"masked":"138****0001","state":"masked"}}],
        "province":"浙江省","city":"杭州市","protected":{"masked":"示范路***","state":"masked",
        "token":{"scheme":"taobao_oaid","value":"oaid-demo-000001"}}}"#;

    #[test]
    fn a_protected_receiver_travels_as_its_token() {
        let xml = read(&[], MASKED).unwrap();
        for part in [
            "<name>林**</name>",
            "<mobile>138****0001</mobile>",
            "<oaid>oaid-demo-000001</oaid>",
            "示范路***",
        ] {
            assert!(xml.contains(part), "{xml}");
        }
    }

    #[test]
    fn with_a_token_nothing_goes_in_the_clear_even_where_it_is_known() {
        let xml = read(
            &[],
            r#"{"name":{"value":"林小满","state":"plain"},"company":"林记","phones":[{"national":"13800000001","kind":"mobile"}],
                "province":"浙江省","city":"杭州市","line1":"示范路1号","raw":"浙江省杭州市示范路1号",
                "protected":{"token":{"scheme":"taobao_oaid","value":"oaid-demo-000001"},"state":"encrypted"}}"#,
        )
        .unwrap();
        for hidden in ["林小满", "林记", "13800000001", "示范路"] {
            assert!(!xml.contains(hidden), "{xml}");
        }
        assert!(xml.contains("<name>林**</name>") && xml.contains("<mobile>138****0001</mobile>"), "{xml}");
        assert!(xml.contains("<detailAddress>***</detailAddress>"), "{xml}");
    }

    #[test]
    fn a_masked_receiver_without_a_usable_token_is_refused() {
        let foreign = MASKED.replace("taobao_oaid", "jd_token");
        let error = read(&[], &foreign).unwrap_err();
        assert!(error.message().contains("masks the receiver"), "{error}");
        assert!(!error.to_string().contains('林'), "{error}");
        let sent =
            read(&[("masked_receivers = \"reject\"", "masked_receivers = \"send\"")], &foreign).unwrap();
        assert!(sent.contains("<name>林**</name>") && !sent.contains("oaid"), "{sent}");
    }

    #[test]
    fn plain_receivers() {
        let xml = read(
            &[],
            r#"{"name":{"value":"林小满","state":"plain"},"phones":[{"national":"0571-5550100","kind":"landline"}],
                "country":"CN","province":"海南省","district":"琼海市","line1":"示范路1号"}"#,
        )
        .unwrap();
        for part in
            ["<mobile>0571-5550100</mobile>", "<city>琼海市</city>", "<area>琼海市</area>", "示范路1号"]
        {
            assert!(xml.contains(part), "{xml}");
        }
        for (address, what) in [
            (r#"{"province":"浙江省"}"#, "no city"),
            (r#"{"province":"浙江省","city":"杭州市"}"#, "no name"),
            (
                r#"{"name":{"value":"林小满","state":"plain"},"province":"浙江省","city":"杭州市"}"#,
                "no phone",
            ),
            (r#"{"city":"杭州市"}"#, "no province"),
        ] {
            let error = read(&[], address).unwrap_err();
            assert!(error.message().contains(what), "{error}");
        }
    }
}
