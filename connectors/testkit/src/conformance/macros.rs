//! The one line that a connector writes.

/// The conformance suite for a connector: `conformance!(crossdock_acme::Acme);`
///
/// With `settings = "..."` (TOML) the suite uses these instead of the connector's example wherever a
/// fixture does not bring its own. With `folder = "..."` the connector's files lie in a folder of the crate.
#[macro_export]
macro_rules! conformance {
    ($connector:ty) => {
        $crate::conformance!(@tests $connector, env!("CARGO_MANIFEST_DIR"), None);
    };
    ($connector:ty, settings = $settings:expr) => {
        $crate::conformance!(@tests $connector, env!("CARGO_MANIFEST_DIR"), Some($settings));
    };
    ($connector:ty, folder = $folder:literal) => {
        $crate::conformance!(@tests $connector, concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder), None);
    };
    (@tests $connector:ty, $root:expr, $settings:expr) => {
        // Written here, where the type is known: settings need not implement `Debug`, but if they do, it
        // must not show a secret.
        fn conformance_show(settings: $crate::conformance::Table) -> Option<String> {
            #[allow(unused_imports, reason = "only used by settings without Debug")]
            use $crate::conformance::NoDebug as _;
            let config = $crate::conformance::Subject::config::<$connector>(settings).ok()?;
            $crate::conformance::Show(&config).shown()
        }
        fn conformance_subject() -> $crate::conformance::Subject {
            $crate::conformance::Subject::new::<$connector>($root, $settings, conformance_show)
        }
        $crate::conformance!(@each
            c01_fixtures "C01", c02_golden "C02", c03_schema "C03", c04_deterministic "C04", c05_identity "C05",
            c06_order "C06", c07_malformed "C07", c08_no_panic "C08", c09_unknown_code "C09",
            c10_signature "C10", c11_batches "C11", c12_conversations "C12", c13_errors "C13", c14_sink "C14",
            c15_honesty "C15", c16_config "C16", c17_purity "C17", c18_privacy "C18", invariants "invariants",
        );
    };
    (@each $($name:ident $id:literal,)*) => {
        $(
            #[test]
            fn $name() -> Result<(), $crate::conformance::Failed> {
                $crate::conformance::run(&conformance_subject(), $id)
            }
        )*
    };
}
