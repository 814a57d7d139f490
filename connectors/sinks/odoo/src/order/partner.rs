//! Whose order it is and where it goes: a partner for the shop or the buyer, and a contact below it for the address.

use serde_json::{Value, json};

use crossdock_schemas::{Address, Order, Party, Phone};

use crate::config::{Config, CustomersBy, database_id};
use crate::names::{self, Found};
use crate::rpc::Call;
use crate::talk::{Said, Talk};
use crate::value;

/// The external id of the order's buyer, where buyers have partners of their own and this one is told.
pub(crate) fn buyer_name(order: &Order, config: &Config) -> Option<String> {
    if config.customers.by != CustomersBy::Buyer {
        return None;
    }
    let buyer = order.buyer.as_ref()?;
    let id = buyer.id.as_deref().or(buyer.open_id.as_deref()).or_else(|| email(buyer))?;
    Some(names::partner(&order.source.platform, id))
}

/// The partner of an order, found or made.
pub(crate) fn partner(
    talk: &mut Talk<'_>,
    config: &Config,
    order: &Order,
    found: &Found,
    company: Option<i64>,
) -> Said<i64> {
    let source = &order.source;
    let customers = &config.customers;
    let of_shop = || -> Said<i64> {
        let theirs = customers.partners.need_shop("customers.partners", &source.platform, &source.shop)?;
        Ok(database_id(theirs)?)
    };
    let (Some(name), Some(buyer)) = (buyer_name(order, config), &order.buyer) else { return of_shop() };
    if let Some(id) = found.id(&name) {
        return Ok(id);
    }
    if let (true, Some(email)) = (customers.find_by_email, email(buyer)) {
        let mut domain = vec![json!(["email", "=", email])];
        if let Some(company) = company {
            domain.push(json!(["company_id", "in", [false, company]]));
        }
        let call = Call::search("res.partner", Value::Array(domain), &["id"]).inside(company);
        // Several with one address: which of them it is would be a guess.
        if let [one] = talk.records("buyer", &call)?.as_slice()
            && let Some(id) = value::whole(one, "id")
        {
            return Ok(id);
        }
    }
    if !customers.create {
        return of_shop();
    }
    let fields = ["id", "name", "email", "phone", "ref"].map(str::to_owned);
    let at_door = order.ship_to.as_ref().and_then(|address| address.name.as_ref()?.shown());
    let shown = buyer.name.as_ref().and_then(|name| name.shown()).or(buyer.nick.as_deref()).or(at_door);
    let id = buyer.id.as_deref().or(buyer.open_id.as_deref()).unwrap_or_default();
    let row = vec![
        format!("{}.{name}", config.namespace),
        shown.filter(|text| !text.is_empty()).unwrap_or(id).to_owned(),
        email(buyer).unwrap_or_default().to_owned(),
        phone(&buyer.phones),
        id.to_owned(),
    ];
    talk.load("partner", &Call::load("res.partner", &fields, &[row]).inside(company))
}

/// The delivery address as a contact of the order's own below the partner; nothing when none is told.
pub(crate) fn address(
    talk: &mut Talk<'_>,
    config: &Config,
    order: &Order,
    order_name: &str,
    partner: i64,
    company: Option<i64>,
) -> Said<Option<i64>> {
    let Some(address) = order.ship_to.as_ref().filter(|_| !config.customers.without_delivery_contact) else {
        return Ok(None);
    };
    let (fields, row) = contact(address, config);
    let mut columns = vec!["id".to_owned(), "parent_id/.id".to_owned(), "type".to_owned()];
    let name = names::address(order_name);
    let mut cells = vec![format!("{}.{name}", config.namespace), partner.to_string(), "delivery".to_owned()];
    columns.extend(fields);
    cells.extend(row);
    Ok(Some(talk.load("address", &Call::load("res.partner", &columns, &[cells]).inside(company))?))
}

/// Columns and cells of an address. A masked text stays masked: Odoo has no field for a platform's token.
fn contact(address: &Address, config: &Config) -> (Vec<String>, Vec<String>) {
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let name = address.name.as_ref().and_then(|name| name.shown()).unwrap_or_default();
    let masked = address.protected.as_ref().and_then(|whole| whole.shown());
    let street = address.line1.as_deref().or(address.raw.as_deref()).or(masked).unwrap_or_default();
    let second =
        [&address.line2, &address.line3].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let state = [address.subdivision.as_deref(), address.province.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|ours| config.states.find(ours));
    let province = if state.is_none() { address.province.as_deref() } else { None };
    // What has no field of its own stands before the street and city, as such addresses are written.
    let near = [address.district.as_deref(), address.town.as_deref()].into_iter().flatten();
    let city = [province, address.city.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let street = near.chain(Some(street).filter(|text| !text.is_empty())).collect::<Vec<_>>().join(" ");
    let mut columns = vec!["name", "company_name", "street", "street2", "city", "zip", "phone"];
    let mut cells = vec![
        name.to_owned(),
        shown(&address.company),
        street,
        second,
        city,
        shown(&address.postal_code),
        phone(&address.phones),
    ];
    if let Some(country) = &address.country {
        columns.push("country_id/id");
        cells.push(country_name(country));
    }
    if let Some(state) = state {
        columns.push("state_id/.id");
        cells.push(state.to_owned());
    }
    (columns.into_iter().map(str::to_owned).collect(), cells)
}

/// Odoo's external id of a country: its ISO code, but for one.
fn country_name(code: &str) -> String {
    let code = code.to_ascii_lowercase();
    format!("base.{}", if code == "gb" { "uk" } else { &code })
}

/// The first number that says something, with its extension.
fn phone(phones: &[Phone]) -> String {
    let number = |phone: &Phone| {
        let plain = phone.e164.as_deref().or(phone.national.as_deref());
        let shown = plain.or_else(|| phone.protected.as_ref()?.shown())?;
        Some(match &phone.ext {
            Some(ext) => format!("{shown}-{ext}"),
            None => shown.to_owned(),
        })
    };
    phones.iter().find_map(number).unwrap_or_default()
}

/// The buyer's address in the clear: a masked one belongs to nobody.
fn email(buyer: &Party) -> Option<&str> {
    buyer.email.as_ref()?.value.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::{Secret, settings};

    fn cells(address: Value, states: &str) -> Vec<(String, String)> {
        let mut table: toml::Table =
            format!("base_url = 'https://erp.example.com'\nstates = {{ {states} }}").parse().unwrap();
        let mut key = toml::Table::new();
        key.insert(Secret::resolved_key().to_owned(), toml::Value::String("k".into()));
        table.insert("api_key".into(), toml::Value::Table(key));
        let config: Config = settings::read(table).unwrap();
        let (columns, cells) = contact(&serde_json::from_value(address).unwrap(), &config);
        assert_eq!(columns.len(), cells.len());
        columns.into_iter().zip(cells).filter(|(_, cell)| !cell.is_empty()).collect()
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect()
    }

    #[test]
    fn an_address_keeps_all_its_parts() {
        let address = json!({
            "name": {"value": "林小满", "state": "plain"}, "country": "CN", "subdivision": "CN-ZJ",
            "province": "浙江省", "city": "杭州市", "district": "西湖区", "town": "北山街道", "line1": "示范路1号",
            "line2": "2幢", "line3": "301", "postal_code": "310000", "phones": [{"e164": "+8613800000001", "kind": "mobile"}],
        });
        let with_state = pairs(&[
            ("name", "林小满"),
            ("street", "西湖区 北山街道 示范路1号"),
            ("street2", "2幢, 301"),
            ("city", "杭州市"),
            ("zip", "310000"),
            ("phone", "+8613800000001"),
            ("country_id/id", "base.cn"),
            ("state_id/.id", "1103"),
        ]);
        assert_eq!(cells(address.clone(), "'CN-ZJ' = '1103'"), with_state);
        let without: Vec<_> = cells(address, "").into_iter().filter(|(name, _)| name == "city").collect();
        assert_eq!(without, pairs(&[("city", "浙江省 杭州市")]));
    }

    #[test]
    fn what_is_masked_stays_masked() {
        let address = json!({
            "name": {"masked": "林**", "token": {"scheme": "taobao_oaid", "value": "secret-token"}, "state": "encrypted"},
            "country": "GB", "protected": {"masked": "示范路***", "state": "masked"},
            "phones": [{"kind": "virtual", "ext": "5678", "protected": {"masked": "138****0001", "state": "masked"}}],
        });
        let expected = pairs(&[
            ("name", "林**"),
            ("street", "示范路***"),
            ("phone", "138****0001-5678"),
            ("country_id/id", "base.uk"),
        ]);
        assert_eq!(cells(address, ""), expected);
    }
}
