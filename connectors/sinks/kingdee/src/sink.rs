//! The sink: which deliveries go together, and what is said.

use std::sync::Arc;

use crossdock_connector::{Context, Delivery, Exchange, HttpSink, Repeat, Step};

use crate::call::Caller;
use crate::config::Config;
use crate::plan::Plan;
use crate::talk::Talk;

/// Writes bills.
pub(crate) struct KingdeeSink {
    pub(crate) config: Config,
    pub(crate) caller: Arc<Caller>,
}

impl HttpSink for KingdeeSink {
    /// New orders go together. Everything else takes its own way through the steps and goes alone; so does the second
    /// event about a bill.
    fn together(&self, batch: &[Delivery]) -> usize {
        let most = usize::try_from(self.config.batch).unwrap_or(1);
        let mut numbers = Vec::new();
        for delivery in batch.iter().take(most) {
            match Plan::of(&self.config, delivery) {
                Ok(Some(plan)) if !plan.is_plain() || numbers.contains(&plan.number) => break,
                Ok(Some(plan)) => numbers.push(plan.number),
                // Nothing is said about it: it keeps nobody waiting.
                Ok(None) | Err(_) => numbers.push(String::new()),
            }
        }
        numbers.len().max(1)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let mut talk = Talk::new(&self.config, batch);
        for exchange in past {
            talk.hear(exchange);
        }
        talk.say(&self.caller, context)
    }

    /// A second save with the same number is refused, but one whose answer got lost is not known to have arrived.
    fn repeat(&self) -> Repeat {
        Repeat::QueryFirst
    }

    /// Milestones have no place on these bills.
    fn takes(&self) -> &'static [&'static str] {
        &["order.*", "refund.*", "return.*", "parcel.created", "parcel.linked", "parcel.cancelled"]
    }
}
