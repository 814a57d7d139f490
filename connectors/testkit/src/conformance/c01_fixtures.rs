//! C01: each declared topic has a case that shows what it means, and one that is refused.

use super::report::Findings;
use super::suite::Suite;
use crate::fixture::{Case, Expect, Origin};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let descriptor = suite.descriptor();
    let topics = descriptor.capabilities.topics;
    let cases = &suite.fixtures.cases;
    for topic in topics {
        let of_topic = |case: &&Case| *topic == "*" || case.capture.topic == *topic;
        let found: Vec<&Case> = cases.iter().filter(of_topic).collect();
        let good = found.iter().any(|case| case.expect != Expect::Malformed);
        findings.expect(good, format!("topic {topic}"), "no case shows what it means");
        // A topic that is ignored unread has no bytes that could be wrong.
        let is_read = found.iter().any(|case| matches!(case.expect, Expect::Observations | Expect::Nudge));
        let refused = found.iter().any(|case| case.expect == Expect::Malformed);
        findings.expect(!is_read || refused, format!("topic {topic}"), "no case is malformed");
    }
    for case in cases {
        let known = topics.contains(&"*") || topics.contains(&case.capture.topic.as_str());
        if !known && case.expect != Expect::Malformed {
            let what =
                format!("topic `{}` is not declared; declared are {}", case.capture.topic, topics.join(", "));
            findings.note(case.label(), what);
        }
        for name in [&case.same_as, &case.differs_from].into_iter().flatten() {
            let there = suite.fixtures.sibling(case, name).is_some();
            findings.expect(there, case.label(), format!("there is no case `{name}` beside it"));
        }
        // A date is part of a citation; the made-up ones have no vendor to go stale.
        let dated = case.origin == Origin::Synthetic || case.date.year() >= 2010;
        findings.expect(dated, case.label(), "date of the document is missing");
    }
    if topics.is_empty() {
        findings.expect(cases.is_empty(), "fixtures", "cases without a declared topic");
    }
}
