//! Whole journeys, from the first scan to the last, in the shape of real pushes.

use std::path::Path;

use crossdock_connector::{Ack, Connector, ConnectorConfig, settings};
use crossdock_kuaidi100::{Config, Kuaidi100};
use crossdock_testkit::journey;

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("salt0001".to_owned())).unwrap();
    let parts = Kuaidi100::build(settings::read(table).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let problems = journey::problems(&parts, &folder, "query.do", &["13800000246", "何测试"]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let stored = parts.push.unwrap().reply(Ack::Stored);
    let wanted = r#"{"result":true,"returnCode":"200","message":"成功"}"#;
    assert_eq!((stored.status, &stored.body[..]), (200, wanted.as_bytes()));
}
