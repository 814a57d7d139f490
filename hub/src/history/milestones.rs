//! Milestones: the few facts customers are told about a parcel, each once.
//!
//! They are existential over the set of scans: a milestone is due when a scan for it is in the set, whatever
//! else is in it and whenever it came. So any order of arrival fires the same ones. What a later scan made
//! old news is fired all the same and marked `superseded`: it is recorded, and people are not told.

use std::collections::BTreeMap;

use crossdock_schemas::identity::ns;
use crossdock_schemas::{
    AtQuality, DeliveredTo, Direction, Effect, EventType, Location, ParcelStatus, Reason, TrackingEvent, Ts,
};
use serde::Serialize;

use super::MilestoneRules;
use super::derive::{is_handover, is_movement, is_pick_up, is_withdrawn, withdraws};
use super::normal::json;
use super::teller::{Extra, Teller};

/// A milestone that is due.
#[derive(Debug)]
pub(super) struct Due<'a> {
    event_type: EventType,
    name: Vec<u8>,
    reason: Option<&'static str>,
    inferred: bool,
    superseded: bool,
    scan: &'a TrackingEvent,
}

/// A milestone as it travels beside the parcel.
#[derive(Serialize)]
struct Milestone<'a> {
    kind: &'static str,
    label_zh: &'static str,
    at: Ts,
    inferred: bool,
    superseded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_to: Option<DeliveredTo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a Location>,
}

/// All milestones due of arranged scans, in the order of the journey.
pub(super) fn due<'a>(
    scans: &'a [TrackingEvent],
    direction: Direction,
    rules: &MilestoneRules,
) -> Vec<Due<'a>> {
    let mut due = Vec::new();
    due.extend(picked_up(scans));
    due.extend(exceptions(scans, direction, rules));
    due.extend(delivered(scans));
    due.extend(corrections(scans));
    due.sort_by_key(|due| (due.scan.at, due.event_type));
    due
}

/// The first pick-up; without one, the first scan that proves there was one.
fn picked_up(scans: &[TrackingEvent]) -> Option<Due<'_>> {
    let reported = scans.iter().find(|scan| is_pick_up(scan));
    let scan = reported.or_else(|| scans.iter().find(|scan| is_movement(scan)))?;
    Some(Due {
        event_type: EventType::MilestonePickedUp,
        name: Vec::new(),
        reason: None,
        inferred: reported.is_none(),
        superseded: false,
        scan,
    })
}

fn delivered(scans: &[TrackingEvent]) -> Option<Due<'_>> {
    let standing = scans.iter().find(|scan| is_handover(scan) && !is_withdrawn(scan, scans));
    let scan = standing.or_else(|| scans.iter().find(|scan| is_handover(scan)))?;
    Some(Due {
        event_type: EventType::MilestoneDelivered,
        name: Vec::new(),
        reason: None,
        inferred: false,
        superseded: standing.is_none(),
        scan,
    })
}

/// Each withdrawal of a delivery that is known.
fn corrections(scans: &[TrackingEvent]) -> impl Iterator<Item = Due<'_>> {
    let retracts = scans.iter().filter(|scan| scan.effect == Effect::Retract);
    let of_delivery =
        |retract: &&TrackingEvent| scans.iter().any(|scan| is_handover(scan) && withdraws(retract, scan));
    retracts.filter(of_delivery).map(|scan| Due {
        event_type: EventType::MilestoneCorrected,
        name: scan.event_key.clone().unwrap_or_default().into_bytes(),
        reason: known(scan.reason),
        inferred: false,
        superseded: false,
        scan,
    })
}

/// Once per reason and day; of several scans the first is told.
fn exceptions<'a>(
    scans: &'a [TrackingEvent],
    direction: Direction,
    rules: &MilestoneRules,
) -> impl Iterator<Item = Due<'a>> {
    let mut incidents: BTreeMap<Vec<u8>, Due<'a>> = BTreeMap::new();
    let mut attempts = 0_u32;
    for scan in scans.iter().filter(|scan| scan.effect != Effect::Retract) {
        let due = match scan.status {
            ParcelStatus::Exception => true,
            ParcelStatus::DeliveryAttempted => {
                attempts = attempts.saturating_add(1);
                rules.attempt_is_exception && attempts >= rules.attempt_from
            }
            ParcelStatus::Returning => rules.returning_is_exception && direction != Direction::Return,
            _ => false,
        };
        if !due || scan.reason.is_some_and(|reason| rules.quiet_reasons.contains(&reason)) {
            continue;
        }
        let reason = known(scan.reason).unwrap_or(match scan.status {
            ParcelStatus::Exception => "unknown",
            status => status.as_str(),
        });
        let date = scan.at.utc_text().chars().take(10).collect::<String>();
        let mut name = Vec::with_capacity(40);
        ns(&mut name, reason.as_bytes());
        ns(&mut name, date.as_bytes());
        incidents.entry(name.clone()).or_insert_with(|| Due {
            event_type: EventType::MilestoneException,
            name,
            reason: Some(reason),
            inferred: false,
            superseded: is_old_news(scan, scans),
            scan,
        });
    }
    incidents.into_values()
}

/// Whether a problem was overtaken by a delivery or taken back.
fn is_old_news(scan: &TrackingEvent, scans: &[TrackingEvent]) -> bool {
    let delivered =
        |later: &TrackingEvent| is_handover(later) && later.at > scan.at && !is_withdrawn(later, scans);
    is_withdrawn(scan, scans) || scans.iter().any(delivered)
}

fn known(reason: Option<Reason>) -> Option<&'static str> {
    reason.filter(|reason| *reason != Reason::Unknown).map(Reason::as_str)
}

/// Fires what was not fired before.
pub(super) fn tell(teller: &mut Teller<'_>, due: Vec<Due<'_>>) {
    for due in due {
        let (kind, label_zh) = match due.event_type {
            EventType::MilestonePickedUp => ("picked_up", "揽收"),
            EventType::MilestoneDelivered => ("delivered", "妥投"),
            EventType::MilestoneException => ("exception", "异常"),
            _ => ("corrected", "更正"),
        };
        let milestone = Milestone {
            kind,
            label_zh,
            at: due.scan.at,
            inferred: due.inferred,
            superseded: due.superseded,
            reason: due.reason,
            delivered_to: due.scan.delivered_to,
            description: due.scan.description.as_deref(),
            location: due.scan.location.as_ref(),
        };
        let mut extra = Extra::default().with("milestone", &json(&milestone));
        // The members that the published body of milestones names.
        let quality = if due.inferred { AtQuality::Inferred } else { due.scan.at_quality };
        extra = extra.with("at_quality", &json(&quality));
        if let Some(reason) = due.scan.reason.filter(|_| due.reason.is_some()) {
            extra = extra.with("reason", &json(&reason));
        }
        if due.superseded {
            extra = extra.with("superseded", "true");
        }
        if due.event_type == EventType::MilestoneCorrected {
            extra = extra.with("corrects", &json(&teller.id(EventType::MilestoneDelivered, b"")));
        }
        teller.tell_once(due.event_type, &due.name, due.scan.at, &extra);
    }
}
