//! The stream of the servers and the log of the backbone, as the survey looks at them.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream as JetStream};
use futures_util::StreamExt;

use super::Trouble;
use super::survey::{Id, Log, State, Stream, id_of};
use crate::backbone::{Answer, Backbone, BackboneError, Micros, Question, Seq, StoredEvent};
use crate::nats::Link;

/// Message ids read in one request.
const TOGETHER: usize = 5000;

/// A message of the stream as an audit sees it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its place.
    pub(super) place: u64,
    /// Its id, when it is one of ours.
    pub(super) id: Option<Id>,
}

/// The stream of a tenant.
pub(super) struct Broker {
    /// The connection.
    pub(super) link: Link,
    /// The stream.
    pub(super) stream: JetStream,
    /// Subjects of canonical events.
    pub(super) events: String,
}

/// The id in a message's headers.
fn id_in(headers: &HeaderMap) -> Option<Id> {
    id_of(headers.get(async_nats::header::NATS_MESSAGE_ID)?.as_str())
}

impl Broker {
    fn away(&self, what: &str, error: &dyn std::fmt::Display) -> Trouble {
        Trouble::Away(self.link.explain(what, error))
    }

    /// Everything of ours and of others after a place, in order, without bodies.
    ///
    /// # Errors
    /// When the servers do not give it, or not all of it.
    pub(super) async fn read(&self, after: u64, mut each: impl FnMut(Found)) -> Result<(), Trouble> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: after.saturating_add(1).max(1) },
            ack_policy: AckPolicy::None,
            filter_subject: self.events.clone(),
            headers_only: true,
            memory_storage: true,
            num_replicas: 1,
            inactive_threshold: Duration::from_secs(30),
            ..pull::Config::default()
        };
        let consumer: PullConsumer = self
            .stream
            .create_consumer(config)
            .await
            .map_err(|error| self.away("reading the stream", &error))?;
        // Nobody has to be allowed to delete it: it goes away by itself.
        self.drain(&consumer, &mut each).await
    }

    async fn drain(&self, consumer: &PullConsumer, each: &mut impl FnMut(Found)) -> Result<(), Trouble> {
        if consumer.cached_info().num_pending == 0 {
            return Ok(());
        }
        let mut expected = 1;
        loop {
            let batch =
                consumer.fetch().max_messages(TOGETHER).expires(Duration::from_secs(10)).messages().await;
            let mut batch = batch.map_err(|error| self.away("reading the stream", &error))?;
            let mut got = false;
            while let Some(message) = batch.next().await {
                let message = message.map_err(|error| self.away("reading the stream", &error))?;
                let info = message.info().map_err(|error| self.away("reading the stream", &error))?;
                if info.consumer_sequence != expected {
                    return Err(Trouble::Away("reading the stream: messages got lost on the way".to_owned()));
                }
                expected += 1;
                got = true;
                let id = message.headers.as_ref().and_then(id_in);
                each(Found { place: info.stream_sequence, id });
                if info.pending == 0 {
                    return Ok(());
                }
            }
            if !got {
                return Err(Trouble::Away("reading the stream: the servers stopped giving it".to_owned()));
            }
        }
    }
}

impl Stream for Broker {
    type Error = Trouble;

    async fn state(&self) -> Result<State, Trouble> {
        let info =
            self.stream.get_info().await.map_err(|error| self.away("asking for the stream", &error))?;
        Ok(State {
            first: info.state.first_sequence,
            last: info.state.last_sequence,
            created: info.created.to_string(),
        })
    }

    async fn id_at(&self, place: u64) -> Result<Option<Id>, Trouble> {
        // From the leader: a replica may be behind.
        match self.stream.get_raw_message(place).await {
            Ok(message) => Ok(id_in(&message.headers)),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                LastRawMessageErrorKind::JetStream(said) if said.error_code().0 == 10037 => Ok(None),
                LastRawMessageErrorKind::InvalidSubject
                | LastRawMessageErrorKind::JetStream(_)
                | LastRawMessageErrorKind::Other => Err(self.away("asking for a message", &error)),
            },
        }
    }

    async fn ids(&self, after: u64) -> Result<Vec<(u64, Id)>, Trouble> {
        let last = self.state().await?.last;
        let mut ids = Vec::new();
        self.read(after, |found| ids.extend(found.id.map(|id| (found.place, id)))).await?;
        // Whoever gave them may be a replica that is behind; what it does not know of would be published twice.
        let read = ids.last().map_or(after, |(place, _)| *place);
        if read < last && self.id_at(last).await?.is_some() {
            return Err(Trouble::Away("a replica of the stream is behind the others".to_owned()));
        }
        Ok(ids)
    }
}

/// The log of a backbone.
pub(super) struct Events(pub(super) Arc<dyn Backbone>);

/// Id and time of a stored event.
pub(super) fn identity(stored: &StoredEvent) -> Option<(Id, Micros)> {
    Some((id_of(&stored.event.id)?, stored.recorded_at))
}

impl Log for Events {
    type Error = Trouble;

    async fn event(&self, seq: Seq) -> Result<Option<(Id, Micros)>, Trouble> {
        Ok(self.0.events_at(vec![seq]).await?.first().and_then(identity))
    }

    async fn place_at(&self, at: Micros) -> Result<Seq, Trouble> {
        match self.0.ask(Question::PlaceAt(at)).await? {
            Answer::Place(seq) => Ok(seq),
            _ => Err(BackboneError::Broken("the store answered another question".to_owned()).into()),
        }
    }
}
