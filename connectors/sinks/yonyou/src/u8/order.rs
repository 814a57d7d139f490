//! An order as U8's `saleorder`. All numbers are texts there.
//!
//! Names are those of this document: the same thing is called otherwise in other documents of U8.

use crossdock_connector::document::{constants, custom, date};
use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::Ts;
use serde_json::{Map, Value};

use crate::config::{Config, U8Config};
use crate::lines::lines;
use crate::plan::Plan;

/// A new order.
pub(crate) fn add(config: &Config, settings: &U8Config, plan: &Plan, time: Ts) -> Result<Value> {
    let order = &plan.body.order;
    let offset =
        config.offset().ok_or_else(|| Error::config("expected an offset like +08:00").at("utc_offset"))?;
    let currency = order.currency.as_deref().unwrap_or_default();
    if currency != settings.currency {
        let what = format!("the order is in {currency}: u8 is written in {} only", settings.currency);
        return Err(Error::new(ErrorKind::Rejected, what));
    }
    let (platform, shop) = (order.source.platform.as_str(), order.source.shop.as_str());
    let mut fields = Map::new();
    let mut text = |name: &str, value: &str| drop(fields.insert(name.to_owned(), value.into()));
    text("code", &plan.number);
    text("date", &date(order.placed_at.unwrap_or(time), offset));
    text("businesstype", &settings.business_type);
    text("typecode", &settings.sale_type);
    text("custcode", config.customers.need_shop("customers", platform, shop)?);
    text("deptcode", settings.departments.need_shop("u8.departments", platform, shop)?);
    if let Some(promised) = order.ship_by.as_ref().and_then(|window| window.to.or(window.from)) {
        text("dpredatebt", &date(promised, offset));
    }
    custom(&mut fields, &config.fields, &plan.data);
    if let Some(to) = &order.ship_to {
        config.receiver.write(&mut fields, to);
    }
    let mut entries = Vec::new();
    for (at, line) in lines(config, order)?.iter().enumerate() {
        let mut entry = Map::new();
        let mut text = |name: &str, value: String| drop(entry.insert(name.to_owned(), value.into()));
        text("inventorycode", line.product.clone());
        text("unitcode", line.unit.clone());
        for (name, value) in [
            ("quantity", line.quantity),
            ("taxrate", line.tax_percent),
            ("taxunitprice", line.money.unit_sum),
            ("unitprice", line.money.unit_net),
            ("money", line.money.net),
            ("tax", line.money.tax),
            ("sum", line.money.sum),
            ("natunitprice", line.money.unit_net),
            ("natmoney", line.money.net),
            ("nattax", line.money.tax),
            ("natsum", line.money.sum),
        ] {
            text(name, value.canonical());
        }
        text("bgift", if line.gift { "1" } else { "0" }.to_owned());
        text("rowno", (at + 1).to_string());
        constants(&mut entry, &config.line_fields);
        entries.push(Value::Object(entry));
    }
    fields.insert("entry".into(), entries.into());
    Ok(Value::Object(fields))
}
