//! `nats setup`: the plan, then doing it.

use serde_json::json;

use crate::cli::{BAD, Exit, FAINT, Failure, GOOD, Out, Outcome, WARN, say};
use crate::config::Config;
use crate::nats::Names;
use crate::nats::setup::{Action, Needs, Step, apply, plan};

/// Arguments of `nats setup`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// Also change what exists
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: &Args, config: &Config, out: &mut Out) -> Outcome {
    let link = super::link(config, "setup").await?;
    let names = Names::new(&config.tenant);
    let queues: Vec<&str> =
        config.source.iter().filter(|source| source.queue).map(|source| source.id.as_str()).collect();
    let needs = Needs { names: &names, nats: &config.nats, queues: &queues, store: config.data.backbone };
    let steps = plan(&link, &needs).await?;
    for step in &steps {
        show(step, out)?;
    }
    out.flush()?;
    let has = |action: Action| steps.iter().any(|step| step.action == action);
    if has(Action::Refuse) {
        return Err(Failure::failed(
            "the servers cannot change this in what exists, so nothing was done: use another tenant, or delete it \
             (`nats stream rm`, `nats consumer rm`) and run this again; with the embedded backbone the hub fills the \
             stream again from its log",
        ));
    }
    if args.dry_run {
        say("nothing was done");
        return Ok(Exit::Done);
    }
    if has(Action::Change) && !args.yes {
        return Err(Failure::usage("this changes what exists, so nothing was done: add --yes to do it"));
    }
    apply(&link, &steps, &config.nats).await?;
    // What counts is what the servers have now.
    let left = plan(&link, &needs).await?;
    if let Some(step) = left.iter().find(|step| step.action != Action::Keep) {
        return Err(Failure::failed(format!(
            "{} {} is still not as it must be",
            step.kind.as_str(),
            step.name
        )));
    }
    say(if steps.iter().all(|step| step.action == Action::Keep) {
        "everything is as it must be"
    } else {
        "done; everything is as it must be"
    });
    Ok(Exit::Done)
}

fn show(step: &Step, out: &mut Out) -> Outcome<()> {
    let (word, style) = match step.action {
        Action::Create => ("create", GOOD),
        Action::Change => ("change", WARN),
        Action::Keep => ("keep", FAINT),
        Action::Refuse => ("refused", BAD),
    };
    if !out.for_people() {
        let fields: Vec<_> = step
            .fields
            .iter()
            .map(|field| json!({"field": field.field, "have": field.have, "wanted": field.wanted}))
            .collect();
        out.json(&json!({
            "action": word, "kind": step.kind.as_str(), "name": step.name, "stream": step.stream, "fields": fields,
        }))?;
        return Ok(());
    }
    let of = step.stream.as_ref().map(|stream| format!(" of {stream}")).unwrap_or_default();
    let word = out.paint(style, format_args!("{word:8}"));
    out.line(format_args!("{word}{} {}{of}", step.kind.as_str(), step.name))?;
    for field in &step.fields {
        match step.action {
            Action::Create => out.line(format_args!("          {}: {}", field.field, field.wanted))?,
            Action::Change | Action::Keep | Action::Refuse => {
                out.line(format_args!("          {}: {} → {}", field.field, field.have, field.wanted))?;
            }
        }
    }
    Ok(())
}
