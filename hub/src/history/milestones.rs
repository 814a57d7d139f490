//! Milestones: the few facts customers are told about a parcel, each once.
//!
//! They are existential over the set of scans: a milestone is due when a scan for it is in the set, whatever
//! else is in it and whenever it came. So any order of arrival fires the same ones. What a later scan made
//! old news is fired all the same and marked `superseded`: it is recorded, and people are not told.
//!
//! A delivery that comes after one was withdrawn is a fact of its own, named by the withdrawal: people who were told that
//! the parcel is not there after all are told when it is (ADR 0017).

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
    /// Of a correction: the name of the delivery that it corrects.
    corrects: Option<Vec<u8>>,
    scan: &'a TrackingEvent,
}

impl<'a> Due<'a> {
    const fn new(event_type: EventType, name: Vec<u8>, scan: &'a TrackingEvent) -> Self {
        Self { event_type, name, reason: None, inferred: false, superseded: false, corrects: None, scan }
    }
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
    let withdrawals = withdrawals(scans);
    due.extend(deliveries(scans, &withdrawals));
    due.extend(corrections(scans, &withdrawals));
    due.sort_by_key(|due| (due.scan.at, due.event_type));
    due
}

/// The first pick-up; without one, the first scan that proves there was one.
fn picked_up(scans: &[TrackingEvent]) -> Option<Due<'_>> {
    let reported = scans.iter().find(|scan| is_pick_up(scan));
    let scan = reported.or_else(|| scans.iter().find(|scan| is_movement(scan)))?;
    let inferred = reported.is_none();
    Some(Due { inferred, ..Due::new(EventType::MilestonePickedUp, Vec::new(), scan) })
}

/// The withdrawals of deliveries that are known, in the order of the journey.
fn withdrawals(scans: &[TrackingEvent]) -> Vec<&TrackingEvent> {
    let retracts = scans.iter().filter(|scan| scan.effect == Effect::Retract);
    let of_delivery =
        |retract: &&TrackingEvent| scans.iter().any(|scan| is_handover(scan) && withdraws(retract, scan));
    retracts.filter(of_delivery).collect()
}

fn name_of(withdrawal: &TrackingEvent) -> Vec<u8> {
    withdrawal.event_key.clone().unwrap_or_default().into_bytes()
}

/// The first delivery, and the first after each withdrawal. What was before the last withdrawal is taken back by it.
fn deliveries<'a>(
    scans: &'a [TrackingEvent],
    withdrawals: &[&'a TrackingEvent],
) -> impl Iterator<Item = Due<'a>> {
    let handovers = || scans.iter().filter(|scan| is_handover(scan));
    let first = handovers().next().map(|scan| (Vec::new(), scan));
    let after = withdrawals.iter().filter_map(move |withdrawal| {
        handovers().find(|scan| scan.at > withdrawal.at).map(|scan| (name_of(withdrawal), scan))
    });
    let last = withdrawals.last().map_or_else(Vec::new, |last| name_of(last));
    first.into_iter().chain(after).map(move |(name, scan)| Due {
        superseded: name != last,
        ..Due::new(EventType::MilestoneDelivered, name, scan)
    })
}

/// Each withdrawal, with the delivery that it takes back. One that repeats another is old news.
fn corrections<'a>(
    scans: &'a [TrackingEvent],
    withdrawals: &[&'a TrackingEvent],
) -> impl Iterator<Item = Due<'a>> {
    let mut corrected = Vec::new();
    let mut before: Option<&TrackingEvent> = None;
    withdrawals.iter().map(move |withdrawal| {
        let between = |scan: &&TrackingEvent| {
            is_handover(scan)
                && withdraws(withdrawal, scan)
                && before.is_none_or(|before| scan.at > before.at)
        };
        let superseded = !scans.iter().any(|scan| between(&scan));
        if let Some(before) = before.filter(|_| !superseded) {
            corrected = name_of(before);
        }
        before = Some(withdrawal);
        Due {
            reason: known(withdrawal.reason),
            superseded,
            corrects: Some(corrected.clone()),
            ..Due::new(EventType::MilestoneCorrected, name_of(withdrawal), withdrawal)
        }
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
            reason: Some(reason),
            superseded: is_old_news(scan, scans),
            ..Due::new(EventType::MilestoneException, name, scan)
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
pub(super) fn tell(teller: &mut Teller<'_>, mut due: Vec<Due<'_>>) {
    // Without a withdrawal each is told under one name only.
    if due.iter().any(|due| due.corrects.is_some()) {
        hush(teller, &mut due);
    }
    for due in due {
        let extra = extra(teller, &due);
        teller.tell_once(due.event_type, &due.name, due.scan.at, &extra);
    }
}

/// Of deliveries and their corrections, what people must not hear of now: what lies before something they know already,
/// a delivery that they know under another name, and the correction of one that they never heard of.
fn hush(teller: &Teller<'_>, due: &mut [Due<'_>]) {
    let about = [EventType::MilestoneDelivered, EventType::MilestoneCorrected];
    let known: Vec<bool> = due
        .iter()
        .map(|due| about.contains(&due.event_type) && teller.was_told(due.event_type, &due.name))
        .collect();
    let news_from = known.iter().rposition(|known| *known).map_or(0, |last| last.saturating_add(1));
    let delivered = |due: &Due<'_>| due.event_type == EventType::MilestoneDelivered;
    // Under which name people know a delivery.
    let names: Vec<(Option<String>, Vec<u8>)> = due
        .iter()
        .zip(&known)
        .filter(|(due, known)| **known && delivered(due))
        .map(|(due, _)| (due.scan.event_key.clone(), due.name.clone()))
        .collect();
    let mut renamed: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut unheard: Vec<Vec<u8>> = Vec::new();
    for (at, (due, known)) in due.iter_mut().zip(known).enumerate() {
        if known || !about.contains(&due.event_type) {
            continue;
        }
        due.superseded |= at < news_from;
        if let Some(corrects) = &mut due.corrects {
            due.superseded |= unheard.contains(corrects);
            if let Some((_, name)) = renamed.iter().find(|(other, _)| other == corrects) {
                corrects.clone_from(name);
            }
        } else if let Some((_, name)) = names.iter().find(|(key, _)| *key == due.scan.event_key) {
            due.superseded = true;
            renamed.push((due.name.clone(), name.clone()));
        } else if due.superseded {
            unheard.push(due.name.clone());
        }
    }
}

/// The members beside the parcel.
fn extra(teller: &Teller<'_>, due: &Due<'_>) -> Extra {
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
    if let Some(name) = &due.corrects {
        extra = extra.with("corrects", &json(&teller.id(EventType::MilestoneDelivered, name)));
    }
    extra
}
