//! `run`: the hub, until somebody stops it.

use serde_json::json;

use super::out::say;
use super::{Exit, FAINT, Failure, Global, Out, Outcome, STRONG, block_on};
use crate::config::Loaded;
use crate::hub::Hub;
use crate::telemetry;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Ctrl-C or SIGTERM stops it: intake first, then what was taken is folded, written and handed off, at most
until the configured deadline. Nothing that was acknowledged is lost by a harder end.

EXAMPLES
  crossdock run
  crossdock run --config config/examples/one-machine.toml --data /var/lib/crossdock")]
pub(super) struct Args {}

pub(super) fn run(_: &Args, global: &Global, out: &mut Out) -> Outcome {
    let loaded = global.load()?;
    use_ring();
    // Before the runtime: the exporter brings a blocking client, which must not start inside one.
    let guard = telemetry::start(&loaded.config.telemetry).map_err(Failure::usage)?;
    let outcome = block_on(serve(loaded, out));
    guard.shutdown();
    outcome
}

/// Makes `ring` the TLS provider of clients that do not name one.
fn use_ring() {
    // An error says that there is one already, which is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
}

async fn serve(loaded: Loaded, out: &mut Out) -> Outcome {
    let sources: Vec<String> = loaded
        .sources
        .iter()
        .filter(|source| source.parts.push.is_some())
        .map(|source| source.id.to_string())
        .collect();
    let dir = loaded.config.data.dir.clone();
    // The signals are taken before anything starts, so that none is missed.
    let mut stop = Stop::new()?;
    // A start may wait for a cluster; whoever stops it meanwhile stops nothing that was acknowledged.
    let hub = tokio::select! {
        started = Hub::start(loaded) => started?,
        signal = stop.wait() => {
            say(format_args!("{signal}: stopped before it had started"));
            return Ok(Exit::Done);
        }
    };
    announce(&hub, &sources, &dir.display().to_string(), out)?;
    let broken = tokio::select! {
        signal = stop.wait() => { say(format_args!("{signal}: stopping")); None }
        words = hub.broken() => { say(format_args!("stopping: {words}")); Some(words) }
    };
    let stopped = hub.shutdown().await;
    if let Some(words) = broken {
        return Err(Failure::failed(words));
    }
    stopped?;
    say("stopped");
    Ok(Exit::Done)
}

fn announce(hub: &Hub, sources: &[String], data: &str, out: &mut Out) -> Outcome<()> {
    let url = |source: &String| format!("http://{}/in/{source}", hub.webhook);
    if out.for_people() {
        let title = out.paint(STRONG, "crossdock is running");
        out.line(title)?;
        out.line(format_args!("  data      {data}"))?;
        out.line(format_args!("  webhooks  http://{}", hub.webhook))?;
        for source in sources {
            out.line(format_args!("            {source}: {}", url(source)))?;
        }
        match hub.admin {
            Some(admin) => {
                out.line(format_args!("  operators http://{admin} (/healthz, /readyz, /metrics)"))?
            }
            None => out.line("  operators (turned off)")?,
        }
        let hint = out.paint(FAINT, "Ctrl-C stops it");
        out.line(hint)?;
    } else {
        let sources: Vec<_> =
            sources.iter().map(|source| json!({"source": source, "url": url(source)})).collect();
        let admin = hub.admin.map(|admin| format!("http://{admin}"));
        out.json(&json!({"running": true, "data": data, "webhook": format!("http://{}", hub.webhook),
            "admin": admin, "sources": sources}))?;
    }
    out.flush()?;
    Ok(())
}

/// Waits for somebody to stop us.
pub(super) struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    pub(super) fn new() -> Outcome<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                .map_err(|error| Failure::failed(format!("cannot wait for signals: {error}")))?,
        })
    }

    /// The name of the signal that came.
    pub(super) async fn wait(&mut self) -> &'static str {
        #[cfg(unix)]
        tokio::select! {
            result = tokio::signal::ctrl_c() => { drop(result); "SIGINT" }
            _ = self.terminate.recv() => "SIGTERM",
        }
        #[cfg(not(unix))]
        {
            drop(tokio::signal::ctrl_c().await);
            "Ctrl-C"
        }
    }
}
