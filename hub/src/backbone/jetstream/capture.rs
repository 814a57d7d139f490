//! Writing captures: together, in their order.

use crossdock_schemas::subject::token;
use tokio::sync::oneshot;

use super::JetStream;
use super::log::{MOST, Reply};
use super::record::CaptureRecord;
use super::step::Message;
use crate::backbone::*;

/// Bytes of a body in one message; the servers' limit counts headers too.
const PART: usize = 512 << 10;

impl JetStream {
    /// The messages of a capture: parts of a large body, then the capture itself.
    fn capture_messages(&self, capture: &NewCapture, id: &str) -> Result<Vec<Message>> {
        let body = &capture.captured.body;
        let subject = self.log.names.record("part");
        let mut messages = Vec::new();
        let mut rest = body.clone();
        while rest.len() > PART {
            let part = rest.split_to(PART);
            messages.push(Message {
                subject: subject.clone(),
                headers: async_nats::HeaderMap::new(),
                payload: part,
            });
        }
        let subject = self.log.names.record(&format!("capture.{}", token(&capture.source)));
        let head = Message::new(subject, &CaptureRecord::new(capture, messages.len()))?;
        let mut payload = bytes::BytesMut::with_capacity(head.payload.len() + 1 + rest.len());
        payload.extend_from_slice(&head.payload);
        payload.extend_from_slice(b"\n");
        payload.extend_from_slice(&rest);
        messages.push(Message { payload: payload.freeze(), ..head }.named(id));
        Ok(messages)
    }

    /// Several captures in one atomic batch: servers that flush before they acknowledge flush once for all.
    async fn capture_together(&self, captures: &[NewCapture]) -> Result<Vec<Seq>> {
        let mut messages = Vec::with_capacity(captures.len());
        let mut backs = Vec::with_capacity(captures.len());
        for capture in captures {
            let id = self.log.id();
            messages.append(&mut self.capture_messages(capture, &id)?);
            let (tell, back) = oneshot::channel();
            self.log.wait(&id, Reply::Capture(tell));
            backs.push((id, back));
        }
        let Some((id, last)) = backs.pop() else { return Ok(Vec::new()) };
        let written = self.log.submit(&messages, &id, last).await;
        let mut seqs = Vec::with_capacity(captures.len());
        for (id, mut back) in backs {
            // Those before the last came back before it.
            if let Ok(answer) = back.try_recv() {
                seqs.append(&mut answer?);
            }
            self.log.take(&id);
        }
        seqs.append(&mut written?);
        match seqs.len() == captures.len() {
            true => Ok(seqs),
            false => {
                Err(BackboneError::Unavailable("the cluster did not say what became of all of them".into()))
            }
        }
    }

    pub(super) async fn capture_all(&self, batch: Vec<NewCapture>) -> Result<Vec<Seq>> {
        let _call = self.call().await?;
        // Together, so that they keep their order: where a source gives no revision, what was captured later is newer.
        let mut seqs = Vec::with_capacity(batch.len());
        let mut rest = &batch[..];
        while !rest.is_empty() {
            let (mut many, mut messages, mut bytes) = (0, 0, 0);
            for capture in rest {
                let size = capture.captured.body.len();
                (messages, bytes) = (messages + 1 + size / PART, bytes + size);
                if many > 0 && (messages > MOST || bytes > 8 * PART) {
                    break;
                }
                many += 1;
            }
            let (now, later) = rest.split_at(many);
            seqs.append(&mut self.capture_together(now).await?);
            rest = later;
        }
        Ok(seqs)
    }
}
