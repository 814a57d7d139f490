//! Return orders: goods that a warehouse will get back.

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome, Result};
use crossdock_schemas::{Aftersale, AftersaleKind, AftersaleLine, AftersalePhase, AftersaleStatus};

use crate::call::{self, Method};
use crate::config::{Config, Evidence, Meaning, Returns};
use crate::delivery;
use crate::lines::whole;
use crate::names;
use crate::people;
use crate::talk::{Said, Talk, end};
use crate::walk::{self, Doc as Found, Stand};
use crate::write::Doc;

/// What a warehouse is to do about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Expect the goods.
    Announce,
    /// Do not expect them any more.
    Withdraw,
    /// Nothing.
    Nothing,
}

/// What this state of a case means.
///
/// # Errors
/// `Rejected` when the case does not say what is asked for, or where it is.
pub(crate) fn wish(case: &Aftersale) -> Result<Wish> {
    match case.kind {
        Some(AftersaleKind::ReturnRefund | AftersaleKind::Exchange) => {}
        Some(
            AftersaleKind::RefundOnly
            | AftersaleKind::Resend
            | AftersaleKind::PriceProtection
            | AftersaleKind::Compensation,
        ) => return Ok(Wish::Nothing),
        Some(AftersaleKind::Unknown) | None => {
            let word = case.kind_raw.as_deref().unwrap_or("nothing");
            return Err(refused(format!("the case does not say what is asked for: its kind is `{word}`")));
        }
    }
    if case.phase == Some(AftersalePhase::BeforeShipping) {
        return Ok(Wish::Nothing);
    }
    match case.status {
        Some(AftersaleStatus::SellerAgreed | AftersaleStatus::BuyerReturning) => Ok(Wish::Announce),
        Some(AftersaleStatus::SellerRefused | AftersaleStatus::Closed) => Ok(Wish::Withdraw),
        Some(
            AftersaleStatus::Requested
            | AftersaleStatus::Arbitration
            | AftersaleStatus::Received
            | AftersaleStatus::Refunding
            | AftersaleStatus::Refunded,
        ) => Ok(Wish::Nothing),
        Some(AftersaleStatus::Unknown) | None => {
            let word = case.status_raw.as_deref().unwrap_or("nothing");
            Err(refused(format!("the case does not say where it is: its status is `{word}`")))
        }
    }
}

/// Holds the conversation about a case.
pub(crate) fn hold(
    talk: &mut Talk<'_>,
    delivery: &Delivery,
    case: &Aftersale,
    order_no: Option<&str>,
) -> Said<Outcome> {
    let config = talk.config;
    let wish = wish(case).or_else(|error| end(Outcome::Rejected(error)))?;
    if wish == Wish::Nothing {
        return Ok(Outcome::AlreadyThere);
    }
    let Some(returns) = &config.returns else {
        let what =
            "return orders need who sends the goods back: add the table `returns` to the sink's settings";
        return Ok(Outcome::Rejected(refused(what.to_owned())));
    };
    let source = &case.source;
    let owner = delivery::owner(config, &source.platform, &source.shop);
    let code = names::case(config, source, case.aftersale_key.as_deref(), &case.aftersale_no);
    let code = code.or_else(|error| end(Outcome::Rejected(error)))?;
    if wish == Wish::Withdraw {
        return withdraw(talk, owner, &code, case);
    }
    let base = names::order(config, source, case.order_key.as_deref(), order_no);
    let base = base.or_else(|error| end(Outcome::Rejected(error)))?;
    if delivery.maybe_there && config.evidence == Evidence::Query && walk::has_return(talk, owner, &code)? {
        return Ok(Outcome::AlreadyThere);
    }
    let sent = shipped(talk, owner, &base)?;
    let body = body(config, returns, owner, &code, &base, case, sent.as_ref());
    let body = body.or_else(|error| end(Outcome::Rejected(error)))?;
    match talk.say(Method::CreateReturn, body)? {
        Ok(_) => Ok(Outcome::Delivered),
        Err(fault) if fault.meaning == Meaning::Exists && config.evidence == Evidence::Query => {
            if walk::has_return(talk, owner, &code)? {
                Ok(Outcome::AlreadyThere)
            } else {
                Ok(Outcome::Rejected(fault.error))
            }
        }
        Err(fault) => Ok(fault.outcome()),
    }
}

/// The delivery order whose goods come back: the one that was not called off.
fn shipped(talk: &mut Talk<'_>, owner: &str, base: &str) -> Said<Option<Found>> {
    if talk.config.evidence == Evidence::Text {
        return Ok(None);
    }
    // Which revision replaced a cancelled one is not known here.
    let replaced = (2..=names::MOST_REVISIONS).map(|revision| names::again(base, revision));
    for code in [base.to_owned()].into_iter().chain(replaced) {
        if let Some(doc) = walk::one(talk, owner, &code)?
            && doc.stand() != Stand::Dead
        {
            return Ok(Some(doc));
        }
    }
    let what = "the warehouse has no delivery order of this case yet";
    end(Outcome::Wait(Error::new(ErrorKind::NotFound, what)))
}

fn withdraw(talk: &mut Talk<'_>, owner: &str, code: &str, case: &Aftersale) -> Said<Outcome> {
    let body = call::cancel(&talk.config.warehouse_code, owner, code, order_type(case), "case closed");
    match talk.say(Method::Cancel, body)? {
        Ok(_) => Ok(Outcome::Delivered),
        Err(fault) if matches!(fault.meaning, Meaning::NotFound | Meaning::Cancelled) => {
            Ok(Outcome::AlreadyThere)
        }
        Err(fault) => Ok(fault.outcome()),
    }
}

fn order_type(case: &Aftersale) -> &'static str {
    if case.kind == Some(AftersaleKind::Exchange) { "HHRK" } else { "THRK" }
}

fn body(
    config: &Config,
    returns: &Returns,
    owner: &str,
    code: &str,
    base: &str,
    case: &Aftersale,
    sent: Option<&Found>,
) -> Result<String> {
    let mut lines = Vec::with_capacity(case.lines.len());
    for line in &case.lines {
        let pieces = whole(line.quantity).filter(|pieces| *pieces > 0).ok_or_else(|| {
            let quantity = line.quantity.canonical();
            refused(format!("line {}: a warehouse takes whole pieces back, not {quantity}", line.line_key))
        })?;
        lines.push((names::line(&line.line_key), item(config, line, sent)?, pieces));
    }
    if lines.is_empty() {
        return Err(refused("the case names no lines of its order".to_owned()));
    }
    let reason = case.reason_raw.as_deref().or(case.reason_code.as_deref()).unwrap_or("-");
    let warehouse = sent.and_then(|sent| sent.warehouse.as_deref()).unwrap_or(&config.warehouse_code);
    Ok(Doc::request(|doc| {
        doc.group("returnOrder", |doc| {
            doc.put("returnOrderCode", code);
            doc.put("warehouseCode", warehouse);
            doc.put("orderType", order_type(case));
            doc.put("orderFlag", &returns.order_flag);
            doc.put("preDeliveryOrderCode", sent.map_or(base, |sent| sent.code.as_str()));
            doc.put("logisticsCode", &returns.logistics_code);
            doc.put("returnReason", reason.chars().take(200).collect::<String>());
            people::sender("senderInfo", &returns.sender, doc);
        });
        doc.group("orderLines", |doc| {
            for (number, item, pieces) in &lines {
                doc.group("orderLine", |doc| {
                    doc.put("orderLineNo", number);
                    doc.put("ownerCode", owner);
                    doc.put("itemCode", item);
                    doc.put("planQty", pieces.to_string());
                });
            }
        });
    }))
}

/// The article of a line. A case names lines, not articles: the delivery order knows them, or the name of the line is
/// made from its SKU.
fn item(config: &Config, line: &AftersaleLine, sent: Option<&Found>) -> Result<String> {
    let number = names::line(&line.line_key);
    let known = sent.and_then(|sent| sent.lines.iter().find(|row| row.number.as_deref() == Some(&number)));
    if let Some(row) = known {
        return Ok(row.item.clone());
    }
    let sku = line.line_key.rsplit_once('#').map(|(sku, _)| sku).filter(|sku| !sku.is_empty());
    let sku = sku.ok_or_else(|| {
        refused(format!("line {} is not in the delivery order: its article is not known", line.line_key))
    })?;
    Ok(config.skus.find(sku).unwrap_or(sku).to_owned())
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Rejected, what)
}
