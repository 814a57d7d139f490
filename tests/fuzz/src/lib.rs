#![doc = include_str!("../README.md")]

use std::sync::OnceLock;

use crossdock::registry::{self, Entry};
use crossdock_testkit::conformance::Subject;
use crossdock_testkit::fuzz::{Door, Target};

#[doc(hidden)]
pub use libfuzzer_sys;

/// The variable that says which connector a program fuzzes: `zto`.
pub const CONNECTOR: &str = "CROSSDOCK_FUZZ";

/// The program of a target.
#[macro_export]
macro_rules! target {
    ($target:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::hand($crate::Doors::$target, bytes));
    };
}

/// The targets, for [`target!`].
pub use crossdock_testkit::fuzz::Target as Doors;

/// Every connector there is.
pub fn all() -> Vec<Subject> {
    registry::all().iter().map(subject).collect()
}

/// The connector with an id.
///
/// # Errors
/// Lists those there are.
pub fn find(id: &str) -> crossdock_connector::Result<Subject> {
    registry::find(id).map(|entry| subject(&entry))
}

fn subject(entry: &Entry) -> Subject {
    let root = format!("{}/../../connectors/{}", env!("CARGO_MANIFEST_DIR"), entry.folder());
    let example = (entry.example)();
    Subject {
        root: root.leak(),
        descriptor: *entry.descriptor,
        example,
        settings: example,
        build: entry.build,
        // What the conformance suite looks at, and fuzzing does not.
        schema: Default::default,
        show: |_| None,
    }
}

/// Hands bytes to the connector that [`CONNECTOR`] names.
///
/// # Panics
/// When something happened that must not: that is how libFuzzer is told.
pub fn hand(target: Target, bytes: &[u8]) {
    static DOOR: OnceLock<Door> = OnceLock::new();
    let door = DOOR.get_or_init(|| {
        let id = std::env::var_os(CONNECTOR).unwrap_or_default();
        let subject = match find(&id.to_string_lossy()) {
            Ok(subject) => subject,
            Err(error) => panic!("{CONNECTOR}: {}", error.message()),
        };
        match Door::new(&subject) {
            Ok(door) => door,
            Err(error) => panic!("{error}"),
        }
    });
    if let Err(what) = door.run(target, bytes) {
        panic!("{what}");
    }
}
