//! Rules tried out on the orders there are: what they would tag and hold, beside what is tagged now.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use crossdock_schemas::{HistoryKind, Order, RiskSeverity, RiskTag, Source};
use serde_json::json;

use super::super::out::plain;
use super::super::when::time;
use super::super::{Exit, Failure, Global, Out, Outcome, block_on, store, table};
use crate::backbone::{Answer, Backbone, HistoryKey, Question};
use crate::clock;
use crate::config::{self, Config};
use crate::enrich::risk::{FILE_NAME, Listing, Risk};
use crate::pipeline::About;

/// Arguments of `risk dry-run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rules to try [default: those that are configured]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Orders placed so long ago or since this day: 7d, 2026-11-15
    #[arg(long, value_name = "TIME", default_value = "7d")]
    last: String,
    /// Numbers of orders shown for each rule
    #[arg(long, default_value_t = 3)]
    examples: usize,
}

/// States read together.
const PAGE: usize = 256;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// What a rule finds.
#[derive(Default)]
struct Count {
    severity: &'static str,
    tagged: u64,
    /// Of them not tagged by it now.
    new: u64,
    /// Tagged by it now, and no longer.
    gone: u64,
    examples: Vec<String>,
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let since = time(&args.last)?;
    let config = global.read()?;
    let risk = rules(args, &config)?;
    let store = store::reading(&config)?;
    let named = named(&risk, &config)?;
    let mut orders = 0;
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    block_on(async {
        // Rules that count look at what was placed before: everything is noted first, also from before the time.
        let horizon = risk.horizon().unwrap_or_default();
        let earliest = since.as_microsecond().saturating_sub(horizon);
        if risk.horizon().is_some() {
            each(&store, earliest, |order| risk.note(&order)).await?;
        }
        let told = told_by(&store, named, since.as_microsecond()).await?;
        each(&store, since.as_microsecond(), |order| {
            orders += 1;
            hold_against(&risk, &order, &told, args.examples, &mut counts);
        })
        .await
    })?;
    show(orders, counts, out)
}

fn rules(args: &Args, config: &Config) -> Outcome<Risk> {
    let path = match &args.rules {
        Some(path) => path,
        None if config.enrich.risk.rules.as_os_str().is_empty() => {
            return Err(Failure::usage("no rules are configured: name a file with --rules"));
        }
        None => &config.enrich.risk.rules,
    };
    let rules = config::RiskConfig::read(path).map_err(Failure::usage)?;
    let key = config.enrich.risk.key();
    let risk = Risk::new(rules, key.map_err(|error| Failure::usage(format!("enrich.risk.secret: {error}")))?);
    risk.set_list(Listing::load(&config.data.dir.join(FILE_NAME)).map_err(Failure::failed)?);
    Ok(risk)
}

/// Every published order that was placed since a time.
async fn each(store: &dyn Backbone, since: i64, mut work: impl FnMut(Order)) -> Outcome<()> {
    let mut after = 0;
    loop {
        let question = Question::States { kind: HistoryKind::Order, after, limit: PAGE };
        let Answer::States(page) = store.ask(question).await? else { return Err(store::unexpected()) };
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for snapshot in page.iter().filter_map(|(_, stored)| stored.snapshot.as_deref()) {
            let order: Order = serde_json::from_str(snapshot)
                .map_err(|error| Failure::failed(format!("a stored order cannot be read: {error}")))?;
            let placed = order.placed_at.map_or(0, |at| at.utc_seconds());
            if placed.saturating_mul(1_000_000) >= since {
                work(order);
            }
        }
    }
}

/// The sources that rules are limited to. One that is not configured would find nothing without a word.
fn named<'a>(risk: &'a Risk, config: &Config) -> Outcome<Vec<&'a str>> {
    let mut named: Vec<&str> =
        risk.rules().rules.iter().flat_map(|rule| &rule.sources).map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    match named.iter().find(|name| !config.source.iter().any(|source| source.id == **name)) {
        Some(unknown) => {
            Err(Failure::usage(format!("a rule is for source `{unknown}`, which is not configured")))
        }
        None => Ok(named),
    }
}

/// Orders with the sources that told them, of those named.
type ToldBy<'a> = HashMap<[String; 3], Vec<&'a str>>;

/// Which orders placed since a time each of these sources told.
async fn told_by<'a>(store: &dyn Backbone, named: Vec<&'a str>, since: i64) -> Outcome<ToldBy<'a>> {
    let mut told = ToldBy::new();
    // What was placed since then was told since then, but for clocks that differ.
    let since = since.saturating_sub(DAY);
    for source in named {
        let mut after = 0;
        loop {
            let question = Question::Told {
                source: source.to_owned(),
                kind: HistoryKind::Order,
                since,
                after,
                limit: PAGE,
            };
            let Answer::Told(page) = store.ask(question).await? else { return Err(store::unexpected()) };
            let Some(last) = page.last() else { break };
            after = last.place;
            for HistoryKey { platform, shop, number, .. } in page.into_iter().map(|told| told.key) {
                told.entry([platform.to_string(), shop.to_string(), number]).or_default().push(source);
            }
        }
    }
    Ok(told)
}

fn hold_against(
    risk: &Risk,
    order: &Order,
    told: &ToldBy<'_>,
    examples: usize,
    counts: &mut BTreeMap<String, Count>,
) {
    let Source { platform, shop, .. } = &order.source;
    let by = told.get(&[platform.clone(), shop.clone(), order.order_no.clone()]);
    // Told by none that a rule names: the rules for all remain.
    let sources = by.map_or(&[""][..], Vec::as_slice);
    let mut found: Vec<RiskTag> = Vec::new();
    for source in sources {
        for tag in risk.findings(order, &About { source, at: clock::now() }) {
            if !found.iter().any(|known| known.rule == tag.rule) {
                found.push(tag);
            }
        }
    }
    for tag in &found {
        let count = counts.entry(tag.rule.clone()).or_default();
        count.severity = tag.severity.as_str();
        count.tagged += 1;
        if !order.risk_tags.iter().any(|known| known.rule == tag.rule) {
            count.new += 1;
        }
        if count.examples.len() < examples {
            count.examples.push(order.order_no.clone());
        }
    }
    for tag in order.risk_tags.iter().filter(|tag| tag.rule != crate::enrich::sku::UNMAPPED) {
        if !found.iter().any(|known| known.rule == tag.rule) {
            counts.entry(tag.rule.clone()).or_default().gone += 1;
        }
    }
}

fn show(orders: u64, counts: BTreeMap<String, Count>, out: &mut Out) -> Outcome {
    let mut rows = table(&["rule", "severity", "orders", "new", "gone", "such as"]);
    for (rule, count) in counts {
        let holds =
            [RiskSeverity::Review, RiskSeverity::Block].iter().any(|it| it.as_str() == count.severity);
        if out.for_people() {
            rows.add_row(vec![
                rule,
                count.severity.to_owned(),
                count.tagged.to_string(),
                count.new.to_string(),
                count.gone.to_string(),
                plain(&count.examples.join(" ")),
            ]);
            continue;
        }
        out.json(&json!({
            "rule": rule, "severity": count.severity, "holds": holds, "orders": count.tagged,
            "new": count.new, "gone": count.gone, "examples": count.examples,
        }))?;
    }
    if out.for_people() {
        out.table(&rows)?;
        out.line(format_args!("{orders} orders looked at; nothing was changed"))?;
    } else {
        out.json(&json!({"looked_at": orders}))?;
    }
    Ok(Exit::Done)
}
