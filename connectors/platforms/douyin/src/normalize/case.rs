//! After-sale cases, with histories of their own.

use serde_json::{Map, Value as Json};

use crossdock_connector::reading::some;
use crossdock_connector::{IssueKind, Normalized, Result, wire};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersalePhase, AftersaleState, AftersaleStatus, Dec, Direction,
    GoodsState, Money, Observation, Ts, identity,
};

use super::{CNY, PLATFORM, Reading, parcel};
use crate::codes::{self, CaseType};
use crate::wire::{Case, Info, Related, Shipment, Value, text, told};

/// A case of the list or of the detail.
pub(super) fn read(mut reading: Reading<'_>, given: &Case<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let process = given.process_info.as_ref();
    let info = given.aftersale_info.as_ref().or(process.and_then(|process| process.after_sale_info.as_ref()));
    let info = info.ok_or_else(|| reading.malformed("aftersale_info", "the case is missing"))?;
    let number = told(either(&info.aftersale_id, &info.after_sale_id)).ok_or_else(|| {
        reading.malformed("aftersale_info.aftersale_id", "the number of the case is missing")
    })?;
    let order = given.order_info.as_ref();
    let order_no = order.and_then(|order| told(&order.shop_order_id));
    let order_no = order_no
        .ok_or_else(|| reading.malformed("order_info.shop_order_id", "the number of the order is missing"))?;
    let modified = reading.time_needed(&info.update_time, "aftersale_info.update_time")?;
    if modified.is_none() {
        let what = "no time of change: the order of capture decides";
        reading.issue(IssueKind::BadValue, "aftersale_info.update_time", what);
    }
    let mut case = Aftersale {
        source: reading.source(modified),
        aftersale_no: number.to_owned(),
        reason_code: told(&info.reason_code).map(str::to_owned),
        reason_raw: given
            .text_part
            .as_ref()
            .and_then(|texts| wire::text(texts.reason_text.as_ref()))
            .or_else(|| wire::text(info.reason.as_ref())),
        requested_at: reading.time(&info.apply_time, "aftersale_info.apply_time"),
        modified_at: modified,
        deadline: reading.time(&info.status_deadline, "aftersale_info.status_deadline"),
        ..Aftersale::default()
    };
    money(reading, info, &mut case)?;
    let arbitration = process.and_then(|process| process.arbitrate_info.as_ref());
    let arbitration = arbitration
        .map_or(&info.arbitrate_status, |one| either(&one.arbitrate_status, &info.arbitrate_status));
    let related = order.map(|order| {
        if order.related_order_info.is_empty() { &order.sku_order_infos } else { &order.related_order_info }
    });
    let related = related.map(Vec::as_slice).unwrap_or_default();
    states(reading, info, arbitration, related, &mut case);
    lines(reading, info, related, &mut case)?;
    extension(reading, info, arbitration, &mut case)?;
    let refs = vec![reading.order_ref(order_no)];
    let parcels = parcels(reading, given, info, modified);
    if let Some(back) = parcels.iter().find(|parcel| parcel.direction == Direction::Return) {
        case.return_parcel = Some(identity::parcel_key(&back.carrier, &back.tracking_no, ""));
        // Nothing but the number says that the goods are on their way back.
        if case.status == Some(AftersaleStatus::SellerAgreed)
            && case.kind == Some(AftersaleKind::ReturnRefund)
        {
            case.status = Some(AftersaleStatus::BuyerReturning);
        }
    }
    let mut observations = vec![Observation::aftersale(case).with_refs(refs.clone())];
    observations.extend(
        parcels.into_iter().map(|parcel| Observation::parcel(parcel).partial().with_refs(refs.clone())),
    );
    Ok(reading.finish(observations))
}

fn either<'v, 'a>(first: &'v Value<'a>, second: &'v Value<'a>) -> &'v Value<'a> {
    if text(first).is_some() { first } else { second }
}

/// What goes back: really, where that is known, else as agreed or asked for.
fn money(reading: &Reading<'_>, info: &Info<'_>, case: &mut Aftersale) -> Result<()> {
    let field = |name: &str| format!("aftersale_info.{name}");
    let real = some(reading.hundredths(&info.real_refund_amount, field("real_refund_amount"))?);
    let asked = either(&info.refund_total_amount, &info.refund_amount);
    let asked = reading.hundredths(asked, field("refund_amount"))?;
    case.refund = real.or(asked).map(|amount| Money::new(amount, CNY));
    case.shipping_refund = some(reading.hundredths(&info.refund_post_amount, field("refund_post_amount"))?);
    Ok(())
}

fn states(
    reading: &mut Reading<'_>,
    info: &Info<'_>,
    arbitration: &Value<'_>,
    related: &[Related<'_>],
    case: &mut Aftersale,
) {
    let kind = text(either(&info.aftersale_type, &info.after_sale_type)).and_then(|code| {
        let row = reading.of.codes.case_type.get(code).copied();
        if row.is_none() {
            reading.unmapped("aftersale_info.aftersale_type", code);
        }
        case.kind_raw = Some(code.to_owned());
        // A repair, for which our model has no word, and a type that nobody knows.
        case.kind = Some(row.and_then(|row| row.kind).unwrap_or(AftersaleKind::Unknown));
        row
    });
    case.phase = kind.and_then(|kind| kind.phase).or_else(|| phase(related));
    if let Some(code) = text(either(&info.aftersale_status, &info.after_sale_status)) {
        case.status_raw = Some(code.to_owned());
        case.status = Some(status(reading, code, kind, &info.refund_status, arbitration));
    }
    if let Some(code) = text(&info.got_pkg) {
        case.goods_state_raw = Some(code.to_owned());
        case.goods_state = Some(match code {
            "0" => GoodsState::NotReceived,
            "1" => GoodsState::Received,
            other => {
                reading.unmapped("aftersale_info.got_pkg", other);
                GoodsState::Unknown
            }
        });
    }
}

/// A finished case is no refund: the money is back when `refund_status` says so.
fn status(
    reading: &mut Reading<'_>,
    code: &str,
    kind: Option<CaseType>,
    refund: &Value<'_>,
    arbitration: &Value<'_>,
) -> AftersaleStatus {
    let Some(row) = reading.of.codes.case_status.get(code).copied() else {
        reading.unmapped("aftersale_info.aftersale_status", code);
        return AftersaleStatus::Unknown;
    };
    if row.state == AftersaleState::Open && text(arbitration).is_some_and(codes::arbitrated) {
        return AftersaleStatus::Arbitration;
    }
    if !row.pays {
        return row.status;
    }
    match (text(refund), kind) {
        (Some("3"), _) => AftersaleStatus::Refunded,
        // 4 failed, 5 was recovered from the merchant: neither says that the buyer has it.
        (Some("1" | "2" | "4" | "5"), Some(kind)) if kind.pays => AftersaleStatus::Refunding,
        // 0: there is nothing to give back.
        (Some("0" | "1" | "2" | "4" | "5"), _) => row.status,
        (Some(other), _) => {
            reading.unmapped("aftersale_info.refund_status", other);
            AftersaleStatus::Unknown
        }
        (None, Some(kind)) if kind.pays => AftersaleStatus::Refunded,
        (None, Some(_)) => row.status,
        (None, None) => AftersaleStatus::Unknown,
    }
}

/// When the case was opened, by where its lines are: all of them at the same place.
fn phase(related: &[Related<'_>]) -> Option<AftersalePhase> {
    let of = |line: &Related<'_>| match text(&line.order_status) {
        Some("2" | "105" | "101") => Some(AftersalePhase::BeforeShipping),
        Some("3") => Some(AftersalePhase::InTransit),
        Some("5" | "255") => Some(AftersalePhase::AfterDelivery),
        _ => None,
    };
    let first = of(related.first()?)?;
    related.iter().all(|line| of(line) == Some(first)).then_some(first)
}

fn lines(
    reading: &Reading<'_>,
    info: &Info<'_>,
    related: &[Related<'_>],
    case: &mut Aftersale,
) -> Result<()> {
    let count = either(&info.aftersale_num, &info.after_sale_apply_count);
    let count = reading.dec(count, "aftersale_info.aftersale_num")?.filter(|count| *count > Dec::ZERO);
    for (at, line) in related.iter().enumerate() {
        let field = |name: &str| format!("order_info.related_order_info[{at}].{name}");
        let Some(id) = told(&line.sku_order_id) else { continue };
        let own = either(&line.aftersale_item_num, &line.after_sale_item_count);
        let own = reading.dec(own, field("aftersale_item_num"))?.filter(|count| *count > Dec::ZERO);
        let ordered = either(&line.item_num, &line.item_quantity);
        let ordered = reading.dec(ordered, field("item_num"))?.filter(|count| *count > Dec::ZERO);
        // The number of the case is that of its only line.
        let quantity = own.or(count.filter(|_| related.len() == 1)).or(ordered);
        let amount = some(reading.hundredths(&line.aftersale_pay_amount, field("aftersale_pay_amount"))?);
        let amount =
            amount.or_else(|| case.refund.as_ref().filter(|_| related.len() == 1).map(|money| money.amount));
        if let Some(quantity) = quantity {
            case.lines.push(AftersaleLine { line_key: id.to_owned(), quantity, amount });
        }
    }
    let order = |line: &AftersaleLine| (line.line_key.len(), line.line_key.clone());
    case.lines.sort_by_key(order);
    // Without its lines, a case of one line still names it.
    let of_line = text(&info.aftersale_order_type) == Some("1");
    if let (true, true, Some(id), Some(quantity)) =
        (case.lines.is_empty(), of_line, told(&info.related_id), count)
    {
        let amount = case.refund.as_ref().map(|money| money.amount);
        case.lines.push(AftersaleLine { line_key: id.to_owned(), quantity, amount });
    }
    Ok(())
}

/// What goes back, and what is sent instead or once more.
fn parcels(
    reading: &mut Reading<'_>,
    given: &Case<'_>,
    info: &Info<'_>,
    modified: Option<Ts>,
) -> Vec<crossdock_schemas::Parcel> {
    let back = Shipment {
        tracking_no: info.return_logistics_code.clone(),
        company_name: info.return_logistics_company_name.clone(),
        ..Shipment::default()
    };
    let root = "process_info.logistics_info";
    let travels = given.process_info.as_ref().and_then(|process| process.logistics_info.as_ref());
    let listed = travels.map_or([None, None, None], |all| {
        [all.r#return.as_ref(), all.exchange.as_ref(), all.resend.as_ref()]
    });
    let mut found: Vec<crossdock_schemas::Parcel> = Vec::new();
    let mut take = |shipment: &Shipment<'_>, direction, field: &str| {
        let parcel = parcel::of_case(reading, shipment, direction, modified, field);
        let known = |parcel: &crossdock_schemas::Parcel| {
            found
                .iter()
                .any(|known| known.carrier == parcel.carrier && known.tracking_no == parcel.tracking_no)
        };
        if let Some(parcel) = parcel.filter(|parcel| !known(parcel)) {
            found.push(parcel);
        }
    };
    let ways =
        [(Direction::Return, "return"), (Direction::Exchange, "exchange"), (Direction::Outbound, "resend")];
    for (shipment, (direction, name)) in listed.into_iter().zip(ways) {
        if let Some(shipment) = shipment {
            take(shipment, direction, &format!("{root}.{name}"));
        }
    }
    take(&back, Direction::Return, "aftersale_info.return_logistics");
    found
}

/// What only this platform says about a case. Amounts are in yuan.
fn extension(
    reading: &Reading<'_>,
    info: &Info<'_>,
    arbitration: &Value<'_>,
    case: &mut Aftersale,
) -> Result<()> {
    let mut ext = Map::new();
    for (name, value) in [
        ("refund_status", told(&info.refund_status)),
        ("arbitrate_status", told(arbitration)),
        ("part_type", told(&info.part_type)),
        ("related_id", told(&info.related_id)),
        ("remark", text(&info.remark)),
    ] {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    let labels: Vec<Json> =
        info.reason_second_labels.iter().filter_map(|label| text(&label.name).map(Json::from)).collect();
    if !labels.is_empty() {
        ext.insert("reason_second_labels".to_owned(), Json::Array(labels));
    }
    if let Some(tax) = some(reading.hundredths(&info.refund_tax_amount, "aftersale_info.refund_tax_amount")?)
    {
        ext.insert("refund_tax_amount".to_owned(), Json::from(tax.to_string()));
    }
    if !ext.is_empty() {
        case.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(())
}
