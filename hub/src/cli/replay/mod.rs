//! `replay`: events are handed off to a sink again, because people want it.

mod matching;

use serde_json::json;

use super::out::{self, count, say, thousands};
use super::picks::Picks;
use super::repair::{Repairer, open};
use super::when::Stretch;
use super::{Exit, FAINT, Failure, GOOD, Global, Out, Outcome, STRONG, store};
use crate::backbone::{Answer, Backbone, Question, Replay, Seq};
use crate::handoff::filter::Filter;
use crate::operate::{Order, ReplayOrder};
use matching::Matched;

/// Events a second when nobody says how many.
const PACE: u32 = 100;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Events that a sink had are handed off once more: as class `r`, behind live ones, at a pace of their own, and only
those that the sink's own filter takes. What still waits or is parked has its own way and is left alone. A sink that
replaces what it has gets of each key only what is not older than that; the rest counts as superseded. --from and --to
look at when an event was recorded here.

EXAMPLES
  crossdock replay --sink erp --from 2026-11-20 --to 2026-11-21 --dry-run      how many would that be?
  crossdock replay --sink erp --from 2h --events 'order.*'
  crossdock replay --sink wms --key 2987654321012345 --key 2987654321012346
  crossdock replay --sink erp --all --where order.currency=USD --per-second 20
  crossdock replay --list
  crossdock replay --stop 3")]
pub(super) struct Args {
    /// Which sink
    #[arg(long, required_unless_present_any = ["list", "stop"], value_name = "ID")]
    sink: Option<String>,
    #[command(flatten)]
    stretch: Stretch,
    /// Only of this order, case or tracking number, or published key; as often as needed
    #[arg(long = "key", visible_alias = "number", value_name = "NO")]
    keys: Vec<String>,
    #[command(flatten)]
    picks: Picks,
    /// The whole log
    #[arg(long)]
    all: bool,
    /// Most events a second
    #[arg(long, value_name = "N", default_value_t = PACE, value_parser = clap::value_parser!(u32).range(1..))]
    per_second: u32,
    /// Only say how many it would be
    #[arg(long)]
    dry_run: bool,
    /// Lists replays under way
    #[arg(long, conflicts_with_all = ["sink", "stop", "dry_run"])]
    list: bool,
    /// Ends a replay where it stands
    #[arg(long, value_name = "NO", conflicts_with_all = ["sink", "dry_run"])]
    stop: Option<i64>,
}

pub(super) async fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    if args.list {
        return list(global, out).await;
    }
    if let Some(id) = args.stop {
        return stop(id, global, out).await;
    }
    let filter = args.picks.filter()?;
    let sink = args.sink.clone().unwrap_or_default();
    if !args.all && args.stretch.is_empty() && args.keys.is_empty() && args.picks.is_empty() {
        return Err(Failure::usage("which events? Give --from, --to, --key, --events, --where or --all"));
    }
    begin(args, &sink, &filter, global, out).await
}

async fn begin(args: &Args, sink: &str, filter: &Filter, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    if !config.sink.iter().any(|known| known.id == sink) {
        let known: Vec<&str> = config.sink.iter().map(|sink| sink.id.as_str()).collect();
        return Err(Failure::usage(format!("no sink `{sink}`: {}", known.join(", "))));
    }
    // Taking the store first also makes its copy of the sink's filter the configured one.
    let repairer = if args.dry_run { None } else { Some(Repairer::new(global, &config).await?) };
    let (after, upto) = args.stretch.of_log(&store).await?;
    let matched = matching::matched(&store, sink, filter, &args.keys, after, upto).await;
    let order = |matched: &Matched| ReplayOrder {
        sink: sink.to_owned(),
        after: matched.after,
        upto: matched.upto,
        filter: filter.to_text(),
        numbers: args.keys.clone(),
        per_second: Some(args.per_second),
    };
    let (matched, id, runs) = match repairer {
        None => (matched?, None, false),
        Some(mut repairer) => {
            let runs = repairer.is_running();
            let outcome = match matched {
                Ok(matched) if matched.events > 0 => {
                    let begun = repairer.carry_out(Order::Replay(order(&matched))).await;
                    begun.map(|id| (matched, Some(id)))
                }
                other => other.map(|matched| (matched, None)),
            };
            repairer.close().await?;
            let (matched, id) = outcome?;
            (matched, id, runs)
        }
    };
    told(args, sink, &matched, id, runs, out)
}

fn told(args: &Args, sink: &str, matched: &Matched, id: Option<u64>, runs: bool, out: &mut Out) -> Outcome {
    if !out.for_people() {
        out.json(&json!({
            "replay": id, "sink": sink, "matched": matched.events, "busy": matched.busy,
            "looked_at": matched.looked_at, "after": matched.after, "upto": matched.upto,
            "per_second": args.per_second,
        }))?;
        return Ok(Exit::Done);
    }
    let events = out.paint(STRONG, count(matched.events, "event"));
    out.line(format_args!("{events} of {} match at {sink}", thousands(matched.looked_at)))?;
    if matched.busy > 0 {
        let busy = count(matched.busy, "event");
        out.line(format_args!("{busy} more still wait or are parked there: left alone"))?;
    }
    let Some(id) = id else {
        if args.dry_run {
            say("nothing was changed");
        }
        return Ok(Exit::Done);
    };
    let seconds = matched.events.div_ceil(u64::from(args.per_second));
    let begun = match runs {
        true => format!("replay {id} has begun"),
        false => format!("replay {id} is noted and begins when the hub runs"),
    };
    let begun = out.paint(GOOD, begun);
    out.line(format_args!(
        "{begun}: class r, at most {} a second, about {}",
        args.per_second,
        span(seconds)
    ))?;
    let hint = out.paint(
        FAINT,
        format_args!("crossdock replay --list shows how far it is, crossdock replay --stop {id} ends it"),
    );
    out.line(hint)?;
    Ok(Exit::Done)
}

fn span(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

async fn replays(store: &dyn Backbone) -> Outcome<Vec<Replay>> {
    match store.ask(Question::Replays).await? {
        Answer::Replays(replays) => Ok(replays),
        _ => Err(store::unexpected()),
    }
}

async fn list(global: &Global, out: &mut Out) -> Outcome {
    let (_, store) = open(global)?;
    let found = replays(&store).await?;
    if found.is_empty() && out.for_people() {
        out.line("No replay is under way.")?;
        return Ok(Exit::Done);
    }
    let mut rows = out::table(&["replay", "sink", "looked at", "a second", "of", "picks"]);
    for replay in found {
        let (done, whole) = progress(&replay);
        if !out.for_people() {
            let mut value = json!(replay);
            if let Some(object) = value.as_object_mut() {
                object.insert("looked_at".into(), done.into());
                object.insert("of".into(), whole.into());
            }
            out.json(&value)?;
            continue;
        }
        let percent = (done * 100).checked_div(whole).unwrap_or(100);
        rows.add_row(vec![
            replay.id.to_string(),
            replay.sink.clone(),
            format!("{} of {} ({percent} %)", thousands(done), thousands(whole)),
            replay.per_second.map_or_else(|| PACE.to_string(), |pace| pace.to_string()),
            if replay.numbers.is_empty() { "all keys".into() } else { replay.numbers.join(" ") },
            picks(&replay.filter),
        ]);
    }
    if out.for_people() {
        out.table(&rows)?;
    }
    Ok(Exit::Done)
}

/// How many events of its stretch were looked at, and how many there are.
fn progress(replay: &Replay) -> (u64, u64) {
    let between = |from: Seq, to: Seq| u64::try_from(to.saturating_sub(from)).unwrap_or(0);
    (between(replay.after, replay.place.low.min(replay.upto)), between(replay.after, replay.upto))
}

fn picks(text: &str) -> String {
    match Filter::from_text(text) {
        Ok(filter) if filter == Filter::default() => "everything".into(),
        Ok(filter) => {
            let Filter { events, sources, platforms, classes, conditions } = filter;
            let mut words = [events, sources, platforms, classes].concat();
            words.extend(conditions.into_iter().map(|condition| format!("where {}", condition.path)));
            words.join(" ")
        }
        Err(problem) => problem,
    }
}

async fn stop(id: i64, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    if !replays(&store).await?.iter().any(|replay| replay.id == id) {
        return Err(Failure::failed(format!(
            "no replay {id} is under way: crossdock replay --list shows those that are"
        )));
    }
    let mut repairer = Repairer::new(global, &config).await?;
    let stopped = repairer.carry_out(Order::StopReplay(id)).await;
    repairer.close().await?;
    let stopped = stopped?;
    if out.for_people() {
        out.line(match stopped {
            0 => format!("replay {id} had come to its end"),
            _ => format!("replay {id} stopped; what it had begun is still handed off"),
        })?;
    } else {
        out.json(&json!({"stopped": stopped}))?;
    }
    Ok(Exit::Done)
}
