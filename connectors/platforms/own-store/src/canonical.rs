//! Observations in our own shape: read strictly, completed with platform and shop, validated.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crossdock_connector::Issue;
use crossdock_connector::wire::Scalar;
use crossdock_schemas::{Entity, Observation, OrderRef, Source, Ts};

use crate::normalize::{CONNECTOR, Item, Read, Reader};
use crate::problems::{self, Problem};
use crate::words;

/// Digits a version number is padded to, so that it sorts as text.
const VERSION_WIDTH: usize = 20;

#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow)]
    source: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    platform: Option<Scalar<'a>>,
    #[serde(borrow)]
    shop: Option<Scalar<'a>>,
}

impl Reader {
    /// One observation. `unknown` are the fields beside it that nothing reads.
    pub(crate) fn observation(
        &self,
        item: &Item<'_>,
        unknown: Vec<Problem>,
        base: &str,
        as_of: Option<Ts>,
    ) -> Result<Read, Vec<Problem>> {
        let mut problems = unknown;
        let partial = match item.partial.as_ref().map(Scalar::as_str) {
            None | Some("false" | "") => false,
            Some("true") => true,
            Some(_) => {
                problems.push(Problem::new(format!("{base}.partial"), "is true or false"));
                false
            }
        };
        let refs = match self.refs(item.refs, base) {
            Ok(refs) => refs,
            Err(found) => {
                problems.extend(found);
                Vec::new()
            }
        };
        match self.entity(item, base) {
            Ok(entity) => {
                let mut observation = Observation { partial, entity, refs };
                self.complete(&mut observation, as_of, base, &mut problems);
                if problems.is_empty() {
                    problems.extend(check(&observation, base));
                }
                if problems.is_empty() {
                    let mut issues: Vec<Issue> = Vec::new();
                    words::unknown(&observation, base, &mut issues);
                    return Ok(Read { observations: vec![observation], issues });
                }
            }
            Err(found) => problems.extend(found),
        }
        // The order of the keys in the message must not show.
        problems.sort_by(|a, b| a.path.cmp(&b.path));
        Err(problems)
    }

    fn entity(&self, item: &Item<'_>, base: &str) -> Result<Entity, Vec<Problem>> {
        let members = [
            ("order", item.order),
            ("aftersale", item.aftersale),
            ("parcel", item.parcel),
            ("inventory", item.inventory),
        ];
        let kind = item.kind.as_ref().map(Scalar::as_str).unwrap_or_default();
        if !members.iter().any(|(name, _)| *name == kind) {
            let what = "is none of order, aftersale, parcel, inventory";
            return Err(vec![Problem::new(format!("{base}.kind"), what)]);
        }
        let beside = members.iter().filter(|(name, raw)| *name != kind && raw.is_some());
        let mut problems: Vec<Problem> = beside
            .map(|(name, _)| {
                Problem::new(format!("{base}.{name}"), format!("is not what `kind` says: {kind}"))
            })
            .collect();
        let path = format!("{base}.{kind}");
        let Some(raw) = members.iter().find_map(|(name, raw)| raw.filter(|_| *name == kind)) else {
            problems.push(Problem::new(path, "is missing"));
            return Err(problems);
        };
        let entity = match kind {
            "order" => self.read(raw, &path).map(Entity::Order),
            "aftersale" => self.read(raw, &path).map(Entity::Aftersale),
            "parcel" => self.read(raw, &path).map(Entity::Parcel),
            _ => self.read(raw, &path).map(Entity::Inventory),
        };
        match entity {
            Ok(entity) if problems.is_empty() => Ok(entity),
            Ok(_) => Err(problems),
            Err(found) => {
                problems.extend(found);
                Err(problems)
            }
        }
    }

    fn read<T: DeserializeOwned>(&self, raw: &RawValue, path: &str) -> Result<Box<T>, Vec<Problem>> {
        problems::read_strictly(&self.with_source(raw.get()), path).map(Box::new)
    }

    /// The text of an entity, with platform and shop put in where they are left out.
    fn with_source<'t>(&self, entity: &'t str) -> Cow<'t, str> {
        // Most messages leave it out, and then the text need not be read for it.
        let peek =
            if entity.contains("\"source\"") { serde_json::from_str::<Peek<'_>>(entity).ok() } else { None };
        let Some(source) = peek.and_then(|peek| peek.source).map(RawValue::get) else {
            let member = format!("\"source\":{{{},{}}}", self.platform_member, self.shop_member);
            return with_member(entity, &member).map_or(Cow::Borrowed(entity), Cow::Owned);
        };
        // The source is a part of the entity's text, so it can be found where it lies.
        let at = source.as_ptr().addr().checked_sub(entity.as_ptr().addr());
        let spliced = at.and_then(|at| {
            let (head, tail) = (entity.get(..at)?, entity.get(at + source.len()..)?);
            Some(format!("{head}{}{tail}", self.completed(source)?))
        });
        spliced.map_or(Cow::Borrowed(entity), Cow::Owned)
    }

    /// An object with platform and shop, when it lacks one of them.
    fn completed(&self, object: &str) -> Option<String> {
        let given = serde_json::from_str::<Place<'_>>(object).ok()?;
        let member = match (given.platform, given.shop) {
            (Some(_), Some(_)) => return None,
            (None, Some(_)) => self.platform_member.clone(),
            (Some(_), None) => self.shop_member.clone(),
            (None, None) => format!("{},{}", self.platform_member, self.shop_member),
        };
        with_member(object, &member)
    }

    /// The orders it belongs to. They may lie at another platform: a warehouse also ships what others sold.
    fn refs(&self, raw: Option<&RawValue>, base: &str) -> Result<Vec<OrderRef>, Vec<Problem>> {
        let Some(raw) = raw else { return Ok(Vec::new()) };
        let base = format!("{base}.refs");
        let (given, _) = problems::read::<Vec<&RawValue>>(raw.get(), &base)?;
        let (mut refs, mut problems) = (Vec::with_capacity(given.len()), Vec::new());
        for (i, one) in given.into_iter().map(RawValue::get).enumerate() {
            let completed = self.completed(one);
            match problems::read_strictly(completed.as_deref().unwrap_or(one), &format!("{base}[{i}]")) {
                Ok(one) => refs.push(one),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(refs) } else { Err(problems) }
    }

    /// Puts in what the hub needs, takes out what only the hub may say.
    fn complete(
        &self,
        observation: &mut Observation,
        as_of: Option<Ts>,
        base: &str,
        problems: &mut Vec<Problem>,
    ) {
        let kind = observation.kind().as_str();
        let modified = match &mut observation.entity {
            Entity::Order(order) => {
                order.order_key = None;
                order.lines_hash = None;
                order.idem_key = None;
                order.hub_revision = None;
                order.risk_tags.clear();
                order.lines.iter_mut().for_each(|line| line.line_key = None);
                order.modified_at
            }
            Entity::Aftersale(case) => {
                case.aftersale_key = None;
                case.order_key = None;
                case.modified_at
            }
            Entity::Parcel(parcel) => {
                parcel.parcel_key = None;
                parcel.orders.clear();
                parcel.events.iter_mut().for_each(|event| event.event_key = None);
                None
            }
            Entity::Inventory(level) => Some(level.as_of),
        };
        let source = observation.source_mut();
        for (name, given, own) in
            [("platform", &source.platform, &self.platform), ("shop", &source.shop, &self.shop)]
        {
            if given != own {
                let what =
                    format!("is not the {name} of this source's settings; leave it out or give `{own}`");
                problems.push(Problem::new(format!("{base}.{kind}.source.{name}"), what));
            }
        }
        let revision = source.revision.take().map(sortable);
        *source = Source {
            platform: std::mem::take(&mut source.platform),
            shop: std::mem::take(&mut source.shop),
            site: source.site.take(),
            connector: Some(CONNECTOR.to_owned()),
            revision: revision.or_else(|| modified.or(as_of).map(Ts::millis_text)),
            ..Source::default()
        };
    }
}

/// What the model asks for.
fn check(observation: &Observation, base: &str) -> Vec<Problem> {
    let path = |path: String| match path.strip_prefix('$') {
        Some(rest) => format!("{base}{rest}"),
        None => path,
    };
    let found = observation.validate().into_iter();
    found.map(|problem| Problem::new(path(problem.path), problem.message)).collect()
}

/// An object's text with one more member at its start.
fn with_member(object: &str, member: &str) -> Option<String> {
    let rest = object.trim_start().strip_prefix('{')?.trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    Some(format!("{{{member}{comma}{rest}"))
}

/// A version number padded so that 10 sorts after 9; anything else as it is.
fn sortable(revision: String) -> String {
    let number = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
    if number { format!("{revision:0>VERSION_WIDTH$}") } else { revision }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort() {
        assert!(sortable("9".to_owned()) < sortable("10".to_owned()));
        assert_eq!(sortable("2026-11-21T03:30:58.000Z".to_owned()), "2026-11-21T03:30:58.000Z");
    }

    #[test]
    fn members_are_put_in() {
        assert_eq!(with_member("{}", "\"a\":1").as_deref(), Some("{\"a\":1}"));
        assert_eq!(with_member(" { \"b\":2}", "\"a\":1").as_deref(), Some("{\"a\":1,\"b\":2}"));
        assert_eq!(with_member("[]", "\"a\":1"), None);
    }

    #[test]
    fn the_source_is_completed_wherever_it_stands() {
        let reader = Reader::new("own_store".to_owned(), "ma\"in".to_owned());
        for (given, expected) in [
            (r#"{"order_no":"1"}"#, r#"{"source":{"platform":"own_store","shop":"ma\"in"},"order_no":"1"}"#),
            (
                r#"{"order_no":"1","source":{}}"#,
                r#"{"order_no":"1","source":{"platform":"own_store","shop":"ma\"in"}}"#,
            ),
            (
                r#"{"source":{"shop":"x"},"order_no":"1"}"#,
                r#"{"source":{"platform":"own_store","shop":"x"},"order_no":"1"}"#,
            ),
            (r#"{"source":{"platform":"p","shop":"x"}}"#, r#"{"source":{"platform":"p","shop":"x"}}"#),
            (r#"{"source":7}"#, r#"{"source":7}"#),
        ] {
            assert_eq!(reader.with_source(given), expected);
        }
    }
}
