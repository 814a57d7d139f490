//! C18: fixtures hold nobody's phone, mail or identity number.
//!
//! People in fixtures are visibly made up: phones `138000000xx`, `555-01xx` or starred, mail at
//! `example.com`, no valid identity number. Texts that only look like one are listed in conformance.toml.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::report::Findings;
use super::suite::Suite;

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let mut texts = Vec::new();
    folder(&suite.fixtures.root.join("fixtures"), &mut texts);
    let allowed = &suite.fixtures.plan.looks_personal;
    for (file, text) in &texts {
        for (what, found) in personal(text) {
            if !allowed.iter().any(|allowed| allowed.text == found) {
                findings.note(file, format!("`{found}` looks like {what}"));
            }
        }
    }
    for allowed in allowed {
        let there = texts.iter().any(|(_, text)| text.contains(&allowed.text));
        let what = format!("looks_personal `{}` stands in no fixture any more", allowed.text);
        findings.expect(there, "conformance.toml", what);
    }
}

/// All texts below a folder with the names of their files. Binary files would give chance hits.
fn folder(path: &Path, texts: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> =
        fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            folder(&path, texts);
            continue;
        }
        let mut bytes = fs::read(&path).unwrap_or_default();
        if path.extension().is_some_and(|ext| ext == "gz") {
            let mut text = Vec::new();
            // What cannot be unpacked cannot be read by anybody either.
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).ok();
            bytes = text;
        }
        if let Ok(text) = String::from_utf8(bytes) {
            texts.push((path.display().to_string(), text));
        }
    }
}

/// Everything in a text that looks like it belongs to a person.
fn personal(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let belongs = |letter: char| letter.is_ascii_digit() || matches!(letter, 'X' | '+');
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '+'));
    // Digits inside a hash are nobody's number.
    let words = words.filter(|word| !is_hash(word));
    for digits in words.flat_map(|word| word.split(|letter| !belongs(letter))).filter(|run| run.len() >= 10) {
        if let Some(mobile) = chinese_mobile(digits) {
            found.push(("a mobile number (use 138000000xx or stars)", mobile.to_owned()));
        }
        if identity_number(digits) {
            found.push(("an identity number", digits.to_owned()));
        }
    }
    for word in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "@.+-_*()%".contains(letter))) {
        if let Some(mail) = mail(word) {
            found.push(("a mail address (use example.com)", mail));
        }
        if let Some(phone) = american_phone(word) {
            found.push(("a phone number (use 555-01xx)", phone));
        }
    }
    found
}

fn is_hash(word: &str) -> bool {
    word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn chinese_mobile(digits: &str) -> Option<&str> {
    // With a plus a country code follows: `+1613...` is not Chinese.
    let (abroad, bare) = digits.strip_prefix('+').map_or((false, digits), |bare| (true, bare));
    let national = match bare.len() {
        11 if !abroad => bare,
        13 => bare.strip_prefix("86")?,
        _ => return None,
    };
    let mobile = national.starts_with('1') && matches!(national.as_bytes().get(1), Some(b'3'..=b'9'));
    (mobile && !national.starts_with("138000000")).then_some(digits)
}

/// 18 digits with a date of birth and the right check digit (GB 11643): chance hits are one in thousands.
fn identity_number(digits: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if digits.len() != 18 {
        return false;
    }
    let number =
        |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let born = (1920..=2020).contains(&number(6, 10))
        && (1..=12).contains(&number(10, 12))
        && (1..=31).contains(&number(12, 14));
    let sum: u32 =
        digits.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    let check = usize::try_from(sum % 11).ok().and_then(|at| CHECK.get(at));
    born && digits.chars().last().as_ref() == check
}

fn mail(word: &str) -> Option<String> {
    let word = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let (name, domain) = word.split_once('@')?;
    let domain = domain.to_ascii_lowercase();
    let parts: Vec<&str> = domain.split('.').collect();
    let top = parts.last()?;
    let is_domain = parts.len() > 1 && top.len() > 1 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let reserved = matches!(*top, "example" | "test" | "invalid" | "localhost")
        || ["example.com", "example.org", "example.net"]
            .iter()
            .any(|free| domain == *free || domain.strip_suffix(free).is_some_and(|head| head.ends_with('.')));
    (is_domain && !name.is_empty() && !name.contains('*') && !reserved).then(|| word.to_owned())
}

/// `+1` and ten digits, or `ddd-ddd-dddd`, without the 555 of films.
fn american_phone(word: &str) -> Option<String> {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let shape: String =
        word.chars().map(|letter| if letter.is_ascii_digit() { 'd' } else { letter }).collect();
    let international = word.starts_with("+1") && digits.len() == 11;
    let national = matches!(shape.as_str(), "ddd-ddd-dddd" | "(ddd)ddd-dddd" | "ddd.ddd.dddd");
    ((international || national) && !digits.contains("555")).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_person_is_found() {
        for text in [
            "tel 13912345678",
            "\"+8613912345678\"",
            "a@mail.cn",
            "11010519491231002X",
            "+16135551212x +16131231212",
            "613-123-1212",
        ] {
            assert!(!personal(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_made_up_is_not() {
        for text in [
            "13800000012",
            "+8613800000012",
            "138****0135",
            "a@example.com",
            "b@shop.example.com",
            "x@example",
            "+16135551212",
            "4012345678901234567",
            "1795262400000",
            "shopify@0.1.0",
            "11010519491231002Y",
            "m***@mail.cn",
            "a1-79484ebe6c8c52b7835b0f13987654321de610edb5efe6d390fcc033a3461ea7",
        ] {
            assert_eq!(personal(text), [], "{text}");
        }
    }
}
