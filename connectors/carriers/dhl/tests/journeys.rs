//! Whole journeys, from the first scan to the last, in the shape of real replies.

use std::path::Path;

use crossdock_connector::{Ack, Connector, ConnectorConfig, settings};
use crossdock_dhl::{Config, Dhl};
use crossdock_testkit::journey;

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let mut table: toml::Table = Config::example().parse().unwrap();
    // Some journeys are of Express, one is of Parcel Germany.
    table.get_mut("unified").and_then(toml::Value::as_table_mut).unwrap().remove("service");
    settings::resolve(&mut table, &|_| Ok("dhl-hook-token-01".to_owned())).unwrap();
    let parts = Dhl::build(settings::read(table).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys");
    let problems = journey::problems(&parts, &folder, "track/shipments", &[]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(parts.push.unwrap().reply(Ack::Stored).status, 200);
}
