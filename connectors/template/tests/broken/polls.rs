//! Polls that go wrong.

use std::sync::Arc;

use crossdock_connector::{Context, Cursor, HttpRequest, HttpResponse, Page, Parts, Poll, Result, Topic};
use crossdock_template::acme_platform;
use crossdock_testkit::conformance::Table;
use jiff::Timestamp;

use super::{PLATFORM, acme, fails, subject};

/// Polls that go wrong.
struct Lost(Arc<dyn Poll>, Loss);

#[derive(Clone, Copy)]
enum Loss {
    Forever,
    TakesErrorsForNothing,
    SecretInTheAddress,
}

impl Poll for Lost {
    fn topics(&self) -> &'static [Topic] {
        self.0.topics()
    }
    fn overlap_seconds(&self) -> u32 {
        self.0.overlap_seconds()
    }
    fn window_seconds(&self) -> u32 {
        self.0.window_seconds()
    }
    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        self.0.start(topic, from, to)
    }
    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let mut request = self.0.request(cursor, context)?;
        if matches!(self.1, Loss::SecretInTheAddress) {
            request.url.push_str("&token=example-secret");
        }
        Ok(request)
    }
    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        match self.1 {
            Loss::Forever => {
                let page = self.0.page(cursor, reply)?;
                let next = Cursor { place: format!("{}x", cursor.place), ..cursor.clone() };
                Ok(Page { next: Some(next), ..page })
            }
            Loss::TakesErrorsForNothing => Ok(self.0.page(cursor, reply).unwrap_or_default()),
            Loss::SecretInTheAddress => self.0.page(cursor, reply),
        }
    }
}

fn lost(how: Loss) -> impl Fn(Table) -> Result<Parts> {
    move |table| {
        let parts = acme(table)?;
        let poll = parts.poll.clone().map(|inner| Arc::new(Lost(inner, how)) as Arc<dyn Poll>);
        Ok(Parts { poll, ..parts })
    }
}

#[test]
fn c12_a_poll_without_end() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| lost(Loss::Forever)(table);
    fails(&subject, "C12", "the conversation does not end");
}

#[test]
fn c12_a_secret_in_the_address() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| lost(Loss::SecretInTheAddress)(table);
    fails(&subject, "C12", "a secret stands in the address");
}

#[test]
fn c13_an_error_taken_for_an_empty_page() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| lost(Loss::TakesErrorsForNothing)(table);
    fails(&subject, "C13", "errors/slow_down_inside_200: taken for a success");
}
