use crossdock_connector::{ConnectorConfig, settings};

use super::*;

fn told(more: &str, body: &[u8]) -> Vec<String> {
    let example = Config::example().replacen("change_quantity = \"new\"", more, 1);
    let mut table: toml::Table = example.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
    let config = settings::read(table).unwrap();
    let text = receipt(&config, body).unwrap().unwrap_or_default();
    text.lines().map(|line| line.trim_end_matches(['~', '\'']).to_owned()).collect()
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../fixtures/interchange/", $name, "/input.edi"))
    };
}

/// The 997 of the sample files, but for its times and numbers.
#[test]
fn a_997_accepts_what_is_read() {
    assert_eq!(
        told("control_offset = 500000000", fixture!("x12-850")),
        [
            "ISA*00*          *00*          *ZZ*LANTERNLOOM    *ZZ*FICTRETAIL     *261101*0412*U*00401*500003107*0*P*>",
            "GS*FA*LANTERNLOOM*FICTRETAIL*20261101*0412*500003107*X*004010",
            "ST*997*0001",
            "AK1*PO*2201",
            "AK2*850*0001",
            "AK5*A",
            "AK9*A*1*1*1",
            "SE*6*0001",
            "GE*1*500003107",
            "IEA*1*500003107",
        ]
    );
}

/// The values that the fact sheet expects for its malformed file.
#[test]
fn a_997_says_what_is_wrong_and_where() {
    let strict = told("strict = true", fixture!("x12-malformed"));
    assert_eq!(strict[1], "TA1*000003131*261104*0412*R*001");
    let found =
        ["AK1*PO*2219", "AK2*850*0001", "AK3*PO1*18**8", "AK4*2*330*6*six", "AK5*R*4*5", "AK9*R*1*1*0"];
    assert_eq!(&strict[4..10], found);
    let lenient = told("", fixture!("x12-malformed"));
    assert_eq!(lenient[1], "TA1*000003131*261104*0412*E*001");
    assert_eq!(&lenient[4..10], found);
}

#[test]
fn what_is_read_with_an_issue_is_accepted_with_errors() {
    let dirty = told("", fixture!("x12-850-dirty"));
    assert!(
        dirty.contains(&"AK5*E*4*5".to_owned()) && dirty.contains(&"AK9*E*1*1*1".to_owned()),
        "{dirty:?}"
    );
    assert!(dirty.contains(&"TA1*000003107*261101*0412*E*001".to_owned()));
    let some = told("", fixture!("x12-850-two-one-bad"));
    assert!(some.contains(&"AK9*P*3*3*2".to_owned()), "{some:?}");
    let unknown = told("", fixture!("x12-unknown-set"));
    assert!(
        unknown.contains(&"AK5*R*1".to_owned()) && unknown.contains(&"AK9*R*1*1*0".to_owned()),
        "{unknown:?}"
    );
    let whole = told("strict = true", fixture!("x12-strict"));
    assert!(whole.contains(&"AK5*R".to_owned()) && whole[1].ends_with("*R*001"), "{whole:?}");
    let cut = told("", fixture!("x12-cut"));
    assert!(
        cut.contains(&"AK5*R*2".to_owned()) && cut.iter().any(|line| line.ends_with("*E*023")),
        "{cut:?}"
    );
    let head = told("", fixture!("x12-no-number"));
    assert!(
        head.contains(&"AK3*BEG*2**8".to_owned()) && head.contains(&"AK4*3*324*1".to_owned()),
        "{head:?}"
    );
}

#[test]
fn acknowledgements_and_copies_are_not_acknowledged() {
    let quiet: [&[u8]; 7] = [
        fixture!("x12-997-accepted"),
        fixture!("x12-997-rejected"),
        fixture!("x12-855"),
        fixture!("x12-856"),
        fixture!("x12-ta1"),
        fixture!("edifact-contrl"),
        fixture!("edifact-desadv"),
    ];
    for (at, body) in quiet.into_iter().enumerate() {
        assert_eq!(told("", body), Vec::<String>::new(), "{at}");
    }
    assert!(told("acknowledge = \"never\"", fixture!("x12-850")).is_empty());
    let accepting = told("acknowledge = \"never\"\naccept_orders = true", fixture!("x12-850"));
    assert!(accepting.contains(&"BAK*00*AD*4500098765*20261101*****20261101".to_owned()), "{accepting:?}");
    // A test is acknowledged as one, and not accepted.
    let test = told("accept_orders = true", fixture!("x12-850-test"));
    assert!(
        test[0].ends_with("*T*>") && test.contains(&"AK5*A".to_owned()) && !test.concat().contains("BAK")
    );
}

#[test]
fn a_contrl_says_what_is_wrong_and_where() {
    assert_eq!(
        told("", fixture!("edifact-bad-number")),
        [
            "UNA:+.? ",
            "UNB+UNOC:3+4099999000012:14+4099999000005:14+261101:0412+CREF0000881",
            "UNH+1+CONTRL:D:3:UN",
            "UCI+REF0000881+4099999000005:14+4099999000012:14+7",
            "UCM+1+ORDERS:D:96A:UN:EAN008+4",
            "UCS+4",
            "UCD+37+2:2",
            "UNT+6+1",
            "UNZ+1+CREF0000881",
        ]
    );
    let missing = told("", fixture!("edifact-no-quantity"));
    assert!(missing.contains(&"UCS+3+13".to_owned()), "{missing:?}");
    let cut = told("", fixture!("edifact-cut"));
    assert!(cut.contains(&"UCM+1+ORDERS:D:96A:UN:EAN008+4+13".to_owned()), "{cut:?}");
}

#[test]
fn a_contrl_is_sent_when_it_is_asked_for() {
    let asks = |body: &str| {
        let mut table: toml::Table =
            Config::example().replace("acknowledge = \"always\"", "").parse().unwrap();
        settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
        receipt(&settings::read(table).unwrap(), body.as_bytes()).unwrap()
    };
    let plain = String::from_utf8(fixture!("edifact-orders").to_vec()).unwrap();
    assert_eq!(asks(&plain), None);
    let asking = plain.replace("+REF0000881'\nUNH", "+REF0000881++++1'\nUNH");
    let told = asks(&asking).unwrap();
    assert!(told.contains("UCM+1+ORDERS:D:96A:UN:EAN008+7'"), "{told}");
}
