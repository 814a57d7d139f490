//! Whole journeys, from the first event to the last, and the two forms of the answer.
#![expect(clippy::unwrap_used, reason = "what cannot be built fails the test")]

use std::path::Path;

use crossdock_cainiao::{Cainiao, Config};
use crossdock_connector::{Ack, Connector, ConnectorConfig, Headers, Parts, Request, form, settings};
use crossdock_testkit::journey;

fn parts() -> Parts {
    let mut table: toml::Table = Config::example().parse().unwrap();
    // The journeys name partners of their own.
    table.insert("partner_code".to_owned(), "CROSSDOCKTEST".into());
    table.insert("from_code".to_owned(), "CROSSDOCKTEST".into());
    settings::resolve(&mut table, &|_| Ok("cainiao-secret-01".to_owned())).unwrap();
    Cainiao::build(settings::read(table).unwrap()).unwrap()
}

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let personal = ["13800000468", "13800000469"];
    let problems = journey::problems(&parts(), &folder, "taobao.logistics.trace.search", &personal);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_answer_has_the_form_of_the_push() {
    let push = parts().push.unwrap();
    let headers = Headers::default();
    let answer = |fields: &[(&str, &str)], ack| {
        let body = form::write(fields.iter().copied());
        let request = Request { headers: &headers, query: "", path_token: None, body: body.as_bytes() };
        String::from_utf8(push.reply_to(ack, &request).body.to_vec()).unwrap()
    };
    assert_eq!(answer(&[("logistics_interface", "{}")], Ack::Stored), r#"{"success":true}"#);
    let xml = "<response><success>true</success></response>";
    assert_eq!(answer(&[("logistics_interface", "{}"), ("data_type", "XML")], Ack::Stored), xml);
    assert_eq!(answer(&[("logistics_interface", "<a/>")], Ack::Stored), xml);
    assert!(answer(&[("logistics_interface", "<a/>")], Ack::TryLater).contains("<success>false</success>"));
    assert!(answer(&[], Ack::TryLater).starts_with(r#"{"success":false,"#));
}
