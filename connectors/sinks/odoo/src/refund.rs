//! A credit note for money that went back: one for each refund, found by its external id or reference.
//!
//! It names the order and carries the amount on one product of its own. Reversing the invoice itself differs between
//! versions and is left to the accountants, as is posting unless the settings ask for it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome};
use crossdock_schemas::{Aftersale, AftersaleStatus, Money};

use crate::config::{Config, Refunds};
use crate::names::{self, Found};
use crate::order::product;
use crate::rpc::Call;
use crate::talk::{Said, Talk};
use crate::value;

const MODEL: &str = "account.move";

/// Hands a refund event over.
pub(crate) fn hand_over(
    talk: &mut Talk<'_>,
    config: &Config,
    delivery: &Delivery,
    case: &Aftersale,
) -> Said<Outcome> {
    // Before the money went back there is nothing to book.
    if case.status != Some(AftersaleStatus::Refunded) {
        return Ok(Outcome::AlreadyThere);
    }
    let refused = |what: &str| Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)));
    let Some(settings) = &config.refunds else {
        return refused(
            "refunds have no place: add the sink's settings.refunds, or set refunds.ignore = true",
        );
    };
    if settings.ignore {
        return Ok(Outcome::AlreadyThere);
    }
    let Some(money) = &case.refund else { return refused("the refund has no amount") };
    let Some(code) = settings.product.as_deref() else {
        return refused("settings.refunds.product is missing");
    };
    let not_yet =
        || Ok(Outcome::Wait(Error::new(ErrorKind::NotFound, "the refund's order is not in odoo yet")));
    let Some(order_key) = &case.order_key else { return not_yet() };

    let (order_name, own_name) = (names::order(order_key), names::refund(&delivery.event.key));
    let wanted = [order_name.clone(), own_name.clone()];
    let company = config.company(&case.source.platform, &case.source.shop)?;
    let found = Found::of(&talk.records("find", &names::search_exact(&config.namespace, &wanted))?);
    let Some(order) = found.id(&order_name) else { return not_yet() };
    let reference = format!("{}/{}/{}", case.source.platform, case.source.shop, case.aftersale_no);
    if let Some(there) = look(talk, found.id(&own_name), &reference, company)? {
        return finish(talk, settings, money, &there, company, false);
    }
    let fields = json!(["name", "partner_id", "partner_invoice_id", "currency_id", "company_id"]);
    let call = Call::new("sale.order", "read").on(&[order]).with("fields", fields).inside(company);
    let orders = talk.records("order", &call)?;
    let Some(order) = orders.first() else { return not_yet() };
    let partner = value::link(order, "partner_invoice_id").or_else(|| value::link(order, "partner_id"));
    let (Some(partner), Some(currency)) = (partner, value::link(order, "currency_id")) else {
        return refused("the order in odoo has no partner or no currency");
    };
    if value::link_name(order, "currency_id").is_some_and(|name| name != money.currency) {
        return refused("the refund is in another currency than the order in odoo: book it by hand");
    }
    let company = value::link(order, "company_id").or(company);
    let products = product::find(talk, config, company, BTreeSet::from([code]))?;
    let Some(product) = products.id(code)? else {
        return refused("the product of settings.refunds.product is not in odoo");
    };
    let name = value::text(order, "name").unwrap_or_default();
    let mut cells = vec![
        ("id", format!("{}.{own_name}", config.namespace)),
        ("move_type", "out_refund".to_owned()),
        ("partner_id/.id", partner.to_string()),
        ("currency_id/.id", currency.to_string()),
        ("ref", reference),
        ("invoice_origin", name.to_owned()),
        ("invoice_line_ids/product_id/.id", product.to_string()),
        ("invoice_line_ids/name", line_name(case, name)),
        ("invoice_line_ids/quantity", "1".to_owned()),
        ("invoice_line_ids/price_unit", money.amount.canonical()),
    ];
    if let Some(company) = company {
        cells.push(("company_id/.id", company.to_string()));
    }
    if let Some(journal) = &settings.journal {
        cells.push(("journal_id/.id", journal.clone()));
    }
    if let Some(at) = case.closed_at.or(case.modified_at) {
        // The day it was where the shop is.
        let day = at.to_string().split('T').next().unwrap_or_default().to_owned();
        cells.push(("invoice_date", day));
    }
    let (columns, row): (Vec<String>, Vec<String>) =
        cells.into_iter().map(|(column, cell)| (column.to_owned(), cell)).unzip();
    let id = talk.load("save", &Call::load(MODEL, &columns, &[row]).inside(company))?;
    let call = Call::new(MODEL, "read").on(&[id]).with("fields", json!(["state", "amount_total"]));
    let records = talk.records("check", &call.inside(company))?;
    let Some(there) = records.first() else {
        let error = Error::new(ErrorKind::Unavailable, "the credit note that was just saved is not there");
        return Ok(Outcome::Retry(None, error));
    };
    finish(talk, settings, money, there, company, true)
}

/// The credit note that is there already: ours, or one that people made under its reference.
fn look(talk: &mut Talk<'_>, id: Option<i64>, reference: &str, company: Option<i64>) -> Said<Option<Value>> {
    let by_reference = [json!(["move_type", "=", "out_refund"]), json!(["ref", "=", reference])];
    let domain = match id {
        Some(id) => {
            let [kind, reference] = by_reference;
            json!(["|", ["id", "=", id], "&", kind, reference])
        }
        None => json!(by_reference),
    };
    let call = Call::search(MODEL, domain, &["state", "amount_total"]).inside(company);
    Ok(talk.records("look", &call)?.into_iter().next())
}

/// Checks the amount and posts, where that is wanted.
fn finish(
    talk: &mut Talk<'_>,
    settings: &Refunds,
    money: &Money,
    there: &Value,
    company: Option<i64>,
    new: bool,
) -> Said<Outcome> {
    let done = || Ok(if new { Outcome::Delivered } else { Outcome::AlreadyThere });
    if value::text(there, "state") != Some("draft") {
        return done();
    }
    if let Some(total) = value::number(there, "amount_total")
        && total.round(2) != money.amount.round(2)
    {
        let what = format!(
            "the refund is {}, odoo makes it {total}, and it was left as a draft: check the taxes of settings.refunds.product",
            money.amount
        );
        return Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)));
    }
    let (true, Some(id)) = (settings.post, value::whole(there, "id")) else { return done() };
    talk.write("post", &Call::new(MODEL, "action_post").on(&[id]).inside(company))?;
    Ok(Outcome::Delivered)
}

fn line_name(case: &Aftersale, order: &str) -> String {
    let reason = case.reason_raw.as_deref().unwrap_or_default();
    format!("refund {} {order} {reason}", case.aftersale_no).trim_end().to_owned()
}
