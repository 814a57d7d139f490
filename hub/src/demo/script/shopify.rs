//! Lives of Shopify orders: a webhook for each step, and what happens to webhooks on the way.

use crossdock_schemas::Dec;
use crossdock_testkit::standin::Rng;
use crossdock_testkit::standin::generate::rows::Sale;
use crossdock_testkit::standin::generate::shopify::{self, Course, Life, Step};
use crossdock_testkit::standin::shopify::Webhook;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Act, Cue, Ends, Known, Mischief, SHOPIFY, Script, Shipped, later, nth};

/// From one step of an order to the next.
const STEP: u32 = 32_000;
/// Orders begin before this, so that the last of them come to their end.
const LATEST: u64 = 600_000;
/// The hero begins shortly before the ERP goes down.
const HERO: u32 = 235_000;

pub(super) fn write(
    sales: &[Sale],
    seed: u64,
    start: Timestamp,
    script: &mut Script,
    shipped: &mut Vec<Shipped>,
) {
    let mut mischief = Mischief::new(seed, SHOPIFY);
    let mut ids = Rng::named(seed, "shopify ids");
    let mut beginnings = Rng::named(seed, "shopify beginnings");
    // Everything has happened when it is told: an order lives for six days at most.
    let placed = later(start, SignedDuration::from_hours(-9 * 24));
    let lives: Vec<Life> = (1..)
        .zip(sales)
        .map(|(nth, sale)| shopify::life(sale, nth, later(placed, minutes(nth)), seed))
        .collect();
    let hero = hero(&lives);
    for (at, life) in lives.iter().enumerate() {
        let drawn = u32::try_from(beginnings.below(LATEST)).unwrap_or(0);
        let begins = if hero == Some(at) { HERO } else { drawn };
        expect(life, script);
        let mut parcels = life.parcels.iter();
        for (place, step) in (0_u32..).zip(&life.steps) {
            let due = begins + place * STEP;
            if step.topic == "fulfillments/create"
                && let Some(number) = parcels.next()
            {
                let order = life.name.clone();
                shipped.push(Shipped {
                    number: number.clone(),
                    order,
                    sent: step.at,
                    told: due,
                    hero: hero == Some(at),
                });
            }
            tell(step, due, hero == Some(at), &mut mischief, &mut ids, script);
        }
        if let Some(step) = life.steps.last()
            && nth(at, 60, 7)
        {
            let body = mischief.broken(&step.body);
            script.malformed(SHOPIFY);
            push(script, begins, Webhook::new(step.topic, body, step.at, &mut ids));
        }
        if let Some(step) = life.steps.first()
            && nth(at, 90, 11)
        {
            script.mixed.forged += 1;
            script.shopify.push(Cue { at: begins, act: Act::Forged(SHOPIFY, step.body.clone()) });
        }
    }
    if let Some(life) = hero.and_then(|at| lives.get(at)) {
        script.hero = life.order_id.to_string();
    }
}

fn minutes(nth: u64) -> SignedDuration {
    SignedDuration::from_mins(i64::try_from(nth % 600).unwrap_or(0))
}

/// The order whose story is told in the end: one with a refund, not too long, and not one of the first.
fn hero(lives: &[Life]) -> Option<usize> {
    let has = |course: Course| {
        let fits = move |(_, life): &(usize, &Life)| life.course == course;
        lives.iter().enumerate().skip(lives.len() / 3).find(fits).map(|(at, _)| at)
    };
    has(Course::Refunded).or_else(|| has(Course::Shipped)).or_else(|| has(Course::TwoParcels))
}

fn push(script: &mut Script, at: u32, webhook: Webhook) {
    script.shopify.push(Cue { at, act: Act::Shopify(webhook) });
}

/// One webhook with its mishaps. The hero has all of them.
fn tell(step: &Step, due: u32, hero: bool, mischief: &mut Mischief, ids: &mut Rng, script: &mut Script) {
    let webhook = Webhook::new(step.topic, step.body.clone(), step.at, ids);
    // Past the next step or two: what happened later is then known first.
    let late = mischief.chance(80) || (hero && step.topic == "orders/paid");
    let at = if late { mischief.after(due, STEP, 3 * STEP) } else { due };
    script.mixed.late += u64::from(late);
    if mischief.chance(120) || (hero && step.topic == "orders/create") {
        script.mixed.again += 1;
        let again = mischief.after(at, 10_000, 120_000);
        push(script, again, webhook.clone());
    }
    if (mischief.chance(60) || (hero && step.topic == "orders/fulfilled"))
        && let Some(body) = mischief.respelled(&step.body)
    {
        script.mixed.respelled += 1;
        let again = mischief.after(at, 10_000, 120_000);
        push(script, again, Webhook::new(step.topic, body, step.at, ids));
    }
    push(script, at, webhook);
}

fn expect(life: &Life, script: &mut Script) {
    let bodies = life.steps.iter().rev().filter(|step| step.topic.starts_with("orders/"));
    let total = bodies.filter_map(|step| serde_json::from_slice::<Value>(&step.body).ok()).find_map(|body| {
        let text = body.get("total_price")?.as_str()?;
        Dec::parse(text).ok()
    });
    let ends = if life.course == Course::Cancelled { Ends::Cancelled } else { Ends::Open };
    let known = Known { amount: total.unwrap_or_default(), ends };
    script.expected.orders.insert((SHOPIFY, life.order_id.to_string()), known);
    if life.course == Course::Refunded {
        *script.expected.cases.entry(SHOPIFY).or_default() += 1;
    }
}
