//! Letting an order go that the rules hold: a capture of the hub's own source, durable and in the order's history.

use crossdock_schemas::{Channel, HistoryKind, Hold, Order, OrderRef, Ts};
use serde_json::json;

use super::super::repair::Repairer;
use super::super::timeline::find;
use super::super::{Exit, Failure, GOOD, Global, Out, Outcome, block_on, store};
use crate::backbone::{Backbone, HistoryKey};
use crate::clock;
use crate::enrich::{INTERNAL, Release};

/// Arguments of `risk release`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the rules found is looked at as done; another finding, a stricter one or another version of the rules holds the
order again. A hold of the platform's own stays.

EXAMPLE
  crossdock risk release taobao-flagship 4012345678901234567 --by night-shift")]
pub(super) struct Args {
    /// A source id, a platform, or platform/shop
    #[arg(value_name = "SOURCE")]
    place: String,
    /// The order's number
    #[arg(value_name = "ORDER_NO")]
    number: String,
    /// Who lets it go: a word of the company's own, it is part of the order's history
    #[arg(long, value_name = "WORD", default_value = "operator")]
    by: String,
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if args.by.is_empty() || args.by.len() > 64 || !args.by.bytes().all(word) {
        return Err(Failure::usage("--by takes up to 64 letters, digits, - _ and ."));
    }
    block_on(async {
        let config = global.read()?;
        let key = {
            let store = store::reading(&config)?;
            let key = find::one(&store, HistoryKind::Order, &args.place, &args.number).await?.key.clone();
            if !holds(&store, &key).await?.contains(&Hold::Risk) {
                return Err(Failure::failed(format!("no risk rule holds order {}", key.number)));
            }
            key
        };
        let release = Release {
            order: OrderRef {
                platform: key.platform.to_string(),
                shop: key.shop.to_string(),
                order_no: key.number.clone(),
            },
            at: Ts::utc(clock::now()),
            by: args.by.clone(),
        };
        let captured = release.capture().map_err(Failure::failed)?;
        let mut repairer = Repairer::new(global, &config).await?;
        let stored = repairer.capture_by(INTERNAL, Channel::Manual, vec![captured]).await;
        repairer.close().await?;
        stored?;
        let left = holds(&store::reading(&config)?, &key).await?;
        if left.contains(&Hold::Risk) {
            return Err(Failure::failed(format!(
                "order {} is still held: the platform holds it too, or it changed meanwhile",
                key.number
            )));
        }
        if out.for_people() {
            let released = out.paint(GOOD, "released:");
            out.line(format_args!("{released} order {}", key.number))?;
        } else {
            out.json(&json!({"released": key.number, "hold": left}))?;
        }
        Ok(Exit::Done)
    })
}

async fn holds(store: &dyn Backbone, key: &HistoryKey) -> Outcome<Vec<Hold>> {
    let states = store.load(vec![key.clone()]).await?;
    let snapshot = states.into_iter().flatten().find_map(|state| state.snapshot);
    let Some(snapshot) = snapshot else { return Ok(Vec::new()) };
    let order: Order = serde_json::from_str(&snapshot)
        .map_err(|error| Failure::failed(format!("the stored order cannot be read: {error}")))?;
    Ok(order.status.hold)
}
