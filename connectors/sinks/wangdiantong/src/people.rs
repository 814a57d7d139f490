//! Who gets it: names, phones and places, plain or masked as the platform gave them.

use serde_json::{Map, Value};

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Address, Order, Phone, PhoneKind, Protected};

use crate::config::{Config, Generation, Masked};
use crate::text::{clean, cut};

/// What stands where the platform shows nothing at all.
const HIDDEN: &str = "***";

/// The nick of the buyer. A platform that gives none must not make all orders look like one buyer's: the vendor refuses
/// that.
pub(crate) fn nick(order: &Order, tid: &str) -> String {
    let buyer = order.buyer.as_ref();
    let given = buyer.and_then(|buyer| {
        let name = || buyer.name.as_ref().and_then(|name| name.shown());
        let nick = buyer.nick.as_deref().or_else(name);
        nick.or(buyer.open_id.as_deref()).or(buyer.id.as_deref())
    });
    let nick = cut(given.unwrap_or_default(), 100);
    if nick.is_empty() { tid.to_owned() } else { nick }
}

/// Puts the receiver into the head of an order.
///
/// # Errors
/// `Rejected` when the order has none, or a masked one where the settings refuse those.
pub(crate) fn receiver(config: &Config, order: &Order, head: &mut Map<String, Value>) -> Result<()> {
    let Some(to) = &order.ship_to else {
        return Err(Error::new(ErrorKind::Rejected, "the order has no address to ship to"));
    };
    if config.masked_receivers == Masked::Reject && is_masked(to) {
        let what =
            "the platform masks the receiver: set `masked_receivers = \"send\"` to push it all the same";
        return Err(Error::new(ErrorKind::Rejected, what));
    }
    let region =
        [&to.province, &to.city, &to.district].map(|name| clean(name.as_deref().unwrap_or_default()));
    let (mobile, landline) = phones(to);
    put(head, "receiver_name", shown(to.name.as_ref()).unwrap_or_else(|| HIDDEN.to_owned()));
    if config.generation == Generation::Qjb {
        put(
            head,
            "receiver_area",
            region.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(" "),
        );
    }
    let [province, city, district] = region;
    put(head, "receiver_province", province);
    put(head, "receiver_city", city);
    put(head, "receiver_district", district);
    put(head, "receiver_address", detail(to));
    put(head, "receiver_mobile", mobile);
    put(head, "receiver_telno", landline);
    put(head, "receiver_zip", clean(to.postal_code.as_deref().unwrap_or_default()));
    Ok(())
}

fn put(head: &mut Map<String, Value>, name: &str, text: String) {
    head.insert(name.to_owned(), Value::String(text));
}

fn shown(value: Option<&Protected>) -> Option<String> {
    value?.shown().map(clean).filter(|text| !text.is_empty())
}

/// The address behind the region: town and lines, else the text as it came, else what the platform shows.
fn detail(to: &Address) -> String {
    let lines = [&to.town, &to.line1, &to.line2, &to.line3];
    let joined: Vec<String> =
        lines.into_iter().flatten().map(|line| clean(line)).filter(|line| !line.is_empty()).collect();
    // The town alone is no address.
    if to.line1.is_some() && !joined.is_empty() {
        return joined.join(" ");
    }
    let raw = to.raw.as_deref().map(clean).filter(|text| !text.is_empty());
    let masked =
        || shown(to.protected.as_ref()).map(|text| [joined.join(" "), text].join(" ").trim().to_owned());
    raw.or_else(masked).unwrap_or_else(|| HIDDEN.to_owned())
}

/// Mobile and landline. One of them is needed: what cannot be told apart is a mobile.
fn phones(to: &Address) -> (String, String) {
    let (mut mobile, mut landline) = (String::new(), String::new());
    for phone in &to.phones {
        let Some(number) = number(phone) else { continue };
        let place = if phone.kind == PhoneKind::Landline { &mut landline } else { &mut mobile };
        if place.is_empty() {
            *place = number;
        }
    }
    if mobile.is_empty() && landline.is_empty() {
        HIDDEN.clone_into(&mut mobile);
    }
    (mobile, landline)
}

/// The number as it is dialled in China, with its extension (`18877771111-123`).
fn number(phone: &Phone) -> Option<String> {
    let masked = || phone.protected.as_ref().and_then(Protected::shown);
    let abroad = phone.e164.as_deref().map(|number| number.strip_prefix("+86").unwrap_or(number));
    let number = clean(phone.national.as_deref().or(abroad).or_else(masked)?);
    match &phone.ext {
        _ if number.is_empty() => None,
        Some(ext) => Some(format!("{number}-{}", clean(ext))),
        None => Some(number),
    }
}

fn is_masked(to: &Address) -> bool {
    let masked = |value: &Protected| value.value.is_none();
    to.name.as_ref().is_some_and(masked)
        || to.phones.iter().any(|phone| phone.protected.as_ref().is_some_and(masked))
        || (to.line1.is_none() && to.raw.is_none() && to.protected.as_ref().is_some_and(masked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(config: &Config, address: &str) -> Result<Map<String, Value>> {
        let text = format!(
            r#"{{"source":{{"platform":"taobao","shop":"1"}},"order_no":"1","kind":"sale","ship_to":{address}}}"#
        );
        let mut head = Map::new();
        receiver(config, &serde_json::from_str(&text).unwrap(), &mut head)?;
        Ok(head)
    }

    #[test]
    fn plain_receivers() {
        let config = crate::config::tests::config(&[]).unwrap();
        let head = head(
            &config,
            r#"{"name":{"value":"林小满","state":"plain"},"phones":[{"e164":"+8613800000001","kind":"mobile"},
                {"national":"18800000000","ext":"123","kind":"virtual"},{"national":"0571-5550100","kind":"landline"}],
                "province":"浙江省","city":"杭州市","district":"西湖区","town":"示范街道","line1":"示范路1号"}"#,
        )
        .unwrap();
        assert_eq!(head["receiver_name"], "林小满");
        assert_eq!(head["receiver_mobile"], "13800000001");
        assert_eq!(head["receiver_telno"], "0571-5550100");
        assert_eq!(head["receiver_address"], "示范街道 示范路1号");
        assert!(head.get("receiver_area").is_none());
    }

    #[test]
    fn masked_receivers_are_sent_as_shown_or_refused() {
        let masked = r#"{"name":{"masked":"林**","state":"masked"},
            "phones":[{"kind":"mobile","protected":{"masked":"138****0001","state":"masked"}}],
            "province":"浙江省","city":"杭州市","protected":{"masked":"示范路***","state":"masked",
            "token":{"scheme":"taobao_oaid","value":"oaid-1"}}}"#;
        let config = crate::config::tests::config(&[]).unwrap();
        let sent = head(&config, masked).unwrap();
        assert_eq!(sent["receiver_name"], "林**");
        assert_eq!(sent["receiver_mobile"], "138****0001");
        assert_eq!(sent["receiver_address"], "示范路***");
        assert!(!serde_json::to_string(&sent).unwrap().contains("oaid-1"));
        let strict = crate::config::tests::config(&[("\"send\"\n", "\"reject\"\n")]).unwrap();
        let error = head(&strict, masked).unwrap_err();
        assert!(error.message().contains("masks the receiver"), "{error}");
        assert!(!error.to_string().contains('林'), "{error}");
    }

    #[test]
    fn what_is_hidden_altogether_is_visibly_so() {
        let config = crate::config::tests::config(&[]).unwrap();
        let head = head(&config, r#"{"province":"浙江省"}"#).unwrap();
        assert_eq!(
            [&head["receiver_name"], &head["receiver_address"], &head["receiver_mobile"]],
            ["***", "***", "***"]
        );
    }
}
