//! One message, signed, and what became of it.

use std::time::Duration;

use serde_json::json;

use crossdock_connector::words::{self, Bulletin, Post};
use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Exchange, HttpRequest, HttpResponse, HttpSink, Outcome, Repeat,
    Result, Step,
};

use crate::config::{Config, Format};
use crate::reply;

/// The sink.
pub(crate) struct WecomSink {
    send: String,
    format: Format,
    bulletin: Bulletin,
}

impl WecomSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let base = config.base_url.trim_end_matches('/');
        Ok(Self {
            send: format!("{base}/cgi-bin/webhook/send?key={}", words::token(&config.key)?),
            bulletin: config.bulletin(),
            format: config.format,
        })
    }

    fn request(&self, post: &Post) -> HttpRequest {
        // Nobody is called: people decide for themselves what is urgent.
        let body = match self.format {
            Format::Text => json!({"msgtype": "text", "text": {"content": post.text}}),
            Format::Markdown => json!({"msgtype": "markdown", "markdown": {"content": post.text}}),
        };
        HttpRequest::post(self.send.clone(), "application/json; charset=utf-8", body.to_string())
    }
}

impl HttpSink for WecomSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        self.bulletin.together(batch)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], _: &Context<'_>) -> Step {
        if let Some(said) = past.last() {
            return Step::Done(self.bulletin.outcomes(batch, || reply::read(&said.reply)));
        }
        match self.bulletin.post(batch) {
            Some(post) => Step::write("send", self.request(&post)),
            // Nobody is told anything, so there is no reply to ask about.
            None => Step::Done(self.bulletin.outcomes(batch, || Outcome::AlreadyThere)),
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::AtMostOnce
    }

    fn takes(&self) -> &'static [&'static str] {
        self.bulletin.words.takes()
    }

    fn pause(&self, reply: &HttpResponse) -> Option<Duration> {
        reply::pause(reply)
    }
}
