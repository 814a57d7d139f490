//! The sink: a batch is one transaction; when a value in it is refused, halves are tried until the one that holds it
//! stands alone.

use crossdock_connector::{BoxFuture, Delivery, Error, ErrorKind, Outcome, Repeat, Sink};

use crate::config::Config;
use crate::failure::{Became, Failure};
use crate::pool::{Lease, Pool};
use crate::record::Record;
use crate::write::{self, Written};

/// The sink. It connects with the first batch, because building does no I/O.
pub(crate) struct PostgresSink {
    pool: Pool,
}

impl PostgresSink {
    pub(crate) fn new(config: Config) -> Self {
        Self { pool: Pool::new(config) }
    }

    /// Hands records over; each gets its outcome in `outcomes`, by its place.
    async fn hand_over(&self, records: &[Record], outcomes: &mut [Option<Outcome>]) {
        let records: Vec<&Record> = records.iter().collect();
        let lease = match self.pool.lease().await {
            Ok(lease) => lease,
            Err(failure) => return settle(&records, &failure, outcomes),
        };
        // The last part is the next: what came first is written first.
        let mut parts: Vec<&[&Record]> = vec![&records];
        while let Some(part) = parts.pop() {
            match write::write(&lease.connection, part).await {
                Ok(written) => delivered(part, &written, outcomes),
                Err(failure) if failure.became == Became::Refused => {
                    if part.len() > 1 {
                        let (first, second) = part.split_at(part.len() / 2);
                        parts.extend([second, first]);
                    } else {
                        settle(part, &failure, outcomes);
                    }
                    if let Err(failure) = lease.connection.roll_back().await {
                        return abandon(lease, &parts, &failure, outcomes);
                    }
                }
                Err(failure) => {
                    settle(part, &failure, outcomes);
                    return abandon(lease, &parts, &failure.untried(), outcomes);
                }
            }
        }
        lease.give_back();
    }
}

/// Ends a hand-over whose connection can no longer be trusted.
fn abandon(lease: Lease<'_>, parts: &[&[&Record]], failure: &Failure, outcomes: &mut [Option<Outcome>]) {
    drop(lease);
    parts.iter().for_each(|part| settle(part, failure, outcomes));
}

fn delivered(part: &[&Record], written: &Written, outcomes: &mut [Option<Outcome>]) {
    for record in part {
        let outcome =
            if written.contains(&record.event_id) { Outcome::Delivered } else { Outcome::AlreadyThere };
        set(outcomes, record, outcome);
    }
}

fn settle(part: &[&Record], failure: &Failure, outcomes: &mut [Option<Outcome>]) {
    part.iter().for_each(|record| set(outcomes, record, failure.outcome()));
}

fn set(outcomes: &mut [Option<Outcome>], record: &Record, outcome: Outcome) {
    if let Some(place) = outcomes.get_mut(record.place) {
        *place = Some(outcome);
    }
}

impl Sink for PostgresSink {
    fn deliver<'a>(&'a self, batch: &'a [Delivery]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(batch.len());
            let mut records = Vec::with_capacity(batch.len());
            for (place, delivery) in batch.iter().enumerate() {
                match Record::read(place, &delivery.event) {
                    Ok(record) => {
                        records.push(record);
                        outcomes.push(None);
                    }
                    Err(error) => outcomes.push(Some(Outcome::Rejected(error))),
                }
            }
            if !records.is_empty() {
                self.hand_over(&records, &mut outcomes).await;
            }
            let silent = || {
                let what = "nothing was said about this event";
                Outcome::Uncertain(Error::new(ErrorKind::Bug, what))
            };
            outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(silent)).collect()
        })
    }

    fn repeat(&self) -> Repeat {
        Repeat::Upsert
    }
}
