//! `sku`: which SKUs of platforms no map of the company knows.

use std::collections::BTreeMap;

use crossdock_schemas::{Dec, HistoryKind, Order, OrderLine};
use serde_json::json;

use super::out::plain;
use super::{Exit, Failure, Global, Out, Outcome, block_on, store, table};
use crate::backbone::{Answer, Backbone, Question};
use crate::config::Config;
use crate::enrich::sku;

/// Arguments of `sku`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// SKUs in orders that no map knows, the most ordered first
    #[command(after_help = "\
A map is a CSV file with sku,item,pieces, or a table, under [[enrich.sku]]; see the default configuration. What the maps know by
now is not listed, also when its orders came before.

EXAMPLES
  crossdock sku unmapped
  crossdock sku unmapped --json | jq -r .sku")]
    Unmapped,
}

/// States read together.
const PAGE: usize = 256;

/// Platform, shop, seller's SKU, platform's variant and product.
type Name = [String; 5];

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let What::Unmapped = args.what;
    let config = global.read()?;
    let map = map(&config)?;
    let store = store::reading(&config)?;
    let found = block_on(unmapped(&store, &map))?;
    let mut found: Vec<(Name, (u64, Dec, String))> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let mut rows = table(&["shop", "sku", "variant", "product", "title", "lines", "pieces"]);
    for ([platform, shop, sku, variant, product], (lines, pieces, title)) in found {
        if out.for_people() {
            let shop = format!("{platform}/{shop}");
            // Texts of a platform: nothing in them may speak to the terminal.
            let [shop, sku, variant, product, title] =
                [shop, sku, variant, product, title].map(|text| plain(&text));
            rows.add_row(vec![shop, sku, variant, product, title, lines.to_string(), pieces.to_string()]);
            continue;
        }
        out.json(&json!({
            "platform": platform, "shop": shop, "sku": sku, "variant": variant, "product": product,
            "title": title, "lines": lines, "pieces": pieces,
        }))?;
    }
    if out.for_people() {
        out.table(&rows)?;
    }
    Ok(Exit::Done)
}

fn map(config: &Config) -> Outcome<sku::Map> {
    let mut map = sku::Map::default();
    for given in &config.enrich.sku {
        map.add(&given.source, given.entries().map_err(|(_, error)| Failure::usage(error))?);
    }
    Ok(map)
}

async fn unmapped(store: &dyn Backbone, map: &sku::Map) -> Outcome<BTreeMap<Name, (u64, Dec, String)>> {
    let mut found = BTreeMap::new();
    let mut after = 0;
    loop {
        let question = Question::States { kind: HistoryKind::Order, after, limit: PAGE };
        let Answer::States(page) = store.ask(question).await? else { return Err(store::unexpected()) };
        let Some((last, _)) = page.last() else { return Ok(found) };
        after = *last;
        for snapshot in page.iter().filter_map(|(_, stored)| stored.snapshot.as_deref()) {
            let order: Order = serde_json::from_str(snapshot)
                .map_err(|error| Failure::failed(format!("a stored order cannot be read: {error}")))?;
            for line in order.lines.iter().filter(|line| sku::is_unmapped(&order, line) && !map.knows(line)) {
                let count: &mut (u64, Dec, String) = found.entry(name(&order, line)).or_default();
                count.0 += 1;
                count.1 = count.1.checked_add(line.quantity).unwrap_or(count.1);
                count.2 = line.title.clone().unwrap_or_default();
            }
        }
    }
}

fn name(order: &Order, line: &OrderLine) -> Name {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        order.source.platform.clone(),
        order.source.shop.clone(),
        text(&line.sku),
        text(&line.variant_ref),
        text(&line.product_ref),
    ]
}
