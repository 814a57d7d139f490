//! Logs, traces and metrics: the hub emits, connectors do not.

pub mod live;
pub mod metrics;
pub mod panics;
mod trace;

use std::io::IsTerminal;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use trace::{child_span, new_traceparent, traceparent_of};

use crate::config::{LogFormat, Telemetry};

/// Keeps telemetry alive; flushes it when it is shut down.
pub struct Guard {
    traces: Option<SdkTracerProvider>,
}

impl Guard {
    /// Sends what is left.
    pub fn shutdown(self) {
        if let Some(traces) = self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(error = %error, "traces could not be sent at shutdown");
        }
    }
}

/// Starts logs and, when configured, traces. Logs go to stderr.
///
/// # Errors
/// What is wrong with the settings.
pub fn start(settings: &Telemetry) -> Result<Guard, String> {
    let filter = || EnvFilter::try_new(&settings.level).map_err(|error| format!("telemetry.level: {error}"));
    let for_people = match settings.logs {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let logs = match for_people {
        true => tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .with_filter(filter()?)
            .boxed(),
        false => tracing_subscriber::fmt::layer()
            .json()
            .with_writer(std::io::stderr)
            .with_filter(filter()?)
            .boxed(),
    };
    let (spans, traces) = if settings.otlp.is_empty() {
        (None, None)
    } else {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(crate::http::blocking_client()?)
            .with_endpoint(format!("{}/v1/traces", settings.otlp.trim_end_matches('/')))
            .build()
            .map_err(|error| format!("telemetry.otlp: {error}"))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name("crossdock").build())
            .build();
        let tracer = provider.tracer("crossdock");
        let spans_only = Targets::new().with_target(trace::TARGET, LevelFilter::DEBUG);
        (Some(tracing_opentelemetry::layer().with_tracer(tracer).with_filter(spans_only)), Some(provider))
    };
    tracing_subscriber::registry()
        .with(logs)
        .with(spans)
        .try_init()
        .map_err(|error| format!("telemetry was started twice: {error}"))?;
    Ok(Guard { traces })
}
