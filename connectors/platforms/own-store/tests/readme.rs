//! The README is a guide, so what it shows must work: the worked signature, and every message in it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail as tests do")]

use crossdock_connector::settings::{read, resolve};
use crossdock_connector::{Capture, Connector, Headers, Request, Secret, sign, verify};
use crossdock_own_store::OwnStore;
use crossdock_schemas::Channel;

const README: &str = include_str!("../README.md");

/// The value beside a name in the worked example.
fn worked(name: &str) -> &'static str {
    let block = README.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let line = block.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim()
}

fn public_key() -> &'static str {
    worked("public key")
}

fn store() -> crossdock_connector::Parts {
    let mut settings: toml::Table = "
        shop = \"main\"
        secrets = [{ env = \"secret\" }]
        public_keys = [{ env = \"public\" }]"
        .parse()
        .unwrap();
    resolve(&mut settings, &|reference| {
        let secret = format!("{reference:?}").contains("secret");
        Ok(if secret { worked("secret") } else { public_key() }.to_owned())
    })
    .unwrap();
    OwnStore::build(read(settings).unwrap()).unwrap()
}

#[test]
fn the_worked_signature_is_right() {
    let key = sign::standard_webhooks_key(&Secret::new(worked("secret"))).unwrap();
    let seconds: i64 = worked("timestamp").parse().unwrap();
    let signature = sign::standard_webhooks(&key, worked("id"), seconds, worked("body").as_bytes());
    assert_eq!(signature, worked("v1 "));

    let push = store().push.unwrap();
    let now = jiff::Timestamp::from_second(seconds).unwrap();
    for claim in ["v1 ", "v1a "] {
        let mut headers = Headers::default();
        headers.push("webhook-id", worked("id"));
        headers.push("webhook-timestamp", worked("timestamp"));
        headers.push("webhook-signature", worked(claim));
        let body = worked("body").as_bytes();
        let request = Request { headers: &headers, query: "", path_token: None, body };
        assert!(verify(push.as_ref(), request, now).is_ok(), "{claim}");
        let other = Request { body: b"{}", ..request };
        assert!(verify(push.as_ref(), other, now).is_err(), "{claim}");
    }
}

#[test]
fn every_message_shown_is_understood() {
    let normalize = store().normalize.unwrap();
    let mut shown = 0;
    for block in README.split("```json\n").skip(1) {
        let message = block.split("```").next().unwrap();
        let capture = Capture {
            topic: "message".to_owned(),
            headers: Headers::default(),
            body: message.to_owned().into(),
            origin: None,
            received_at: jiff::Timestamp::UNIX_EPOCH,
            channel: Channel::Webhook,
        };
        let normalized = normalize.normalize(&capture).unwrap();
        assert!(!normalized.observations.is_empty(), "{message}");
        assert!(normalized.issues.is_empty(), "{:?} in {message}", normalized.issues);
        shown += 1;
    }
    assert_eq!(shown, 3);
}

#[test]
fn the_settings_shown_are_settings() {
    let block = README.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut table: toml::Table = block.parse().unwrap();
    let source = &mut table["source"][0];
    assert_eq!(source["use"].as_str(), Some(OwnStore::DESCRIPTOR.id));
    let mut settings = source["settings"].as_table().unwrap().clone();
    resolve(&mut settings, &|reference| {
        let public = format!("{reference:?}").contains("PUBLIC");
        Ok(if public { public_key() } else { worked("secret") }.to_owned())
    })
    .unwrap();
    assert!(OwnStore::build(read(settings).unwrap()).is_ok());
}
