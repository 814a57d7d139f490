//! Mappings that go wrong.

use crossdock_connector::{Issue, IssueKind, Normalized};
use crossdock_schemas::{Entity, Lifecycle, Observation};
use crossdock_template::{acme_carrier, acme_platform};
use crossdock_testkit::conformance::Subject;

use super::*;

#[test]
fn c01_a_topic_without_fixtures() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.descriptor.capabilities.topics = &["order", "refund", "ping", "stock"];
    fails(&subject, "C01", "topic stock: no case shows what it means");
}

#[test]
fn c02_another_result() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build =
        spoilt!(acme, |_, result| each_order(result, |order| order.currency = Some("USD".to_owned())));
    fails(&subject, "C02", "$.observations[0].order.currency: expected \"EUR\", is \"USD\"");
}

#[test]
fn c03_a_field_that_is_the_hubs() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build =
        spoilt!(acme, |_, result| each_order(result, |order| order.order_key = Some("o1-mine".to_owned())));
    fails(&subject, "C03", "order_key is filled by the hub");
}

#[test]
fn c03_what_the_model_does_not_allow() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |_, result| each_order(result, |order| order.placed_at = None));
    fails(&subject, "C03", "$.order.placed_at");
}

#[test]
fn c04_white_space_matters() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |capture, result| {
        let length = capture.body.len();
        each_order(result, |order| order.buyer_note = Some(length.to_string()))
    });
    fails(&subject, "C04", "key order or white space changes the result");
}

#[test]
fn c05_the_time_of_arrival_matters() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |capture, result| {
        let at = capture.received_at;
        each_order(result, |order| order.order_no = at.to_string())
    });
    fails(&subject, "C05", "time or way of arrival changes the result");
}

#[test]
fn c05_what_is_ordered_does_not_matter() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |_, result| each_order(result, |order| order.lines.clear()));
    fails(&subject, "C05", "has the same identity as `paid`");
}

#[test]
fn c06_a_scan_that_depends_on_its_company() {
    let mut subject = subject::<acme_carrier::Acme>(CARRIER);
    subject.build = spoilt!(
        (|table| (Subject::new::<acme_carrier::Acme>(CARRIER, None, |_| None).build)(table)),
        |_, result| {
            let mut normalized = result?;
            for observation in &mut normalized.observations {
                if let Entity::Parcel(parcel) = &mut observation.entity {
                    // The first scan of a capture is taken for the pick-up, whatever it is.
                    if let Some(event) = parcel.events.first_mut() {
                        event.status = crossdock_schemas::ParcelStatus::PickedUp;
                    }
                }
            }
            Ok(normalized)
        }
    );
    fails(&subject, "C06", "say different things");
}

#[test]
fn c07_an_empty_success() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |_, result| Ok(result.unwrap_or_default()));
    fails(&subject, "C07", "no bytes: 0 observations");
}

#[test]
fn c08_a_panic() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |capture, result| {
        assert!(capture.body.is_ascii(), "only ASCII");
        result
    });
    fails(&subject, "C08", "only ASCII");
}

#[test]
fn c09_a_guess() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |_, result| each_order(result, |order| {
        if order.status.lifecycle == Some(Lifecycle::Unknown) {
            order.status.lifecycle = Some(Lifecycle::Placed);
        }
    }));
    fails(&subject, "C09", "lifecycle_raw became `placed`");
}

#[test]
fn c09_silence_about_an_unknown_code() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build =
        spoilt!(acme, |_, result| result.map(|normalized| Normalized { issues: Vec::new(), ..normalized }));
    fails(&subject, "C09", "no issue `unmapped_code` names it");
}

#[test]
fn c11_the_same_thing_twice() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |_, result| result.map(|mut normalized| {
        let copies: Vec<Observation> = normalized.observations.clone();
        normalized.observations.extend(copies);
        normalized
    }));
    fails(&subject, "C11", "is there 2 times");
}

#[test]
fn invariants_amounts_that_do_not_add_up_in_silence() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = spoilt!(acme, |_, result| result.map(|mut normalized| {
        normalized.issues.retain(|issue: &Issue| issue.kind != IssueKind::AmountMismatch);
        normalized
    }));
    fails(&subject, "invariants", "totals do not add up");
}
