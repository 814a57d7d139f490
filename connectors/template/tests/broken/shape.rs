//! Descriptors, settings, manifests and fixtures that are not what they should be.

use std::fs;
use std::path::Path;

use crossdock_connector::{Capabilities, Descriptor, Maturity};
use crossdock_template::acme_platform;

use super::*;

#[test]
fn c15_claims_without_proof() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    let claimed: Capabilities = subject.descriptor.capabilities;
    subject.descriptor = Descriptor {
        maturity: Maturity::RealCapture,
        capabilities: Capabilities { fetch: true, entities: &["order", "aftersale", "parcel"], ..claimed },
        ..subject.descriptor
    };
    fails(&subject, "C15", "RealCapture without a fixture of such an origin");
    fails(&subject, "C15", "fetch: declared: true, there: false");
    fails(&subject, "C15", "entity parcel: no case gives one");
}

#[test]
fn c16_unknown_keys_and_secrets() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |mut table| {
        table.remove("xd_unknown_key");
        acme(table)
    };
    fails(&subject, "C16", "an unknown key is accepted");
    let mut subject = self::subject::<acme_platform::Acme>(PLATFORM);
    subject.show = |_| Some("Config { secret: example-secret }".to_owned());
    fails(&subject, "C16", "`Debug` of the settings shows a secret");
    let mut subject = self::subject::<acme_platform::Acme>(PLATFORM);
    subject.example = "shop = 'demo'";
    fails(&subject, "C16", "does not build");
}

/// A copy of the platform with a file changed.
fn copy(file: &str, change: impl Fn(String) -> String) -> Subject {
    fn tree(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                tree(&path, &target);
            } else {
                fs::copy(&path, &target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap().keep();
    tree(Path::new(PLATFORM), &folder);
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "nothing is changed");
    fs::write(folder.join(file), changed).unwrap();
    subject::<acme_platform::Acme>(Box::leak(folder.to_str().unwrap().to_owned().into_boxed_str()))
}

#[test]
fn c17_a_client_of_its_own_and_a_clock() {
    let subject = copy("Cargo.toml", |text| {
        text.replace("[dependencies]\n", "[dependencies]\nreqwest.workspace = true\n")
    });
    fails(&subject, "C17", "`reqwest` belongs to the hub");
    let subject = copy("src/wire.rs", |text| {
        text + "fn now() -> std::time::SystemTime { std::time::SystemTime::now() }\n"
    });
    fails(&subject, "C17", "SystemTime: a connector is pure");
}

#[test]
fn c18_somebodys_phone() {
    let subject =
        copy("fixtures/order/paid/input.json", |text| text.replace("please wrap it", "call 13987654321"));
    fails(&subject, "C18", "`13987654321` looks like a mobile number");
}

#[test]
fn fixtures_are_read_strictly() {
    let subject = copy("fixtures/order/paid/case.toml", |text| text + "orgin = \"synthetic\"\n");
    fails(&subject, "C01", "unknown field `orgin`");
    let subject = copy("fixtures/order/sent/case.toml", |text| {
        text.replace("same_as = \"paid\"", "same_as = \"payed\"")
    });
    fails(&subject, "C01", "there is no case `payed` beside it");
}

#[test]
fn waivers_end() {
    let waiver = |expires: &str| {
        format!("[[waiver]]\ncheck = \"C02\"\nreason = \"demo\"\nissue = \"#1\"\nexpires = \"{expires}\"\n")
    };
    let broken: fn(Table) -> Result<Parts> =
        spoilt!(acme, |_, result| each_order(result, |order| order.currency = Some("USD".to_owned())));
    let mut subject = copy("conformance.toml", |text| text + &waiver("2999-12-31"));
    subject.build = broken;
    run(&subject, "C02").expect("a waiver in force forgives");
    let mut subject = copy("conformance.toml", |text| text + &waiver("2020-01-01"));
    subject.build = broken;
    fails(&subject, "C02", "the waiver ended on 2020-01-01");
}

#[test]
fn an_unknown_check_is_no_success() {
    let subject = subject::<acme_platform::Acme>(PLATFORM);
    fails(&subject, "C99", "there is no check C99");
}
