//! The files of the variants, as text. A test holds this list against the folders.

type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($folder:literal: $($path:literal,)*) => {
        &[$(($path, include_str!(concat!("../../variants/", $folder, "/", $path))),)*]
    };
}

/// A platform.
pub(super) const PLATFORM: Files = files! {
    "platform":
    "Cargo.toml",
    "README.md",
    "example.toml",
    "conformance.toml",
    "src/lib.rs",
    "src/codes.rs",
    "src/codes.toml",
    "src/config.rs",
    "src/error.rs",
    "src/normalize.rs",
    "src/poll.rs",
    "src/push.rs",
    "src/refund_codes.toml",
    "src/wire.rs",
    "tests/conformance.rs",
    "fixtures/conversations/nothing_new.toml",
    "fixtures/conversations/two_pages.toml",
    "fixtures/errors/maintenance.toml",
    "fixtures/errors/slow_down_inside_200.toml",
    "fixtures/errors/token_expired.toml",
    "fixtures/errors/unknown_code.toml",
    "fixtures/order/amounts_off/case.toml",
    "fixtures/order/amounts_off/expected.json",
    "fixtures/order/amounts_off/input.json",
    "fixtures/order/bad_quantity/case.toml",
    "fixtures/order/bad_quantity/expected.json",
    "fixtures/order/bad_quantity/input.json",
    "fixtures/order/no_items/case.toml",
    "fixtures/order/no_items/expected.json",
    "fixtures/order/no_items/input.json",
    "fixtures/order/one_more/case.toml",
    "fixtures/order/one_more/expected.json",
    "fixtures/order/one_more/input.json",
    "fixtures/order/paid/case.toml",
    "fixtures/order/paid/expected.json",
    "fixtures/order/paid/input.json",
    "fixtures/order/paid_again/case.toml",
    "fixtures/order/paid_again/expected.json",
    "fixtures/order/paid_again/input.json",
    "fixtures/order/sent/case.toml",
    "fixtures/order/sent/expected.json",
    "fixtures/order/sent/input.json",
    "fixtures/order/unknown_state/case.toml",
    "fixtures/order/unknown_state/expected.json",
    "fixtures/order/unknown_state/input.json",
    "fixtures/order/unknown_topic/case.toml",
    "fixtures/order/unknown_topic/expected.json",
    "fixtures/order/unknown_topic/input.json",
    "fixtures/ping/hello/case.toml",
    "fixtures/ping/hello/expected.json",
    "fixtures/ping/hello/input.json",
    "fixtures/refund/granted/case.toml",
    "fixtures/refund/granted/expected.json",
    "fixtures/refund/granted/input.json",
    "fixtures/refund/no_amount/case.toml",
    "fixtures/refund/no_amount/expected.json",
    "fixtures/refund/no_amount/input.json",
    "fixtures/refund/paid/case.toml",
    "fixtures/refund/paid/expected.json",
    "fixtures/refund/paid/input.json",
    "fixtures/refund/unknown_state/case.toml",
    "fixtures/refund/unknown_state/expected.json",
    "fixtures/refund/unknown_state/input.json",
    "fixtures/signatures/body_only.toml",
    "fixtures/signatures/good.toml",
    "fixtures/signatures/no_timestamp.toml",
    "fixtures/signatures/old.toml",
    "fixtures/signatures/rotated.toml",
    "fixtures/signatures/wrong_key.toml",
};

/// A carrier.
pub(super) const CARRIER: Files = files! {
    "carrier":
    "Cargo.toml",
    "README.md",
    "example.toml",
    "conformance.toml",
    "src/lib.rs",
    "src/codes.toml",
    "src/config.rs",
    "src/error.rs",
    "src/normalize.rs",
    "src/push.rs",
    "src/track.rs",
    "src/wire.rs",
    "tests/conformance.rs",
    "fixtures/conversations/two_numbers.toml",
    "fixtures/errors/closed.toml",
    "fixtures/errors/quota_inside_200.toml",
    "fixtures/errors/token.toml",
    "fixtures/errors/unknown_code.toml",
    "fixtures/scans/again_in_disorder/case.toml",
    "fixtures/scans/again_in_disorder/expected.json",
    "fixtures/scans/again_in_disorder/input.json",
    "fixtures/scans/arrival/case.toml",
    "fixtures/scans/arrival/expected.json",
    "fixtures/scans/arrival/input.json",
    "fixtures/scans/booked_by_mistake/case.toml",
    "fixtures/scans/booked_by_mistake/expected.json",
    "fixtures/scans/booked_by_mistake/input.json",
    "fixtures/scans/morning/case.toml",
    "fixtures/scans/morning/expected.json",
    "fixtures/scans/morning/input.json",
    "fixtures/scans/no_number/case.toml",
    "fixtures/scans/no_number/expected.json",
    "fixtures/scans/no_number/input.json",
    "fixtures/scans/no_scans/case.toml",
    "fixtures/scans/no_scans/expected.json",
    "fixtures/scans/no_scans/input.json",
    "fixtures/scans/one_bad_scan/case.toml",
    "fixtures/scans/one_bad_scan/expected.json",
    "fixtures/scans/one_bad_scan/input.json",
    "fixtures/scans/spelled_otherwise/case.toml",
    "fixtures/scans/spelled_otherwise/expected.json",
    "fixtures/scans/spelled_otherwise/input.json",
    "fixtures/scans/two_parcels/case.toml",
    "fixtures/scans/two_parcels/expected.json",
    "fixtures/scans/two_parcels/input.json",
    "fixtures/scans/unknown_code/case.toml",
    "fixtures/scans/unknown_code/expected.json",
    "fixtures/scans/unknown_code/input.json",
    "fixtures/signatures/good.toml",
    "fixtures/signatures/no_token.toml",
    "fixtures/signatures/start_of_token.toml",
    "fixtures/signatures/wrong_token.toml",
};

/// A sink.
pub(super) const SINK: Files = files! {
    "sink":
    "Cargo.toml",
    "README.md",
    "example.toml",
    "conformance.toml",
    "src/lib.rs",
    "src/config.rs",
    "src/encode.rs",
    "src/reply.rs",
    "src/sink.rs",
    "tests/conformance.rs",
    "fixtures/errors/bad_call.toml",
    "fixtures/errors/busy.toml",
    "fixtures/errors/created.toml",
    "fixtures/errors/mixed.toml",
    "fixtures/errors/new_word.toml",
    "fixtures/errors/not_a_word.toml",
    "fixtures/errors/redirect.toml",
    "fixtures/errors/refused.toml",
    "fixtures/errors/slow_down.toml",
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn walk(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let parts: Vec<_> =
                    path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
                found.insert(parts.join("/"));
            }
        }
    }

    #[test]
    fn no_file_of_a_variant_is_forgotten() {
        for (kind, files) in [("platform", PLATFORM), ("carrier", CARRIER), ("sink", SINK)] {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("variants").join(kind);
            let mut found = BTreeSet::new();
            walk(&root, &root, &mut found);
            let listed: BTreeSet<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
            assert_eq!(found, listed, "{kind}");
        }
    }
}
