//! Whole journeys, from the first scan to the last, in the shape of real pushes and replies, and the answer that YTO wants.
#![expect(clippy::unwrap_used, reason = "what cannot be built fails the test")]

use std::path::Path;

use crossdock_connector::{Ack, Connector, ConnectorConfig, Headers, Parts, Request, form, settings};
use crossdock_testkit::journey;
use crossdock_yto::{Config, Yto};

fn parts() -> Parts {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("yto-push-secret-01".to_owned())).unwrap();
    Yto::build(settings::read(table).unwrap()).unwrap()
}

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let problems = journey::problems(&parts(), &folder, "track_query_adapter", &["吴测试"]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_answer_repeats_the_order_number() {
    let push = parts().push.unwrap();
    let headers = Headers::default();
    let answer = |xml: &str, ack| {
        let body = form::write([("logistics_interface", xml)]);
        let request = Request { headers: &headers, query: "", path_token: None, body: body.as_bytes() };
        let reply = push.reply_to(ack, &request);
        assert_eq!((reply.status, reply.content_type), (200, "text/xml; charset=utf-8"));
        String::from_utf8(reply.body.to_vec()).unwrap()
    };
    let known = "<UpdateInfo><txLogisticID>XD-1001</txLogisticID></UpdateInfo>";
    let stored = "<Response><logisticProviderID>YTO</logisticProviderID><txLogisticID>XD-1001</txLogisticID><success>true</success></Response>";
    assert_eq!(answer(known, Ack::Stored), stored);
    assert!(answer(known, Ack::TryLater).contains("<success>false</success><reason>try later</reason>"));
    let odd = "<UpdateInfo><txLogisticID>a&lt;b&amp;</txLogisticID></UpdateInfo>";
    assert!(answer(odd, Ack::Stored).contains("<txLogisticID>a&lt;b&amp;</txLogisticID>"));
    assert!(
        answer("<UpdateInfo>", Ack::Stored).contains("<txLogisticID></txLogisticID><success>true</success>")
    );
}
