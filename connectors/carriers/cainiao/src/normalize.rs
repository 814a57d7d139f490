//! From a capture to its feed: the topic names it, and a push is told by what it holds.

use crossdock_connector::{
    Capture, Error, ErrorKind, Normalize, Normalized, Result, carrier, rows, wire, xml,
};

use crate::feeds::Feeds;
use crate::wire::{GLOBAL, LINK, PRACTICE, Probe, TAOBAO, opened};

/// The normalize part.
pub(crate) struct Normalizer {
    pub(crate) feeds: Feeds,
}

impl Normalize for Normalizer {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let asked = capture.headers.get(carrier::ASKED);
        match capture.topic.as_str() {
            LINK => self.push(&opened(&capture.body)?),
            PRACTICE => self.feeds.practice(wire::utf8(&capture.body)?, asked),
            GLOBAL => self.feeds.global(wire::utf8(&capture.body)?),
            TAOBAO => self.feeds.taobao(wire::utf8(&capture.body)?),
            other => {
                let what = format!("unknown topic, expected {LINK}, {PRACTICE}, {GLOBAL} or {TAOBAO}");
                Err(Error::new(ErrorKind::Unsupported, what).with("topic", other))
            }
        }
    }
}

impl Normalizer {
    fn push(&self, text: &str) -> Result<Normalized> {
        if text.trim_start().starts_with('<') {
            let root = xml::read(text).map_err(|error| error.at("$.logistics_interface"))?;
            return self.feeds.detail_xml(&root);
        }
        if text.trim_start().starts_with('{') {
            let probe: Probe<'_> = wire::object(text.as_bytes())?;
            if let Some(inside) = probe.inside() {
                return self.push(inside);
            }
            if probe.operation_details.is_some() {
                return self.feeds.practice(text, None);
            }
            if probe.detail_list.is_some() || probe.module.is_some() {
                return self.feeds.global(text);
            }
        }
        self.feeds.details(&rows::rows(text, "$")?)
    }
}
