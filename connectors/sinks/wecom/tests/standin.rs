//! The sink against a bot that behaves as WeCom's: what people see, and how often.
#![allow(clippy::panic, reason = "a helper of a test fails as the test itself does")]

use crossdock_connector::{ErrorKind, Outcome};
use crossdock_testkit::deliveries::Events;
use crossdock_testkit::standin::bots::Vendor;
use crossdock_testkit::standin::bots::trial::{KEY, Trial, build};
use crossdock_wecom::Wecom;

const TRIAL: Trial = Trial {
    events: Events(env!("CARGO_MANIFEST_DIR")),
    vendor: Vendor::WeCom,
    id: "wecom",
    settings: "key = { env = 'KEY' }",
    build: build::<Wecom>,
    signed: false,
    formats: &["format = 'text'", "format = 'markdown'"],
    most_messages: 4,
    pace: 20,
    wait: 60,
    too_fast: "45009",
    too_fast_reply: r#"{"errcode":45009,"errmsg":"slow"}"#,
};

crossdock_testkit::bot_trials!(TRIAL);

#[tokio::test]
async fn wrong_keys_can_be_mended() {
    let mut desk = TRIAL.with("", |options| options.key = "another".into()).await;
    let outcomes = desk.hand(&TRIAL.many("delivered", 1)).await;
    let Some(Outcome::Retry(None, error)) = outcomes.first() else { panic!("{outcomes:?}") };
    assert_eq!((error.kind(), error.vendor_code.as_deref()), (ErrorKind::Auth, Some("93000")));
    assert!(!error.to_string().contains(KEY), "{error}");
    assert!(desk.texts().is_empty());
}
