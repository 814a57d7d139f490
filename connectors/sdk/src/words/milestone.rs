//! Milestones of parcels: the few facts that people are told, each once.

use serde::Deserialize;

use crossdock_schemas::{
    AtQuality, DeliveredTo, Direction, Event, EventType, Location, MilestoneBody, ParcelStatus, Reason,
};

use super::details::without_numbers;
use super::{Detail, Language, Message, Words, data, reasons, time};
use crate::Result;

/// What the hub says beside the published body.
#[derive(Debug, Default, Deserialize)]
struct Beside {
    /// The scan in a nutshell.
    #[serde(default)]
    milestone: Option<Nutshell>,
    /// Numbers of the orders in the parcel, where the hub names them: the parcel itself knows only keys.
    #[serde(default)]
    order_nos: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Nutshell {
    /// Name of an incident, also where no reason is known.
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    delivered_to: Option<DeliveredTo>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    location: Option<Location>,
}

impl Words {
    pub(super) fn milestone(&self, event: &Event) -> Result<Option<Message>> {
        let body: MilestoneBody = data(event)?;
        if body.superseded == Some(true) {
            return Ok(None);
        }
        let beside: Beside = data(event)?;
        let nutshell = beside.milestone.unwrap_or_else(|| of_scans(&body));
        let language = self.language;
        let (about, what) = match event.event_type {
            EventType::MilestonePickedUp => (language.say("揽收", "Picked up"), picked_up(&body, language)),
            EventType::MilestoneDelivered => {
                (language.say("妥投", "Delivered"), delivered(&body, nutshell.delivered_to, language))
            }
            EventType::MilestoneException => {
                (language.say("异常", "Exception"), exception(&body, nutshell.reason.as_deref(), language))
            }
            _ => (language.say("更正", "Correction"), corrected(&body, language)),
        };
        let parcel = &body.parcel;
        let orders = beside.order_nos.join(", ");
        let place = nutshell.location.as_ref().and_then(|location| location.text.as_deref());
        let mut lines = Vec::with_capacity(8);
        lines.extend(self.line(Detail::OrderNo, "订单号", "Order", &orders));
        lines.extend(self.carrier_line(&parcel.carrier));
        lines.extend(self.line(Detail::TrackingNo, "运单号", "Tracking no.", &parcel.tracking_no));
        lines.extend(self.to_lines(parcel.to.as_ref()));
        lines.extend(self.line(Detail::Place, "发生地", "Where", place.unwrap_or_default()));
        let words = without_numbers(nutshell.description.as_deref().unwrap_or_default());
        lines.extend(self.line(Detail::CarrierText, "快递原文", "Carrier says", &words));
        lines.extend(self.shop_line(&parcel.source));
        let quality = body.at_quality.unwrap_or(AtQuality::Exact);
        lines.push(language.line(language.say("时间", "Time"), &time::time(event.time, quality, language)));
        Ok(Some(Message { headline: language.headline(about, &what), lines }))
    }
}

/// The same from the scans, where nothing is said beside them.
fn of_scans(body: &MilestoneBody) -> Nutshell {
    let Some(scan) = body.new_events.last() else { return Nutshell::default() };
    Nutshell {
        reason: None,
        delivered_to: scan.delivered_to,
        description: scan.description.clone(),
        location: scan.location.clone(),
    }
}

fn thing(body: &MilestoneBody, language: Language) -> &'static str {
    match body.parcel.direction {
        Direction::Return => language.say("退货包裹", "return parcel"),
        Direction::Exchange => language.say("换货包裹", "exchange parcel"),
        Direction::Outbound | Direction::Unknown => language.say("包裹", "parcel"),
    }
}

fn picked_up(body: &MilestoneBody, language: Language) -> String {
    let thing = thing(body, language);
    match language {
        Language::Zh => format!("快递已揽收{thing}"),
        Language::En => format!("the carrier has the {thing}"),
    }
}

fn delivered(body: &MilestoneBody, who: Option<DeliveredTo>, language: Language) -> String {
    let thing = thing(body, language);
    let who = who.and_then(|who| reasons::taken_by(who, language));
    match (language, who) {
        (Language::Zh, Some(who)) => format!("{thing}已妥投，{who}"),
        (Language::Zh, None) => format!("{thing}已妥投"),
        (Language::En, Some(who)) => format!("the {thing} was delivered {who}"),
        (Language::En, None) => format!("the {thing} was delivered"),
    }
}

fn exception(body: &MilestoneBody, incident: Option<&str>, language: Language) -> String {
    let known = body.reason.filter(|reason| *reason != Reason::Unknown);
    let why = known.map_or_else(
        || {
            incident.map_or_else(
                || reasons::reason(Reason::Unknown, language),
                |name| reasons::incident(name, language),
            )
        },
        |reason| reasons::reason(reason, language),
    );
    match (language, body.parcel.direction) {
        (Language::Zh, Direction::Return | Direction::Exchange) => {
            format!("{}：{why}", thing(body, language))
        }
        (Language::En, Direction::Return | Direction::Exchange) => {
            format!("{}: {why}", thing(body, language))
        }
        (_, Direction::Outbound | Direction::Unknown) => why.to_owned(),
    }
}

/// A delivery that was taken back. Whether people had been told of it is not known here.
fn corrected(body: &MilestoneBody, language: Language) -> String {
    let now = body.parcel.status == Some(ParcelStatus::Delivered);
    let thing = thing(body, language);
    match (language, now) {
        (Language::Zh, false) => format!("妥投记录已撤回，{thing}尚未妥投，请以本条为准"),
        (Language::Zh, true) => format!("此前的妥投记录已撤回，{thing}现已妥投"),
        (Language::En, false) => {
            format!(
                "the delivery was taken back: the {thing} is not delivered yet, disregard an earlier notice"
            )
        }
        (Language::En, true) => format!("an earlier delivery was taken back, the {thing} is delivered now"),
    }
}
