//! One event of any feed: what its code leaves open is read from its own sentence, and its place from its own area.

use crossdock_connector::carrier::{self, Gathered};
use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::{self, Taken};
use crossdock_connector::{Issue, IssueKind};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step, TrackingEvent, Ts};

/// What a feed says of one event.
pub(crate) struct Said<'a> {
    /// When.
    pub(crate) at: Ts,
    /// The feed's namespace.
    pub(crate) namespace: &'a str,
    /// Its code.
    pub(crate) code: &'a str,
    /// What the code means, where it is known.
    pub(crate) meaning: Option<TrackingCode>,
    /// The sentence.
    pub(crate) text: &'a str,
    /// Name and phone of the courier, where the feed has fields for them.
    pub(crate) courier: (Option<&'a str>, Option<&'a str>),
    /// Where the code stands.
    pub(crate) path: String,
}

/// The event; an unknown code is an issue.
pub(crate) fn event(said: Said<'_>, issues: &mut Vec<Issue>) -> TrackingEvent {
    let mut event = TrackingEvent {
        at: said.at,
        code_namespace: Some(said.namespace.to_owned()),
        code_raw: (!said.code.is_empty()).then(|| said.code.to_owned()),
        ..TrackingEvent::default()
    };
    match said.meaning {
        Some(code) => {
            event.status = code.status;
            event.step = code.step;
            event.reason = code.reason;
            event.delivered_to = code.delivered_to;
            read(&mut event, said.text);
        }
        None if said.code.is_empty() => {
            issues.push(Issue::new(IssueKind::BadValue, said.path, "empty"));
        }
        None => {
            event.status_raw = Some(said.code.to_owned());
            issues.push(Issue::unmapped(said.path, said.code));
        }
    }
    let (name, phone) = said.courier;
    let masked = remark::mask_with(said.text, &[name.unwrap_or_default()]);
    if event.status == ParcelStatus::OutForDelivery {
        event.courier = carrier::delivering(name, phone, &masked);
    }
    event.description = (!masked.text.is_empty()).then(|| masked.text.into_owned());
    event.facility = remark::facility(said.text).map(str::to_owned);
    event
}

/// Adds an event to its parcel, with who signed as the sentence has it (a hidden name stays what it is when it is hidden
/// again).
pub(crate) fn add(gathered: &mut Gathered, event: TrackingEvent) {
    let signer = event.description.as_deref().and_then(|text| remark::mask(text).signer);
    gathered.add(event, signer);
}

/// Who took it and why it failed, from fixed words of the sentence.
fn read(event: &mut TrackingEvent, text: &str) {
    match event.status {
        ParcelStatus::Delivered if event.delivered_to.is_none() => match remark::taken(text) {
            Taken::Person(to) => event.delivered_to = Some(to),
            Taken::Place(to) => {
                event.delivered_to = Some(to);
                if !remark::says_collected(text) {
                    // A station signed: it waits there for its recipient.
                    event.status = ParcelStatus::AvailableForPickup;
                }
            }
            Taken::NotSaid => {}
        },
        // Fetched at a station, which the sentence may know to be a locker.
        ParcelStatus::Delivered if event.delivered_to == Some(DeliveredTo::Station) => {
            event.delivered_to = remark::place(text).or(event.delivered_to);
        }
        ParcelStatus::AvailableForPickup => {
            event.delivered_to = remark::place(text).or(event.delivered_to);
        }
        ParcelStatus::DeliveryAttempted | ParcelStatus::Exception | ParcelStatus::Returning => {
            event.reason = event.reason.or_else(|| remark::reason(text));
        }
        _ => {}
    }
}

/// FAILED of a detail: a courier in vain, or something wrong with the parcel.
pub(crate) fn failed(event: &mut TrackingEvent) {
    let wrong = matches!(
        event.reason,
        Some(
            Reason::Damaged
                | Reason::Lost
                | Reason::Destroyed
                | Reason::Misrouted
                | Reason::OutOfArea
                | Reason::Weather
                | Reason::Delayed
                | Reason::Intercepted
        )
    );
    if wrong && event.status == ParcelStatus::DeliveryAttempted {
        event.status = ParcelStatus::Exception;
    }
}

/// TRANSPORT of SF's parcels, whose pick-up has no code of its own.
pub(crate) fn picked_up(event: &mut TrackingEvent, text: &str) {
    if event.status == ParcelStatus::InTransit
        && ["已揽收", "已揽件", "已收取", "已收件"].iter().any(|word| text.contains(word))
    {
        event.status = ParcelStatus::PickedUp;
        event.step = None::<Step>;
        event.delivered_to = None::<DeliveredTo>;
    }
}
