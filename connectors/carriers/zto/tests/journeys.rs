//! Whole journeys, from the first scan to the last, in the shape of real pushes and replies.

use std::path::Path;

use crossdock_connector::{Ack, Connector, ConnectorConfig, settings};
use crossdock_testkit::journey;
use crossdock_zto::{Config, Zto};

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("zto-app-secret-01".to_owned())).unwrap();
    let parts = Zto::build(settings::read(table).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let personal = ["13800000246", "何测试", "方测试"];
    let problems = journey::problems(&parts, &folder, "zto.merchant.waybill.track.query", &personal);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let stored = parts.push.unwrap().reply(Ack::Stored);
    let wanted = r#"{"status":true,"message":"成功","statusCode":"0000","result":"成功"}"#;
    assert_eq!((stored.status, &stored.body[..]), (200, wanted.as_bytes()));
}
