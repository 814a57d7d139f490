#![doc = include_str!("../README.md")]

mod connectors;

use std::sync::OnceLock;

use crossdock_testkit::conformance::Subject;
use crossdock_testkit::fuzz::{Door, Target};

pub use connectors::FOLDERS;

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

/// The connector with an id, and its folder below `connectors/`.
pub fn find(id: &str) -> Option<(&'static str, Subject)> {
    let folder = FOLDERS.iter().find(|folder| folder.rsplit('/').next() == Some(id))?;
    connectors::subject(folder).map(|subject| (*folder, subject))
}

/// Hands bytes to the connector that [`CONNECTOR`] names.
///
/// # Panics
/// When something happened that must not: that is how libFuzzer is told.
pub fn hand(target: Target, bytes: &[u8]) {
    static DOOR: OnceLock<Door> = OnceLock::new();
    let door = DOOR.get_or_init(|| {
        let id = std::env::var_os(CONNECTOR).unwrap_or_default();
        let Some((_, subject)) = id.to_str().and_then(find) else {
            panic!("{CONNECTOR} names no connector; there are {}", FOLDERS.join(", "));
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
