//! Whole journeys, from the first scan to the last, in the shape of real replies and pushes.

use std::path::Path;

use crossdock_connector::{Ack, Connector, ConnectorConfig, settings};
use crossdock_fedex::{Config, Fedex};
use crossdock_testkit::journey;

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("fdx-security-token-01".to_owned())).unwrap();
    let parts = Fedex::build(settings::read(table).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let problems = journey::problems(&parts, &folder, "track/v1/trackingnumbers", &[]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(parts.push.unwrap().reply(Ack::Stored).status, 200);
}
