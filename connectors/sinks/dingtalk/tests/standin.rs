//! The sink against a bot that behaves as DingTalk's: what people see, and how often.
#![allow(clippy::panic, reason = "a helper of a test fails as the test itself does")]

use crossdock_connector::{ErrorKind, Outcome};
use crossdock_dingtalk::Dingtalk;
use crossdock_testkit::deliveries::Events;
use crossdock_testkit::standin::bots::trial::{Trial, build};
use crossdock_testkit::standin::bots::{Options, Vendor};

const TRIAL: Trial = Trial {
    events: Events(env!("CARGO_MANIFEST_DIR")),
    vendor: Vendor::DingTalk,
    id: "dingtalk",
    settings: "access_token = { env = 'KEY' }\nsecret = { env = 'SECRET' }",
    build: build::<Dingtalk>,
    signed: true,
    formats: &["format = 'text'", "format = 'markdown'"],
    most_messages: 3,
    pace: 20,
    wait: 600,
    too_fast: "130101",
    too_fast_reply: r#"{"errcode":130101,"errmsg":"slow"}"#,
};

crossdock_testkit::bot_trials!(TRIAL);

#[tokio::test]
async fn wrong_keys_can_be_mended() {
    for change in [
        |options: &mut Options| options.key = "another".into(),
        |options: &mut Options| options.secret = Some("SECother".into()),
        |options: &mut Options| options.keyword = Some("cargo".into()),
    ] {
        let mut desk = TRIAL.with("", change).await;
        let outcomes = desk.hand(&TRIAL.many("delivered", 1)).await;
        let Some(Outcome::Retry(None, error)) = outcomes.first() else { panic!("{outcomes:?}") };
        assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
        assert!(desk.texts().is_empty());
    }
    let mut desk = TRIAL.with("keyword = 'cargo'", |options| options.keyword = Some("cargo".into())).await;
    assert_eq!(desk.words(&TRIAL.many("delivered", 1)).await, ["delivered"]);
    assert!(desk.texts().iter().all(|text| text.starts_with("cargo\n\n【妥投】")));
}
