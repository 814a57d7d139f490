//! Refunds, returns and exchanges.

use serde_json::{Map, Value, json};

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersalePhase, AftersaleStatus, Dec, GoodsState,
};

use crate::amounts;
use crate::config::{Config, Generation, RefundStatusWord, RefundTypeWord, UnknownPhase};
use crate::lines::no_code;
use crate::names::{self, OrderId};
use crate::text::{china, cut};

/// A case ready to be pushed: one row, or one for each line where every line is a refund of its own.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) rows: Vec<Row>,
}

/// A row and its number.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: String,
    pub(crate) fields: Value,
}

/// The case in WDT's words.
///
/// # Errors
/// `Rejected` when it cannot be said in WDT's words; the message says what the settings lack.
pub(crate) fn read(config: &Config, case: &Aftersale, order_no: Option<&str>) -> Result<Case> {
    let kind = kind(config, case)?;
    let type_code = config.refund_types.get(&kind).copied().or_else(|| kind.code(config.generation));
    let type_code = type_code.ok_or_else(|| no_code("refund_types", kind.as_str()))?;
    let status = status(case, kind)?;
    let code = config.refund_statuses.get(&status).copied().or_else(|| status.code(config.generation));
    let code = code.ok_or_else(|| no_code("refund_statuses", status.as_str()))?;
    let source = &case.source;
    let id = OrderId {
        platform: &source.platform,
        shop: &source.shop,
        key: case.order_key.as_deref(),
        number: order_no,
    };
    let tid = names::tid(config, &id)?;
    let amounts = shares(config, case)?;
    let number = |line: Option<&str>| {
        names::refund_no(config, source, &case.aftersale_no, case.aftersale_key.as_deref(), line)
    };
    let common = Common { tid: &tid, type_code, code, kind, case };
    if config.generation != Generation::Qjb {
        let number = number(None)?;
        let whole = amounts.iter().map(|(_, amount)| *amount).sum();
        let fields = common.plain(config, &number, whole)?;
        return Ok(Case { rows: vec![Row { number, fields }] });
    }
    let several = amounts.len() > 1;
    let mut rows = Vec::with_capacity(amounts.len());
    for (line, amount) in &amounts {
        let number = number(several.then_some(line.line_key.as_str()))?;
        let fields = common.flagship(&number, line, *amount);
        rows.push(Row { number, fields });
    }
    Ok(Case { rows })
}

struct Common<'a> {
    tid: &'a str,
    type_code: u32,
    code: u32,
    kind: RefundTypeWord,
    case: &'a Aftersale,
}

impl Common<'_> {
    fn plain(&self, config: &Config, number: &str, amount: Dec) -> Result<Value> {
        let source = &self.case.source;
        let shop = config.shops.need_shop("shops", &source.platform, &source.shop)?;
        let lines: Vec<Value> = self
            .case
            .lines
            .iter()
            .map(|line| json!({"oid": names::oid(self.tid, &line.line_key), "num": amounts::text(line.quantity)}))
            .collect();
        let mut row = Map::new();
        for (name, value) in [
            ("tid", json!(self.tid)),
            ("shop_no", json!(shop)),
            ("platform_id", json!(127)),
            ("refund_no", json!(number)),
            ("type", json!(self.type_code)),
            ("status", json!(self.code)),
            ("refund_fee", json!(amounts::text(amount))),
            ("buyer_nick", json!("")),
            ("reason", json!(self.reason())),
            ("order_list", Value::Array(lines)),
        ] {
            row.insert(name.to_owned(), value);
        }
        self.time(&mut row);
        Ok(Value::Object(row))
    }

    fn flagship(&self, number: &str, line: &AftersaleLine, amount: Dec) -> Value {
        let after = u32::from(self.kind != RefundTypeWord::BeforeShipping);
        let mut row = Map::new();
        for (name, value) in [
            ("refund_no", json!(number)),
            ("num", json!(amounts::text(line.quantity))),
            ("tid", json!(self.tid)),
            ("oid", json!(names::oid(self.tid, &line.line_key))),
            ("type", json!(self.type_code)),
            ("status", json!(self.code)),
            ("refund_version", json!("1")),
            ("refund_amount", json!(amounts::text(amount))),
            ("actual_refund_amount", json!(amounts::text(amount))),
            ("title", json!("")),
            ("buyer_nick", json!("")),
            ("is_aftersale", json!(after)),
            ("reason", json!(self.reason())),
        ] {
            row.insert(name.to_owned(), value);
        }
        self.time(&mut row);
        Value::Object(row)
    }

    fn reason(&self) -> String {
        let reason = self.case.reason_raw.as_deref().or(self.case.reason_code.as_deref());
        cut(reason.unwrap_or_default(), 255)
    }

    fn time(&self, row: &mut Map<String, Value>) {
        if let Some(at) = self.case.requested_at {
            row.insert("refund_time".to_owned(), Value::String(china(at)));
        }
    }
}

fn kind(config: &Config, case: &Aftersale) -> Result<RefundTypeWord> {
    Ok(match case.kind {
        Some(AftersaleKind::ReturnRefund) => RefundTypeWord::Return,
        Some(AftersaleKind::Exchange) => RefundTypeWord::Exchange,
        Some(AftersaleKind::Resend) => RefundTypeWord::Resend,
        Some(AftersaleKind::PriceProtection | AftersaleKind::Compensation) => RefundTypeWord::RefundOnly,
        Some(AftersaleKind::RefundOnly) => match case.phase {
            Some(AftersalePhase::BeforeShipping) => RefundTypeWord::BeforeShipping,
            Some(AftersalePhase::InTransit | AftersalePhase::AfterDelivery) => RefundTypeWord::RefundOnly,
            _ if case.goods_state == Some(GoodsState::Received) => RefundTypeWord::RefundOnly,
            _ => match config.unknown_phase {
                Some(UnknownPhase::BeforeShipping) => RefundTypeWord::BeforeShipping,
                Some(UnknownPhase::AfterShipping) => RefundTypeWord::RefundOnly,
                None => {
                    let what = "nobody says whether the refunded goods are shipped: \
                                set `unknown_phase` to how such a refund shall count";
                    return Err(refused(what.to_owned()));
                }
            },
        },
        Some(AftersaleKind::Unknown) | None => {
            let word = case.kind_raw.as_deref().unwrap_or("nothing");
            return Err(refused(format!("the case does not say what is asked for: its kind is `{word}`")));
        }
    })
}

fn status(case: &Aftersale, kind: RefundTypeWord) -> Result<RefundStatusWord> {
    let goods = matches!(kind, RefundTypeWord::Return | RefundTypeWord::Exchange);
    Ok(match case.status {
        Some(AftersaleStatus::Requested | AftersaleStatus::Arbitration) => RefundStatusWord::Applied,
        Some(AftersaleStatus::SellerAgreed) if goods => RefundStatusWord::WaitReturn,
        Some(AftersaleStatus::SellerAgreed) => RefundStatusWord::Applied,
        Some(AftersaleStatus::SellerRefused) => RefundStatusWord::Refused,
        Some(AftersaleStatus::BuyerReturning | AftersaleStatus::Received) => RefundStatusWord::WaitReceive,
        Some(AftersaleStatus::Refunding) if goods => RefundStatusWord::WaitReceive,
        Some(AftersaleStatus::Refunding) => RefundStatusWord::Applied,
        Some(AftersaleStatus::Refunded) => RefundStatusWord::Success,
        // An exchange has no money to go back: it ends closed either way, and the goods say how.
        Some(AftersaleStatus::Closed) if goods && case.goods_state == Some(GoodsState::Returned) => {
            RefundStatusWord::Success
        }
        Some(AftersaleStatus::Closed) => RefundStatusWord::Cancelled,
        Some(AftersaleStatus::Unknown) | None => {
            let word = case.status_raw.as_deref().unwrap_or("nothing");
            return Err(refused(format!("the case does not say where it is: its status is `{word}`")));
        }
    })
}

/// The lines in a fixed order, each with its share of the money.
fn shares<'a>(config: &Config, case: &'a Aftersale) -> Result<Vec<(&'a AftersaleLine, Dec)>> {
    let refund = case.refund.as_ref();
    if let Some(money) = refund.filter(|money| money.currency != config.currency) {
        let what =
            format!("the refund is in `{}`, this account counts in {}", money.currency, config.currency);
        return Err(refused(what));
    }
    let mut lines: Vec<&AftersaleLine> = case.lines.iter().collect();
    lines.sort_by(|a, b| a.line_key.cmp(&b.line_key));
    if lines.is_empty() {
        return Err(refused(
            "the refund names no lines of its order, and WDT books refunds on lines".to_owned(),
        ));
    }
    let stated: Dec = lines.iter().filter_map(|line| line.amount).sum();
    let whole = refund.map_or(stated, |money| money.amount);
    let silent = lines.iter().filter(|line| line.amount.is_none()).count();
    if silent > 1 && config.generation == Generation::Qjb {
        let what = "the refund has several lines and does not say how much is for which";
        return Err(refused(what.to_owned()));
    }
    // What the lines do not explain (shipping, or the one silent line) goes to the silent line, else to the last.
    let takes = lines.iter().position(|line| line.amount.is_none()).unwrap_or(lines.len().saturating_sub(1));
    let share = |(at, line): (usize, &'a AftersaleLine)| {
        let own = line.amount.unwrap_or_default();
        (line, if at == takes { own + (whole - stated) } else { own })
    };
    Ok(lines.into_iter().enumerate().map(share).collect())
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Rejected, what)
}
