//! What a whole history says that no scan says alone.

use crossdock_schemas::{DeliveredTo, ParcelStatus, TrackingEvent};

/// A delivery after a return was begun is the end of the return, unless it was at the destination after all, which
/// `at_destination` tells from the text of its place.
pub fn came_back(events: &mut [TrackingEvent], at_destination: impl Fn(Option<&str>) -> bool) {
    let begun =
        events.iter().filter(|event| event.status == ParcelStatus::Returning).map(|event| event.at).min();
    let Some(begun) = begun else { return };
    for event in events.iter_mut().filter(|event| event.at >= begun) {
        let place = event.location.as_ref().and_then(|location| location.text.as_deref());
        if event.status == ParcelStatus::Delivered && !at_destination(place) {
            event.status = ParcelStatus::Returned;
            event.delivered_to = Some(DeliveredTo::Sender);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_after_a_return_was_begun_ends_it() {
        let event =
            |at: &str, status| TrackingEvent { at: at.parse().unwrap(), status, ..TrackingEvent::default() };
        let first = event("2026-03-01T10:00:00Z", ParcelStatus::Delivered);
        let begun = event("2026-03-02T10:00:00Z", ParcelStatus::Returning);
        let last = event("2026-03-03T10:00:00Z", ParcelStatus::Delivered);
        let told = |at_destination: bool, events: &[TrackingEvent]| {
            let mut events = events.to_vec();
            came_back(&mut events, |_| at_destination);
            events.iter().map(|event| event.status).collect::<Vec<_>>()
        };
        use ParcelStatus::{Delivered, Returned, Returning};
        let all = [last, begun, first];
        assert_eq!(told(false, &all), [Returned, Returning, Delivered]);
        assert_eq!(told(true, &all), [Delivered, Returning, Delivered]);
        assert_eq!(told(false, &all[..1]), [Delivered]);
    }
}
