//! What is checked about sources that ask for parcels.

use crossdock_connector::{Descriptor, Parts};

use super::place::Map;
use super::{Problem, Source};
use crate::ingress::tracker::phone::is_tail;

/// Refuses what cannot work, and what would silently do nothing.
pub(super) fn check(
    source: &Source,
    descriptor: &Descriptor,
    parts: &Parts,
    at: usize,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) {
    let key = |name: &str| format!("source[{at}].{name}");
    let Some(every) = source.track_every else {
        let given = [
            ("carriers", !source.carriers.is_empty()),
            ("track_phone", source.track_phone.is_some()),
            ("track_per_second", source.track_per_second.is_some()),
            ("track_per_day", source.track_per_day.is_some()),
        ];
        for (name, _) in given.into_iter().filter(|(_, given)| *given) {
            problems.push(map.at(&key(name), "does nothing without `track_every`"));
        }
        return;
    };
    let connector = &source.connector;
    if !descriptor.capabilities.track {
        problems.push(map.at(&key("track_every"), format!("`{connector}` cannot be asked for parcels")));
    } else if parts.track.is_none() {
        let message =
            format!("the settings of `{connector}` do not say how it is asked for parcels: see its README");
        problems.push(map.at(&key("track_every"), message));
    } else if source.carriers.is_empty() && descriptor.capabilities.carrier.is_none() {
        let message = format!(
            "`{connector}` knows parcels of many carriers: say whose it is asked for, as carriers = [\"zto\", \"yto\"]"
        );
        problems.push(map.at(&key("track_every"), message));
    }
    // Its answers are about its own parcels, whatever the shop called the carrier.
    if let Some(own) = descriptor.capabilities.carrier
        && let Some(other) = source.carriers.iter().find(|carrier| carrier.as_str() != own)
    {
        let message = format!("`{connector}` is asked for parcels of {own} only, not of `{other}`");
        problems.push(map.at(&key("carriers"), message));
    }
    for (name, span) in [("track_every", every), ("track_for", source.track_for)] {
        if span.get().is_zero() {
            problems.push(map.at(&key(name), "0 is not a time to wait"));
        }
    }
    for (name, calls) in
        [("track_per_second", source.track_per_second), ("track_per_day", source.track_per_day)]
    {
        if calls == Some(0) {
            problems.push(map.at(&key(name), "0 would never ask: at least 1"));
        }
    }
    if source.track_phone.as_deref().is_some_and(|tail| !is_tail(tail)) {
        problems.push(map.at(&key("track_phone"), "expected the last four digits of a phone"));
    }
}
