//! Normalize and fold on one core, beside serde_json reading the same bytes into a `Value`; and the same with what enrich
//! adds, for orders as they are (of ten about one or two have a finding) and where each has one, with the event of it.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Capture, Headers, Normalize, Secret};
use crossdock_schemas::{Channel, Class};

use super::{Figure, corpus, per_second, ratio, timed};
use crate::clock;
use crate::enrich::{Enricher, risk, sku};
use crate::history::{Context, MilestoneRules, fold};
use crate::pipeline::{About, Enrich, PassThrough};

/// Orders measured in one go: so few that often nothing comes in between, on a busy machine too.
const PIECE: usize = 50;
/// How often each piece is measured.
const ROUNDS: usize = 16;

pub(super) fn measure(orders: usize) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    for connector in corpus::CONNECTORS {
        figures.extend(connector_of(connector, orders)?);
    }
    Ok(figures)
}

fn connector_of(connector: &corpus::OfConnector, orders: usize) -> Result<Vec<Figure>, String> {
    let normalize = connector.normalize()?;
    let captures: Vec<Capture> = (0..orders)
        .map(|n| Capture {
            topic: connector.topic.into(),
            headers: Headers::default(),
            body: (connector.body)(n).into(),
            origin: None,
            received_at: clock::now(),
            channel: Channel::Webhook,
        })
        .collect();
    let bytes: usize = captures.iter().map(|capture| capture.body.len()).sum();
    let least = least(&*normalize, &captures)?;
    let [parse, work, enriched, tagged] = least.map(|took| per_second(orders, took));
    let share = ratio(work, parse);
    let added = ratio(work, enriched) - 1.0;
    let id = format!("{} ({})", connector.id, connector.receivers);
    Ok(vec![
        Figure {
            what: format!("{id}: serde_json to Value, {} bytes each", bytes / orders.max(1)),
            seen: format!("{parse:.0} orders/s"),
            limit: "the limit".into(),
            holds: None,
        },
        Figure {
            what: format!("{id}: normalize + seal + validate + fold, one core"),
            seen: format!("{work:.0} orders/s = {:.0} %", share * 100.0),
            limit: "at least 50 %".into(),
            holds: Some(share >= 0.5),
        },
        Figure {
            what: format!("{id}: the same with address, SKU and risk"),
            seen: format!("{enriched:.0} orders/s, {:+.0} %", added * 100.0),
            limit: "adds under 15 %".into(),
            holds: Some(added < 0.15),
        },
        Figure {
            what: format!("{id}: the same, each order with a finding"),
            seen: format!("{tagged:.0} orders/s, {:+.0} %", (ratio(work, tagged) - 1.0) * 100.0),
            limit: "as seen".into(),
            holds: None,
        },
    ])
}

/// What the orders take: parsed; normalized and folded; the same with enrich; the same with a finding for each. All four
/// in turns, a piece at a time, so that whatever else the machine does meets all of them alike; of each piece the least
/// of all rounds counts.
fn least(normalize: &dyn Normalize, captures: &[Capture]) -> Result<[Duration; 4], String> {
    let mut least = vec![[Duration::MAX; 4]; captures.len().div_ceil(PIECE)];
    for round in 0..ROUNDS {
        // Each round sees every order for the first time.
        let (known, unknown) = (enricher(KNOWN)?, enricher("")?);
        let side = |side: usize, piece: &[Capture]| match side {
            0 => parsed(piece),
            1 => all(normalize, &PassThrough, piece),
            2 => all(normalize, &known, piece),
            _ => all(normalize, &unknown, piece),
        };
        for (piece, least) in captures.chunks(PIECE).zip(&mut least) {
            // In one order and in the other: none comes behind the same one each time.
            for turn in 0..4 {
                let at = if round % 2 == 0 { turn } else { 3 - turn };
                let (done, took) = timed(|| side(at, piece));
                done?;
                if let Some(least) = least.get_mut(at) {
                    *least = took.min(*least);
                }
            }
        }
    }
    Ok([0, 1, 2, 3].map(|at| least.iter().filter_map(|piece| piece.get(at)).sum()))
}

fn parsed(captures: &[Capture]) -> Result<(), String> {
    captures.iter().try_for_each(|capture| {
        let parsed = serde_json::from_slice::<serde_json::Value>(&capture.body);
        black_box(parsed).map(drop).map_err(|error| error.to_string())
    })
}

/// The SKU map of the benchmark.
const KNOWN: &str = "OWN-BOARD-L,BOARD,1\nOWN-KNIFE-S,KNIFE,1\nCD-TEE-BLK-L,TEE,1\n";

/// The stage as a merchant would have it: addresses, a SKU map, and the example rules with a list.
fn enricher(skus: &str) -> Result<Enricher, String> {
    let key = || risk::Key::new(Secret::new("a key that only this benchmark knows"));
    let rules = risk::Risk::new(risk::Rules::read(risk::rules::EXAMPLE)?, Some(key()?));
    let finger = key()?.finger(risk::Kind::Phone, "+8618400000000");
    let mut list = risk::Listing::default();
    list.add(risk::Listed { kind: risk::Kind::Phone, finger, since: clock::now() });
    rules.set_list(list);
    let mut map = sku::Map::default();
    map.add(sku::ALL, sku::read(&format!("sku,item,pieces\n{skus}"))?);
    let enricher =
        Enricher::default().with_addresses(None, Vec::new()).with_skus(map).with_risk(Arc::new(rules));
    // As at a start: nobody waits for the tables.
    enricher.prepare();
    Ok(enricher)
}

fn all(normalize: &dyn Normalize, enrich: &dyn Enrich, captures: &[Capture]) -> Result<(), String> {
    let rules = MilestoneRules::default();
    for capture in captures {
        let normalized = normalize.normalize(capture).map_err(|error| error.to_string())?;
        let cx = Context {
            tenant: "bench",
            now: capture.received_at,
            capture: 1,
            received_at: capture.received_at,
            channel: capture.channel,
            raw_sha256: "",
            class: Class::Normal,
            rules: &rules,
        };
        for mut observation in normalized.observations {
            let about = About { source: "bench", at: capture.received_at };
            enrich.enrich(&mut observation, &about).map_err(|error| error.to_string())?;
            observation.seal().map_err(|error| error.to_string())?;
            if !observation.validate().is_empty() {
                return Err("the corpus is not valid".into());
            }
            let decision = fold(None, observation, &cx);
            if decision.events.is_empty() {
                return Err("an order without events".into());
            }
            black_box(decision);
        }
    }
    Ok(())
}
