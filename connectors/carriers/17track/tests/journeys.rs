//! Whole journeys, from the first scan to the last, in the shape of real pushes.

use std::path::Path;

use crossdock_17track::{Config, SeventeenTrack};
use crossdock_connector::{Ack, Connector, ConnectorConfig, settings};
use crossdock_testkit::journey;

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("17token0001".to_owned())).unwrap();
    let parts = SeventeenTrack::build(settings::read(table).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let problems = journey::problems(&parts, &folder, "gettrackinfo", &[]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(parts.push.unwrap().reply(Ack::Stored).status, 200);
}
