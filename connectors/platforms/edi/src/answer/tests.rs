use crossdock_connector::{ConnectorConfig, settings};

use super::*;
use crate::receipt;

fn config(more: &str) -> Config {
    let mut table: toml::Table =
        Config::example().replace("[carriers]", &format!("{more}\n[carriers]")).parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
    settings::read(table).unwrap()
}

fn bare(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end_matches(['~', '\'']).to_owned()).collect()
}

const X12: &[u8] = include_bytes!("../../fixtures/interchange/x12-850/input.edi");
const EDIFACT: &[u8] = include_bytes!("../../fixtures/interchange/edifact-orders/input.edi");

/// The answer of the sample files, but for its times and numbers.
#[test]
fn an_855_says_what_becomes_of_each_line() {
    let line = |line: &str, verdict, quantity: Option<&str>, day: &str| LineDecision {
        line: line.to_owned(),
        verdict,
        quantity: quantity.and_then(text::real),
        ships_on: text::date(day),
    };
    let decision = Decision {
        order_no: "4500098765".to_owned(),
        verdict: Verdict::Changed,
        lines: vec![
            line("1", LineVerdict::Accepted, None, "20261106"),
            line("2", LineVerdict::BackOrdered, None, "20261120"),
            line("3", LineVerdict::QuantityChanged, Some("36"), "20261106"),
        ],
    };
    let told = answer(&config(""), X12, &[decision]).unwrap();
    assert_eq!(
        bare(&told),
        [
            "ISA*00*          *00*          *ZZ*LANTERNLOOM    *ZZ*FICTRETAIL     *261101*0412*U*00401*000003107*0*P*>",
            "GS*PR*LANTERNLOOM*FICTRETAIL*20261101*0412*3107*X*004010",
            "ST*855*0001",
            "BAK*00*AC*4500098765*20261101*****20261101",
            "PO1*1*24*EA*9.25**VN*LNL-MUG-4*UP*012345678905",
            "ACK*IA*24*EA*068*20261106",
            "PO1*2*6*EA*41**VN*LNL-KETTLE*UP*012345678912",
            "ACK*IB*6*EA*068*20261120",
            "PO1*3*48*EA*4.8**VN*LNL-TEA-SAMP*UP*012345678929",
            "ACK*IQ*36*EA*068*20261106",
            "CTT*3",
            "SE*10*0001",
            "GE*1*3107",
            "IEA*1*000003107",
        ]
    );
}

#[test]
fn an_ordrsp_says_so_too() {
    let rejected = |lines| Decision { order_no: "PO-88001".to_owned(), verdict: Verdict::Rejected, lines };
    let told = answer(&config(""), EDIFACT, &[rejected(Vec::new())]).unwrap();
    let told = bare(&told);
    assert_eq!(
        &told[..7],
        [
            "UNA:+.? ",
            "UNB+UNOC:3+4099999000012:14+4099999000005:14+261101:0412+RREF0000881",
            "UNH+1+ORDRSP:D:96A:UN",
            "BGM+231+PO-88001+27",
            "DTM+137:20261101:102",
            "RFF+ON:PO-88001",
            "NAD+BY+4099999000005::9",
        ]
    );
    assert!(told.contains(&"LIN+1+7++4012345000016:EN".to_owned()), "{told:?}");
    assert_eq!(&told[told.len() - 2..], ["UNT+18+1", "UNZ+1+RREF0000881"]);
}

#[test]
fn only_orders_that_are_there_are_answered() {
    let decision = Decision { order_no: "1".to_owned(), verdict: Verdict::Accepted, lines: Vec::new() };
    assert!(answer(&config(""), X12, &[decision]).is_err());
    let rejected =
        Decision { order_no: "4500098765".to_owned(), verdict: Verdict::Rejected, lines: Vec::new() };
    let told = answer(&config(""), X12, &[rejected]).unwrap();
    assert!(told.contains("BAK*00*RJ*4500098765*") && !told.contains("PO1*"), "{told}");
    assert_eq!(answer(&config(""), X12, &[]).unwrap(), "");
}

#[test]
fn a_profile_may_accept_by_itself() {
    let accepting = config("accept_orders = true\nstrict = true");
    let told = receipt(&accepting, EDIFACT).unwrap().unwrap();
    assert!(told.contains("UCI+REF0000881") && told.contains("BGM+231+PO-88001+29"), "{told}");
    // A copy, a change and what cannot be read are not accepted.
    let others: [&[u8]; 3] = [
        include_bytes!("../../fixtures/interchange/edifact-orders-copy/input.edi"),
        include_bytes!("../../fixtures/interchange/edifact-ordchg/input.edi"),
        include_bytes!("../../fixtures/interchange/edifact-no-quantity/input.edi"),
    ];
    for other in others {
        let told = receipt(&accepting, other).unwrap().unwrap();
        assert!(told.contains("UCI+") && !told.contains("BGM+231"), "{told}");
    }
    // What is written can be read.
    let judged = receipt(&config(""), told.as_bytes()).unwrap();
    assert_eq!(judged, None, "our own answers go to the partner: {judged:?}");
}
