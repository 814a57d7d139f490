use super::*;
use proptest::prelude::*;

fn first(number: &str) -> Option<&'static str> {
    guess(number).first().map(|guess| guess.carrier)
}

/// The valid numbers of the sheet, each also with another last digit.
#[test]
fn check_digits_are_those_of_the_sheet() {
    let numbers = [
        ("1Z5R89390357567127", "ups"),
        ("K2479825491", "ups"),
        ("V0490119172", "ups"),
        ("986578788855", "fedex"),
        ("041441760228964", "fedex"),
        ("9622001900000000000000776632517510", "fedex"),
        ("1001921334250001000300779017972697", "fedex"),
        ("9400111206206406260787", "usps"),
        ("92748931507708513018050063", "usps"),
        ("420900019400111206206406260787", "usps"),
        ("4209000112349400111206206406260787", "usps"),
        ("RB123456785CN", "china_post"),
        ("RB123456785GB", "upu"),
        ("3318810025", "dhl"),
    ];
    for (number, carrier) in numbers {
        let found = guess(number);
        let right = found.iter().find(|guess| guess.carrier == carrier && guess.check_digit == Some(true));
        assert!(right.is_some(), "{number}: {found:?}");
        let mut wrong = number.as_bytes().to_vec();
        let at = wrong.iter().rposition(u8::is_ascii_digit).unwrap();
        wrong[at] = b'0' + (wrong[at] - b'0' + 1) % 10;
        let wrong = String::from_utf8(wrong).unwrap();
        let checked =
            guess(&wrong).into_iter().any(|guess| guess.carrier == carrier && guess.check_digit.is_some());
        assert!(!checked, "{wrong} has a wrong check digit");
    }
}

#[test]
fn forms_without_check_digits_are_hints() {
    let numbers = [
        ("SF1234567890123", "sf_express"),
        ("sf 1234 5678 9012 3", "sf_express"),
        ("D123456789", "yto"),
        ("YT1234567890123", "yto"),
        ("9611020987654312345672", "fedex"),
        ("JJD123456789", "dhl"),
        ("JD123456789012345678", "dhl"),
        ("GM1234567890", "dhl"),
        ("4312345678901", "yunda"),
        ("DPK123456789", "deppon"),
        ("DP1234567890", "deppon"),
        ("SF123456789012", "sf_express"),
        ("YT1234567890123456", "yunexpress"),
        ("73123456789012", "zto"),
        ("771234567890123", "sto"),
        ("JT1234567890123", "jt_express"),
        ("JDVA12345678901-1-3-", "jd_logistics"),
        ("TBA123456789012", "amazon_logistics"),
        ("4PX1234567890123CN", "4px"),
    ];
    for (number, carrier) in numbers {
        assert_eq!(first(number), Some(carrier), "{number}: {:?}", guess(number));
    }
    // Digits alone fit many; each of them is said.
    for (number, carriers) in [
        ("223456789012", &["sf_express", "zto", "sto", "yto"][..]),
        ("1234567890123", &["sto", "yto"]),
        ("123456789012345", &["yunda", "yto"]),
        ("12345678", &["deppon"]),
    ] {
        let found: Vec<&str> = guess(number)
            .into_iter()
            .filter(|guess| guess.check_digit.is_none())
            .map(|guess| guess.carrier)
            .collect();
        assert_eq!(found, carriers, "{number}");
    }
    // Twelve digits may be FedEx's, then the check digit decides, or SF's.
    assert_eq!(first("986578788855"), Some("fedex"));
    assert_eq!(first("986578788854"), Some("sf_express"));
    assert!(guess("hello").is_empty() && guess("").is_empty());
    let with_zip = guess("420900019400111206206406260787");
    assert_eq!(with_zip.first().map(|guess| guess.carrier), Some("usps"));
}

proptest! {
    #[test]
    fn any_text_is_taken(text in ".{0,60}") {
        let _guesses = guess(&text);
    }
}
