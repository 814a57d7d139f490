//! Help, usage and configuration: what is wrong is said with file, line and key.

use super::bench::{Bench, SHEET};

const COMMANDS: [&str; 13] = [
    "run",
    "check",
    "connectors",
    "normalize",
    "ingest",
    "order",
    "parcel",
    "tap",
    "quarantine",
    "parked",
    "ledger",
    "schema",
    "export",
];

#[test]
fn every_command_has_help_with_examples() {
    let bench = Bench::new("");
    assert!(bench.call(&["--help"]).ends(0).out.contains("EXIT CODES"));
    for command in COMMANDS {
        let help = bench.call(&[command, "--help"]).ends(0);
        assert!(help.out.contains("EXAMPLES"), "{command}:\n{}", help.out);
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let bench = Bench::new("");
    bench.call(&[]).ends(2);
    bench.call(&["legder"]).ends(2);
    let both = bench.call(&["ledger", "--json", "--text"]).ends(2);
    assert!(both.err.contains("--text"), "{}", both.err);
}

#[test]
fn a_good_configuration_is_ok() {
    let bench = Bench::new(SHEET);
    let told = bench.call(&["check"]).ends(0).value();
    assert_eq!(told["sources"], 1);
    assert_eq!(told["ok"], true);
    assert_eq!(bench.call(&["check", "--text"]).ends(0).out, "ok: 1 source, 0 sinks\n");
}

#[test]
fn without_a_file_the_defaults_hold() {
    let bench = Bench::new("");
    std::fs::remove_file(bench.path("crossdock.toml")).expect("removed");
    assert_eq!(bench.call(&["check", "--text"]).ends(0).out, "ok: 0 sources, 0 sinks\n");
    let missing = bench.call(&["check", "--config", "none.toml"]).ends(2);
    assert!(missing.err.starts_with("none.toml: cannot be read"), "{}", missing.err);
}

#[test]
fn problems_are_named_with_file_line_and_key() {
    let cases = [
        ("tenant = \"t\"\n[webhook]\nlissten = \"x\"\n", "crossdock.toml:3: webhook.lissten: unknown field"),
        (
            "[data]\nbackbone = \"jetstream\"\n",
            "crossdock.toml:2: data.backbone: \"jetstream\" keeps everything in NATS: name nats.servers",
        ),
        (
            "[[source]]\nid = \"a\"\nuse = \"nobody\"\n",
            "crossdock.toml:3: source[0].use: no connector `nobody`",
        ),
        (
            "[[source]]\nid = \"a\"\nuse = \"shopify\"\n[source.settings]\nshop = \"a.myshopify.com\"\nsecret = { env = \"CROSSDOCK_TEST_NOT_SET\" }\n",
            "crossdock.toml:6: source[0].settings.secret: environment variable CROSSDOCK_TEST_NOT_SET is not set",
        ),
    ];
    for (config, expected) in cases {
        let bench = Bench::new(config);
        let called = bench.call(&["check"]).ends(2);
        assert!(called.err.lines().any(|line| line.starts_with(expected)), "{expected}\n{}", called.err);
        // What cannot be checked cannot be run either.
        assert!(bench.call(&["run"]).ends(2).err.contains(expected));
    }
    let twice = Bench::new(&format!("{SHEET}{SHEET}"));
    let called = twice.call(&["check"]).ends(2);
    assert!(called.err.contains("source[1].id: source id `shop` is used twice"), "{}", called.err);
}

#[test]
fn several_problems_are_several_lines() {
    let bench = Bench::new(
        "tenant = \"a b\"\n[[source]]\nid = \"A\"\nuse = \"sheet\"\n[[sink]]\nid = \"x\"\nuse = \"sheet\"\n",
    );
    let called = bench.call(&["check"]).ends(2);
    assert!(called.err.lines().count() >= 3, "{}", called.err);
    assert!(called.err.lines().all(|line| line.starts_with("crossdock.toml:")), "{}", called.err);
}

#[test]
fn warnings_do_not_fail() {
    let config = "[[source]]\nid = \"a\"\nuse = \"own-store\"\ninsecure_accept_unsigned = true\n[source.settings]\nshop = \"main\"\nsecrets = [{ file = \"secret\" }]\nsecret_encoding = \"raw\"\n";
    let bench = Bench::new(config);
    bench.secret("secret", "open sesame");
    let called = bench.call(&["check"]).ends(0);
    assert_eq!(called.value()["warnings"], 1);
    assert!(
        called.err.starts_with("crossdock.toml:4: warning: source[0].insecure_accept_unsigned"),
        "{}",
        called.err
    );
}
