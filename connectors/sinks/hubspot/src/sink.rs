//! The sink: which events go together, and how long the vendor wants to be left alone.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::tz::TimeZone;

use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Exchange, HttpResponse, HttpSink, Repeat, Result, Step,
};

use crate::batch::Api;
use crate::config::Config;
use crate::converse;
use crate::error::Reader;
use crate::{plan, quota};

/// A conversation holds no more line items than this, unless one order alone does: each hundred is a call.
const MOST_LINES: usize = 400;

/// The sink with its checked settings.
pub(crate) struct HubspotSink {
    config: Config,
    zone: TimeZone,
}

impl HubspotSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let zone = config.zone()?;
        Ok(Self { config, zone })
    }
}

impl HttpSink for HubspotSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        let most = usize::try_from(self.config.batch).unwrap_or(1);
        let mut orders = BTreeSet::new();
        let mut lines = 0_usize;
        let mut count = 0_usize;
        for delivery in batch.iter().take(most) {
            if let Ok(plan) = plan::of(&self.config, delivery) {
                lines = lines.saturating_add(plan.lines.len());
                // The records of one batch have to be distinct.
                let fresh = plan.orders.iter().all(|order| orders.insert(order.clone()));
                if count > 0 && (!fresh || lines > MOST_LINES) {
                    break;
                }
            }
            count += 1;
        }
        count.max(1)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let reader = Reader { zone: &self.zone, now: context.now, renewable: self.config.oauth.is_some() };
        let token = if self.config.oauth.is_some() { context.token } else { None };
        let api = Api { config: &self.config, token, reader };
        converse::step(&api, batch, past)
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
            "parcel.cancelled",
            "milestone.*",
        ]
    }

    fn wants(&self) -> &'static [&'static str] {
        &["milestone.*"]
    }

    fn pause(&self, reply: &HttpResponse) -> Option<Duration> {
        quota::pause(reply, &self.zone, None)
    }
}
