//! Returns of external fulfilment.

use serde_json::{Map, Value};

use crossdock_connector::wire;
use crossdock_connector::{Error, IssueKind, Normalized, Result};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersalePhase, AftersaleStatus, GoodsState, Observation, identity,
};

use super::order::wrap;
use super::{Reading, parcel, required, time};
use crate::codes;
use crate::wire as theirs;

pub(super) fn read(reading: &mut Reading<'_>, body: &[u8]) -> Result<Normalized> {
    let given: theirs::Return<'_> = wire::object(body)?;
    let id = required(&given.id, "$.id")?.to_owned();
    let changed = time(&given.last_updated_date_time, "$.lastUpdatedDateTime")?
        .ok_or_else(|| Error::malformed("must not be empty").at("$.lastUpdatedDateTime"))?;
    let details = given.marketplace_channel_details.as_ref();
    let name = details.and_then(|details| details.marketplace_channel.as_ref()?.marketplace_name.text());
    let named = name.and_then(codes::marketplace).map(str::to_owned);
    let marketplace = match (named, reading.config.marketplaces.as_slice()) {
        (Some(id), known) if known.contains(&id) => id,
        (Some(_), _) => return Ok(Normalized::ignored("other_marketplace")),
        (None, [only]) => only.clone(),
        (None, _) => {
            let at = "$.marketplaceChannelDetails.marketplaceChannel.marketplaceName";
            return Err(Error::malformed("does not say of which marketplace it is").at(at));
        }
    };
    reading.in_marketplace(&marketplace);
    let status = required(&given.status, "$.status")?;
    let found = reading.word(codes::returned(status), status, "$.status");
    let sub = given.return_sub_type.text().unwrap_or_default();
    let kind = reading.word(codes::return_kind(sub), sub, "$.returnSubType");
    let phase = given.return_type.text().map(|word| {
        let found = reading.word(codes::return_phase(word), word, "$.returnType");
        (found.unwrap_or(AftersalePhase::Unknown), word.to_owned())
    });
    let goods = match found {
        Some(AftersaleStatus::Received) => Some(GoodsState::Returned),
        _ if given.return_type.text() == Some("REJECT") => Some(GoodsState::NotReceived),
        _ => None,
    };
    let (phase, phase_raw) = phase.unzip();
    let mut case = Aftersale {
        source: reading.source(changed.at, name.map(str::to_owned)),
        aftersale_no: id,
        kind: Some(kind.unwrap_or(AftersaleKind::Unknown)),
        kind_raw: given.return_sub_type.owned(),
        phase,
        phase_raw,
        status: Some(found.unwrap_or(AftersaleStatus::Unknown)),
        status_raw: Some(status.to_owned()),
        reason_raw: given.return_metadata.as_ref().and_then(|data| data.return_reason.owned()),
        goods_state: goods,
        requested_at: time(&given.creation_date_time, "$.creationDateTime")?,
        modified_at: Some(changed),
        ..Aftersale::default()
    };
    if found == Some(AftersaleStatus::Closed) {
        case.closed_at = Some(changed);
    }
    // A line is named by its SKU here and not by its id: it is told, and not guessed.
    let mut own = Map::new();
    let fields = [
        ("sku", given.merchant_sku.owned()),
        ("units", given.number_of_units.owned()),
        ("location", given.fulfillment_location_id.owned()),
        ("rma", given.return_metadata.as_ref().and_then(|data| data.rma_id.owned())),
    ];
    for (key, text) in fields {
        if let Some(text) = text {
            own.insert(key.to_owned(), Value::from(text));
        }
    }
    case.ext = wrap(own);
    let order = details.and_then(|details| details.customer_order_id.text());
    let refs: Vec<_> = order.map(|order| reading.order_ref(order)).into_iter().collect();
    if refs.is_empty() {
        reading.issue(IssueKind::BadValue, "$.marketplaceChannelDetails.customerOrderId", "of no order");
    }
    let path = "$.returnShippingInfo.reverseTrackingInfo";
    let tracking = given.return_shipping_info.as_ref().and_then(|info| info.reverse_tracking_info.as_ref());
    let parcel = tracking.and_then(|tracking| parcel::coming_back(reading, tracking, changed, path));
    let mut observations = Vec::new();
    if let Some(parcel) = parcel {
        case.return_parcel = Some(identity::parcel_key(&parcel.carrier, &parcel.tracking_no, ""));
        observations.push(Observation::parcel(parcel).partial().with_refs(refs.clone()));
    }
    observations.insert(0, Observation::aftersale(case).with_refs(refs));
    Ok(Normalized { observations, ..Normalized::default() })
}
