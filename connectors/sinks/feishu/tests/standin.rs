//! The sink against a bot that behaves as Feishu's: what people see, and how often.
#![allow(clippy::panic, reason = "a helper of a test fails as the test itself does")]

use crossdock_connector::{ErrorKind, Outcome};
use crossdock_feishu::Feishu;
use crossdock_testkit::deliveries::Events;
use crossdock_testkit::standin::bots::trial::{Trial, build};
use crossdock_testkit::standin::bots::{Options, Vendor};

const TRIAL: Trial = Trial {
    events: Events(env!("CARGO_MANIFEST_DIR")),
    vendor: Vendor::Feishu,
    id: "feishu",
    settings: "hook = { env = 'KEY' }\nsecret = { env = 'SECRET' }",
    build: build::<Feishu>,
    signed: true,
    formats: &[""],
    most_messages: 3,
    pace: 5,
    wait: 60,
    too_fast: "11232",
    too_fast_reply: r#"{"code":11232,"msg":"slow"}"#,
};

crossdock_testkit::bot_trials!(TRIAL);

#[tokio::test]
async fn wrong_keys_can_be_mended() {
    for change in [
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
    // What the vendor says of a hook that is none is not established: refused, with its words.
    let mut desk = TRIAL.with("", |options| options.key = "another".into()).await;
    assert_eq!(desk.words(&TRIAL.many("delivered", 1)).await, ["rejected"]);
}
