//! Normalize and fold on one core, beside serde_json reading the same bytes into a `Value`.

use std::hint::black_box;
use std::sync::Arc;

use crossdock_connector::{Capture, Headers, Normalize, Secret};
use crossdock_schemas::{Channel, Class};

use super::{Figure, corpus, per_second, ratio, timed};
use crate::clock;
use crate::enrich::{Enricher, risk, sku};
use crate::history::{Context, MilestoneRules, fold};
use crate::pipeline::{About, Enrich, PassThrough};

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
    // The first round warms up; of the others the best of each side counts.
    let (mut parse, mut work, mut enriched) = (0.0_f64, 0.0_f64, 0.0_f64);
    for round in 0..9 {
        let (parsed, took) = timed(|| {
            captures.iter().try_for_each(|capture| {
                black_box(serde_json::from_slice::<serde_json::Value>(&capture.body)).map(drop)
            })
        });
        parsed.map_err(|error| error.to_string())?;
        let (folded, took_fold) = timed(|| all(&*normalize, &PassThrough, &captures));
        folded?;
        // Each round sees every order for the first time.
        let enricher = enricher()?;
        let (folded, took_enriched) = timed(|| all(&*normalize, &enricher, &captures));
        folded?;
        if round > 0 {
            parse = parse.max(per_second(orders, took));
            work = work.max(per_second(orders, took_fold));
            enriched = enriched.max(per_second(orders, took_enriched));
        }
    }
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
    ])
}

/// The stage as a merchant would have it: addresses, a SKU map, and the example rules with a list.
fn enricher() -> Result<Enricher, String> {
    let key = || risk::Key::new(Secret::new("a key that only this benchmark knows"));
    let rules = risk::Risk::new(risk::Rules::read(risk::rules::EXAMPLE)?, Some(key()?));
    let finger = key()?.finger(risk::Kind::Phone, "+8618400000000");
    let mut list = risk::Listing::default();
    list.add(risk::Listed { kind: risk::Kind::Phone, finger, since: clock::now() });
    rules.set_list(list);
    let mut map = sku::Map::default();
    map.add(sku::ALL, sku::read("sku,item,pieces\nOWN-BOARD-L,BOARD,1\nCD-TEE-BLK-L,TEE,1\n")?);
    Ok(Enricher::default().with_addresses(None, Vec::new()).with_skus(map).with_risk(Arc::new(rules)))
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
