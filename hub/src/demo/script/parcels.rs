//! Journeys of parcels: scans as SF pushes them, several times each, unsorted, several parcels in one call.

use crossdock_testkit::standin::Rng;
use crossdock_testkit::standin::generate::routes::{self, Kind};
use crossdock_testkit::standin::sf::{Plan, Route, batches};
use jiff::SignedDuration;

use super::{Act, Cue, END, Journey, Mischief, SF, Script, Shipped, later, nth};

/// Parcels whose scans travel together.
const TOGETHER: usize = 6;
/// From the first push of a group to its last.
const SPREAD: u32 = 110_000;

pub(super) fn write(mut shipped: Vec<Shipped>, seed: u64, script: &mut Script) {
    let mut kinds = Rng::named(seed, "journeys");
    let mut mischief = Mischief::new(seed, SF);
    shipped.sort_by_key(|parcel| parcel.told);
    for (group, parcels) in shipped.chunks(TOGETHER).enumerate() {
        let mut routes: Vec<Route> = Vec::new();
        for parcel in parcels {
            // The story told in the end has a courier who came in vain.
            let drawn = Kind::draw(&mut kinds);
            let kind = if parcel.hero { Kind::Attempted } else { drawn };
            let picked_up = later(parcel.sent, SignedDuration::from_hours(2));
            let journey = routes::journey(kind, &parcel.number, &parcel.order, picked_up, seed);
            script.expected.parcels.push(Journey {
                number: journey.mailno,
                delivered: journey.delivered,
                exceptions: exceptions(kind),
            });
            routes.extend(journey.routes);
        }
        routes.sort_by(|one, other| one.accept_time.cmp(&other.accept_time));
        let plan = Plan { seed: seed ^ u64::try_from(group).unwrap_or(0), copies: 4, disorder: 12 };
        let bodies = batches(&routes, &plan);
        script.mixed.scans += u64::try_from(routes.len()).unwrap_or(0);
        let told = parcels.iter().map(|parcel| parcel.told).min().unwrap_or(0);
        // Some scans come before the shop has said which parcel belongs to which order.
        let begins = if nth(group, 8, 2) { told.saturating_sub(60_000) } else { told + 12_000 };
        let step = SPREAD / u32::try_from(bodies.len()).unwrap_or(1).max(1);
        for (place, body) in (0_u32..).zip(bodies) {
            let at = (begins + place * step).min(END);
            script.mixed.pushed += count(&body);
            if place == 0 && nth(group, 12, 5) {
                script.malformed(SF);
                let broken = mischief.broken(&body);
                script.sf.push(Cue { at, act: Act::Sf(broken) });
            }
            if place == 0 && nth(group, 20, 7) {
                script.mixed.forged += 1;
                script.sf.push(Cue { at, act: Act::Forged(SF, body.clone()) });
            }
            script.sf.push(Cue { at, act: Act::Sf(body) });
        }
    }
}

/// What people are told of a journey's troubles: a visit in vain, a delay, a refusal and the way back.
fn exceptions(kind: Kind) -> u64 {
    match kind {
        Kind::Happy | Kind::Locker => 0,
        Kind::Attempted | Kind::Exception => 1,
        Kind::Return => 2,
    }
}

fn count(body: &[u8]) -> u64 {
    let read: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let routes = read.pointer("/Body/WaybillRoute").and_then(serde_json::Value::as_array);
    u64::try_from(routes.map_or(0, Vec::len)).unwrap_or(0)
}
