//! Whole journeys, as replies to queries.

use std::path::Path;

use crossdock_connector::{Connector, ConnectorConfig, settings};
use crossdock_jd_logistics::{Config, JdLogistics};
use crossdock_testkit::journey;

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
    let parts = JdLogistics::build(settings::read(table).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let personal = ["13800000057", "许测试"];
    let problems = journey::problems(&parts, &folder, "ecap/v1/orders/trace/query", &personal);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
