//! Writing down what happened: ids, times and the members beside the snapshot.

use crossdock_schemas::identity::{event_id, ns};
use crossdock_schemas::{EventType, Source, Ts};

use super::normal::Mark;
use super::{Context, NewEvent};

/// Collects the events of one decision.
pub(super) struct Teller<'a> {
    cx: &'a Context<'a>,
    key: &'a str,
    revision: u64,
    idem_key: Option<&'a str>,
    fired: &'a mut Vec<Mark>,
    /// What was told so far.
    pub(super) events: Vec<NewEvent>,
}

/// Members beside the snapshot, shared by the events of a decision.
#[derive(Debug, Clone, Default)]
pub(super) struct Extra {
    text: String,
}

impl Extra {
    /// Adds a member whose value is JSON text.
    pub(super) fn with(mut self, name: &str, json: &str) -> Extra {
        self.text.push_str(",\"");
        self.text.push_str(name);
        self.text.push_str("\":");
        self.text.push_str(json);
        self
    }
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        cx: &'a Context<'a>,
        key: &'a str,
        revision: u64,
        idem_key: Option<&'a str>,
        fired: &'a mut Vec<Mark>,
    ) -> Self {
        Teller { cx, key, revision, idem_key, fired, events: Vec::with_capacity(3) }
    }

    /// Tells something that is new by being told: its discriminator is the revision.
    pub(super) fn tell(&mut self, event_type: EventType, time: Ts, extra: &Extra) {
        let discriminator = self.revision.to_string();
        self.tell_named(event_type, discriminator.as_bytes(), time, extra);
    }

    /// The id of the fact that a discriminator names.
    pub(super) fn id(&self, event_type: EventType, name: &[u8]) -> String {
        event_id(self.cx.tenant, event_type.as_str(), self.key, name)
    }

    /// Whether the fact that a discriminator names was told before.
    pub(super) fn was_told(&self, event_type: EventType, name: &[u8]) -> bool {
        self.fired.contains(&Mark::of(&self.id(event_type, name)))
    }

    /// Tells a fact that its discriminator names and that the caller knows to be new.
    pub(super) fn tell_named(&mut self, event_type: EventType, name: &[u8], time: Ts, extra: &Extra) {
        let id = self.id(event_type, name);
        self.push(id, event_type, time, extra);
    }

    /// Tells a fact that its discriminator names, unless it was told before; then the caller decides how
    /// the change is told instead. No id is ever written twice.
    pub(super) fn tell_once(
        &mut self,
        event_type: EventType,
        discriminator: &[u8],
        time: Ts,
        extra: &Extra,
    ) -> bool {
        let id = self.id(event_type, discriminator);
        let mark = Mark::of(&id);
        if self.fired.contains(&mark) {
            return false;
        }
        self.fired.push(mark);
        self.push(id, event_type, time, extra);
        true
    }

    /// Tells a fact that its discriminator names; when it comes about once more, the revision is added.
    pub(super) fn tell_again(
        &mut self,
        event_type: EventType,
        mut discriminator: Vec<u8>,
        time: Ts,
        extra: &Extra,
    ) {
        if !self.tell_once(event_type, &discriminator, time, extra) {
            ns(&mut discriminator, self.revision.to_string().as_bytes());
            self.tell_named(event_type, &discriminator, time, extra);
        }
    }

    fn push(&mut self, id: String, event_type: EventType, time: Ts, extra: &Extra) {
        self.events.push(NewEvent {
            id,
            event_type,
            time,
            sequence: self.revision,
            idem_key: self.idem_key.map(str::to_owned),
            extra: extra.text.clone(),
        });
    }

    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }
}

/// A discriminator of several parts. Each is a netstring, so no separator can be forged.
pub(super) fn parts(parts: &[&str]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    for part in parts {
        ns(&mut out, part.as_bytes());
    }
    out
}

/// When a source said something: its revision where that is a time, else its time of change, else when the
/// hub received it.
pub(super) fn said_at(source: &Source, modified_at: Option<Ts>, cx: &Context<'_>) -> Ts {
    let revision = source.revision.as_deref().and_then(|revision| revision.parse().ok());
    revision.or(modified_at).unwrap_or_else(|| Ts::utc(cx.received_at))
}
