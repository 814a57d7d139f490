//! Finding the history somebody means.

use std::sync::Arc;

use crossdock_schemas::HistoryKind;
use serde::Deserialize;

use super::super::{Failure, Outcome, store};
use super::{name_of, of, shop_of};
use crate::backbone::{Answer, Backbone, HistoryKey, Question, Timeline};

/// States looked at together when an order is searched by the number people see.
const PAGE: usize = 512;

/// The one history of a kind with this number at this place: a source id, a platform or carrier, or platform/shop.
///
/// # Errors
/// When there is none (says what comes close) or more than one (lists them).
pub(in crate::cli) async fn one(
    store: &dyn Backbone,
    kind: HistoryKind,
    place: &str,
    number: &str,
) -> Outcome<Box<Timeline>> {
    let mut near = Vec::new();
    let mut found = fitting(store, kind, place, number.trim(), &mut near).await?;
    if found.is_empty() && kind == HistoryKind::Order {
        for number in by_display_number(store, place, number.trim()).await? {
            found.extend(fitting(store, kind, place, &number, &mut near).await?);
        }
    }
    if found.is_empty() {
        let other: Vec<String> = variants(kind, number);
        for number in &other {
            found.extend(fitting(store, kind, place, number, &mut near).await?);
        }
    }
    if found.len() > 1 {
        let names: Vec<String> =
            found.iter().map(|found| format!("  {} {}", shop_of(&found.key), found.key.number)).collect();
        return Err(Failure::failed(format!("`{place}` has more than one:\n{}", names.join("\n"))));
    }
    match found.pop() {
        Some(timeline) => Ok(timeline),
        None => Err(none(store, kind, place, number.trim(), near).await?),
    }
}

/// Histories with this number that are at the place; those elsewhere are near.
async fn fitting(
    store: &dyn Backbone,
    kind: HistoryKind,
    place: &str,
    number: &str,
    near: &mut Vec<HistoryKey>,
) -> Outcome<Vec<Box<Timeline>>> {
    let mut found = Vec::new();
    for key in keys(store, kind, number).await? {
        let Some(timeline) = of(store, key.clone()).await? else { continue };
        if is_at(&key, place) || timeline.captures.iter().any(|capture| capture.source == place) {
            found.push(timeline);
        } else {
            near.push(key);
        }
    }
    // A platform that is named means its own orders, not those another shop's source spoke about.
    if found.iter().any(|found| is_at(&found.key, place)) {
        found.retain(|found| is_at(&found.key, place));
    }
    Ok(found)
}

async fn keys(store: &dyn Backbone, kind: HistoryKind, number: &str) -> Outcome<Vec<HistoryKey>> {
    let question =
        Question::Find { kind, platform: String::new(), shop: String::new(), number: number.to_owned() };
    match store.ask(question).await? {
        Answer::Found(keys) => Ok(keys),
        _ => Err(store::unexpected()),
    }
}

fn is_at(key: &HistoryKey, place: &str) -> bool {
    // `sf-express` and `sf_express` are the same to people.
    let same =
        |left: &str, right: &str| left.replace('-', "_").eq_ignore_ascii_case(&right.replace('-', "_"));
    match place.split_once('/') {
        Some((platform, shop)) => same(platform, &key.platform) && shop == &*key.shop,
        None => same(place, &key.platform),
    }
}

/// Other ways to write the same number.
fn variants(kind: HistoryKind, number: &str) -> Vec<String> {
    let bare: String = number.chars().filter(|letter| !letter.is_whitespace() && *letter != '#').collect();
    let upper = bare.to_uppercase();
    let mut all = vec![bare];
    if kind == HistoryKind::Parcel || !all.contains(&upper) {
        all.push(upper);
    }
    all.retain(|variant| variant != number.trim());
    all.dedup();
    all
}

/// Order numbers of orders that people see under this number (`#1001`). There is no index for it: every order is
/// looked at, and only those that hold the text are read.
async fn by_display_number(store: &dyn Backbone, place: &str, shown: &str) -> Outcome<Vec<String>> {
    #[derive(Deserialize)]
    struct Head {
        order_no: String,
        display_no: Option<String>,
        merchant_no: Option<String>,
    }
    let with_sign = format!("#{}", shown.trim_start_matches('#'));
    let bare = shown.trim_start_matches('#');
    let wanted = [shown, &with_sign, bare];
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let question = Question::States { kind: HistoryKind::Order, after, limit: PAGE };
        let Answer::States(page) = store.ask(question).await? else { return Err(store::unexpected()) };
        let Some((last, _)) = page.last() else { return Ok(found) };
        after = *last;
        for (_, state) in &page {
            let Some(snapshot) = state.snapshot.as_deref().filter(|text| text.contains(bare)) else {
                continue;
            };
            let Ok(head) = serde_json::from_str::<Head>(snapshot) else { continue };
            let is =
                |number: &Option<String>| number.as_deref().is_some_and(|number| wanted.contains(&number));
            if is(&head.display_no) || is(&head.merchant_no) {
                found.push(head.order_no);
            }
        }
        tracing::debug!(place, after, "searching by the number people see");
    }
}

/// Nothing was found: what was searched, and what comes close.
async fn none(
    store: &dyn Backbone,
    kind: HistoryKind,
    place: &str,
    number: &str,
    mut near: Vec<HistoryKey>,
) -> Outcome<Failure> {
    for other in HistoryKind::ALL.iter().filter(|other| **other != kind) {
        near.extend(keys(store, *other, number).await?);
    }
    near.sort();
    near.dedup();
    let mut message =
        format!("no {kind} `{number}` at `{place}` (searched as source id, platform and platform/shop)");
    if !near.is_empty() {
        let lines: Vec<Arc<str>> =
            near.iter().take(10).map(|key| format!("\n  {}", name_of(key)).into()).collect();
        message.push_str("\nthe same number is known as:");
        for line in lines {
            message.push_str(&line);
        }
    }
    Ok(Failure::failed(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> HistoryKey {
        HistoryKey {
            kind: HistoryKind::Parcel,
            platform: "sf_express".into(),
            shop: "".into(),
            number: "SF1".into(),
        }
    }

    #[test]
    fn places_are_platforms_or_platform_and_shop() {
        assert!(is_at(&key(), "sf_express"));
        assert!(is_at(&key(), "SF-Express"));
        assert!(!is_at(&key(), "sf"));
        let order = HistoryKey { platform: "taobao".into(), shop: "A".into(), ..key() };
        assert!(is_at(&order, "taobao/A"));
        assert!(!is_at(&order, "taobao/a"));
    }

    #[test]
    fn numbers_are_tried_in_the_ways_people_write_them() {
        assert_eq!(variants(HistoryKind::Parcel, "sf 123"), ["sf123", "SF123"]);
        assert_eq!(variants(HistoryKind::Order, "#1001"), ["1001"]);
        assert!(variants(HistoryKind::Order, "1001").is_empty());
    }
}
