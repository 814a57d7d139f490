//! Lives of Taobao trades: each state is put into the gateway, and a message says that something changed.

use std::time::Duration;

use bytes::Bytes;
use crossdock_schemas::Dec;
use crossdock_testkit::standin::Rng;
use crossdock_testkit::standin::generate::rows::Sale;
use crossdock_testkit::standin::generate::taobao::{self, Course, Life};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Act, Cue, END, Ends, Known, Mischief, Script, Shipped, TAOBAO, later, nth};

/// From one state of a trade to the next.
const STEP: u32 = 50_000;
/// Trades begin before this, so that the last of them come to their end.
const LATEST: u64 = 600_000;
/// From the order to the end of a finished trade.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) fn write(
    sales: &[Sale],
    seed: u64,
    start: Timestamp,
    length: Duration,
    script: &mut Script,
    shipped: &mut Vec<Shipped>,
) {
    let mut mischief = Mischief::new(seed, TAOBAO);
    let mut beginnings = Rng::named(seed, "taobao beginnings");
    for (place, (number, sale)) in (1..).zip(sales).enumerate() {
        let begins = u32::try_from(beginnings.below(LATEST)).unwrap_or(0);
        let steps = taobao::life(sale, number, start, seed).states.len();
        let ends = begins + STEP * u32::try_from(steps.saturating_sub(1)).unwrap_or(0);
        // A trade finishes at the moment it is told, so that a poll of the last minutes sees it.
        let finishes = later(start, share(length, ends));
        let placed = later(finishes, -LIFE - SignedDuration::from_secs(5));
        let life = taobao::life(sale, number, placed, seed);
        expect(&life, script);
        tell(&life, begins, place, &mut mischief, script, shipped);
    }
}

/// The time that a place in the play stands for.
fn share(length: Duration, at: u32) -> SignedDuration {
    let whole = i64::try_from(length.as_millis()).unwrap_or(0);
    SignedDuration::from_millis(whole * i64::from(at) / i64::from(END))
}

fn tell(
    life: &Life,
    begins: u32,
    place: usize,
    mischief: &mut Mischief,
    script: &mut Script,
    shipped: &mut Vec<Shipped>,
) {
    for (step, state) in (0_u32..).zip(&life.states) {
        let at = begins + step * STEP;
        if state.topic == "taobao_trade_TradeSellerShip"
            && let Some(number) = &life.parcel
        {
            let (number, order) = (number.clone(), life.tid.to_string());
            shipped.push(Shipped { number, order, sent: state.at, told: at, hero: false });
        }
        let body = Bytes::from(state.message.to_string());
        script.taobao.push(Cue { at, act: Act::Put(Box::new(state.clone())) });
        if state.topic == "taobao_trade_TradeSuccess" && nth(place, 20, 3) {
            script.mixed.lost += 1;
            continue;
        }
        let late = mischief.chance(80);
        let told = if late { mischief.after(at, STEP, 2 * STEP) } else { at };
        script.mixed.late += u64::from(late);
        if mischief.chance(120) {
            script.mixed.again += 1;
            let again = mischief.after(told, 5000, 100_000);
            script.taobao.push(Cue { at: again, act: Act::Taobao(body.clone()) });
        }
        if mischief.chance(60)
            && let Some(other) = mischief.respelled(&body)
        {
            script.mixed.respelled += 1;
            let again = mischief.after(told, 5000, 100_000);
            script.taobao.push(Cue { at: again, act: Act::Taobao(other) });
        }
        if step == 0 && nth(place, 60, 9) {
            script.malformed(TAOBAO);
            let broken = mischief.broken(&body);
            script.taobao.push(Cue { at, act: Act::Taobao(broken) });
        }
        if step == 0 && nth(place, 90, 13) {
            script.mixed.forged += 1;
            script.taobao.push(Cue { at, act: Act::Forged(TAOBAO, body.clone()) });
        }
        script.taobao.push(Cue { at: told, act: Act::Taobao(body) });
    }
}

fn expect(life: &Life, script: &mut Script) {
    let paid = life.states.last().and_then(|state| state.trade.get("payment")).and_then(Value::as_str);
    let amount = paid.and_then(|text| Dec::parse(text).ok()).unwrap_or_default();
    let ends = if life.course == Course::Closed { Ends::Cancelled } else { Ends::Completed };
    let known = Known { amount, ends };
    script.expected.orders.insert((TAOBAO, life.tid.to_string()), known);
    if life.course == Course::Refunded {
        *script.expected.cases.entry(TAOBAO).or_default() += 1;
    }
}
