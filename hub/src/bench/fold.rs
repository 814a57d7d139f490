//! Normalize and fold on one core, beside serde_json reading the same bytes into a `Value`.

use std::hint::black_box;

use crossdock_connector::{Capture, Headers, Normalize};
use crossdock_schemas::{Channel, Class};

use super::{Figure, corpus, per_second, ratio, timed};
use crate::clock;
use crate::history::{Context, MilestoneRules, fold};

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
    let (mut parse, mut work) = (0.0_f64, 0.0_f64);
    for round in 0..9 {
        let (parsed, took) = timed(|| {
            captures.iter().try_for_each(|capture| {
                black_box(serde_json::from_slice::<serde_json::Value>(&capture.body)).map(drop)
            })
        });
        parsed.map_err(|error| error.to_string())?;
        let (folded, took_fold) = timed(|| all(&*normalize, &captures));
        folded?;
        if round > 0 {
            parse = parse.max(per_second(orders, took));
            work = work.max(per_second(orders, took_fold));
        }
    }
    let share = ratio(work, parse);
    let id = connector.id;
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
    ])
}

fn all(normalize: &dyn Normalize, captures: &[Capture]) -> Result<(), String> {
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
