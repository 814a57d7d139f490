//! The 86 labelled addresses of `cases.jsonl` (origin: ORIGIN.md), scored as that page says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]
use crossdock_address::{Hints, Raw, Standard, Tables, standardize};

use serde_json::Value;

/// What is wrong with an answer: fields, and whether a code is wrong rather than unknown.
fn judge(expect: &Value, got: &Standard) -> (Vec<String>, bool) {
    let got = serde_json::to_value(got).unwrap();
    let (mut wrong, mut code) = (Vec::new(), false);
    let plain = |value: &Value| -> String {
        let text = value.as_str().unwrap_or_default();
        text.chars().filter(|it| !it.is_whitespace() && !",，.。;；、".contains(*it)).collect()
    };
    for field in ["province", "city", "district"] {
        if expect[field] != got[field] {
            wrong.push(format!("{field} {} for {}", got[field], expect[field]));
            code |= !got[field].is_null();
        }
    }
    for field in ["street", "name", "phone", "phone_ext", "postcode", "instruction"] {
        if !expect[field].is_null() && expect[field] != got[field] {
            wrong.push(format!("{field} {} for {}", got[field], expect[field]));
        }
    }
    for field in ["country", "grade"] {
        if expect[field] != got[field] {
            wrong.push(format!("{field} {} for {}", got[field], expect[field]));
        }
    }
    if plain(&expect["detail"]) != plain(&got["detail"]) {
        wrong.push(format!("detail {} for {}", got["detail"], expect["detail"]));
    }
    let flags = got["flags"].as_array().unwrap();
    for flag in expect["flags"].as_array().unwrap() {
        if !flags.contains(flag) {
            wrong.push(format!("flag {flag}"));
        }
    }
    if let Some(candidates) = expect.get("candidates")
        && got.get("candidates") != Some(candidates)
    {
        wrong.push(format!("candidates {:?}", got.get("candidates")));
    }
    (wrong, code)
}

#[test]
fn the_labelled_addresses() {
    let tables = Tables::embedded().unwrap();
    let (mut all, mut bad, mut wrong_codes) = (0, Vec::<String>::new(), Vec::<Value>::new());
    for line in include_str!("cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let hints: Option<Hints> =
            case.get("hints").map(|hints| serde_json::from_value(hints.clone()).unwrap());
        let raw = Raw { raw: case["raw"].as_str().unwrap().to_owned(), hints };
        let (wrong, code) = judge(&case["expect"], &standardize(&tables, &raw));
        all += 1;
        if !wrong.is_empty() {
            bad.push(format!("{} {}: {}", case["id"], case["raw"], wrong.join("; ")));
        }
        if code {
            wrong_codes.push(case["id"].clone());
        }
    }
    assert_eq!(all, 86);
    assert!(wrong_codes.is_empty(), "wrong codes: {wrong_codes:?}");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
