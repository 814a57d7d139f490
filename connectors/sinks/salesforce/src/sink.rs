//! The sink: which events go together, and how long the org wants no further call.

use std::collections::BTreeSet;
use std::time::Duration;

use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Exchange, HttpResponse, HttpSink, Outcome, Repeat, Result, Step,
};

use crate::api::Api;
use crate::config::Config;
use crate::{converse, plan, quota};

/// A conversation holds no more lines than this, unless one order alone does: each two hundred are a call.
const MOST_LINES: usize = 800;

/// The sink with its checked settings.
pub(crate) struct SalesforceSink {
    config: Config,
}

impl SalesforceSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        Ok(Self { config })
    }
}

impl HttpSink for SalesforceSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        let most = usize::try_from(self.config.batch).unwrap_or(1);
        let mut keys = BTreeSet::new();
        let mut lines = 0_usize;
        let mut count = 0_usize;
        for delivery in batch.iter().take(most) {
            let order = plan::of(&self.config, delivery).ok().and_then(|plan| plan.order);
            lines = lines.saturating_add(order.map_or(0, |order| order.lines.len()));
            // The records of one call have to be distinct.
            if count > 0 && (!keys.insert(delivery.event.key.as_str()) || lines > MOST_LINES) {
                break;
            }
            keys.insert(delivery.event.key.as_str());
            count += 1;
        }
        count.max(1)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        match context.token() {
            Ok(token) => converse::step(&Api { config: &self.config, token }, batch, past),
            Err(error) => {
                let words = error.to_string();
                Step::all(batch, || {
                    Outcome::from_error(crossdock_connector::Error::new(error.kind(), words.clone()))
                })
            }
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::Upsert
    }

    fn takes(&self) -> &'static [&'static str] {
        &[
            "order.*",
            "refund.*",
            "return.*",
            "exchange.*",
            "parcel.created",
            "parcel.linked",
            "parcel.status_changed",
            "parcel.eta_changed",
            "parcel.cancelled",
            "milestone.*",
        ]
    }

    fn wants(&self) -> &'static [&'static str] {
        &["milestone.*"]
    }

    fn pause(&self, reply: &HttpResponse) -> Option<Duration> {
        quota::pause(reply, &self.config)
    }
}
