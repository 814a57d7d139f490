//! Registers: of each field, the statement with the newest source revision counts.
//!
//! A full observation states all content at its revision; a partial one states the fields it carries. Each
//! field therefore has a stamp: that of the last full observation, unless a newer partial one gave it its
//! own. Axes of status are registers of their own also in full observations, because a source may leave an
//! axis unsaid (`unchanged` in its table), and unsaid never overwrites.
//!
//! Statements of the same revision that differ are joined so that the result does not depend on which came
//! first: an axis takes the one further on, full content the one with the greater weight as a whole, a
//! partial field the one with the greater text; a full statement beats a partial one. That makes the result
//! a function of the set of statements, which is the third promise.

use std::collections::BTreeMap;

use crossdock_schemas::Ext;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::normal::{Mark, text};

/// A field that has a stamp.
pub(super) struct Field<T> {
    /// Its name in stored states.
    pub(super) name: &'static str,
    /// What a full observation says by not stating it.
    pub(super) kind: Kind,
    /// Whether an observation says anything about it.
    pub(super) stated: fn(&T) -> bool,
    /// Exchanges it between two entities.
    pub(super) swap: fn(&mut T, &mut T),
    /// Joins two statements of the same revision into the first.
    pub(super) join: fn(&mut T, &mut T),
}

/// What a full observation says about a field it does not state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is empty.
    Content,
    /// Nothing: an axis of status stays as it was, and the first statement about it counts, however old.
    Axis,
    /// It is empty; but statements of the same revision add up.
    Set,
}

impl Kind {
    const fn is_content(self) -> bool {
        matches!(self, Kind::Content)
    }
}

/// An entity whose fields are registers.
pub(super) trait Registers: Clone + PartialEq + 'static {
    /// All fields but `ext`.
    fn fields() -> &'static [Field<Self>];
    /// What only one platform knows: each of its entries is a register.
    fn ext(&mut self) -> &mut Ext;
    /// Decides between full statements of the same revision.
    fn weight(&self) -> Weight;
}

/// Decides between two full statements of the same revision: first by content that counts, then by such
/// trifles as the order of lines. Equal values weigh the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Weight {
    #[serde(rename = "c")]
    pub(super) content: Mark,
    #[serde(rename = "x")]
    pub(super) exact: Mark,
}

/// Whose statement each field holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamps {
    /// Revision of the newest full observation; empty: there was none with a revision.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) full: String,
    /// Fields whose stamp is another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    own: BTreeMap<String, String>,
    /// Weight of the newest full observation, kept once partial ones have covered parts of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<Weight>,
}

impl Stamps {
    /// The stamps after a first full observation.
    pub(super) fn first(revision: Option<&str>) -> Stamps {
        Stamps { full: revision.unwrap_or_default().to_owned(), ..Stamps::default() }
    }

    /// Whether a partial observation gave this field its present value.
    pub(super) fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// Whether nothing is stamped.
    pub(super) fn is_empty(&self) -> bool {
        *self == Stamps::default()
    }

    /// Whether no field has a stamp of its own.
    pub(super) fn is_plain(&self) -> bool {
        self.own.is_empty()
    }

    fn of(&self, name: &str) -> &str {
        self.own.get(name).unwrap_or(&self.full)
    }

    /// Whether a statement about `name` at this revision is newer than, as old as or older than what is held.
    pub(super) fn compare(&self, name: &str, revision: &str) -> std::cmp::Ordering {
        revision.cmp(self.of(name))
    }

    /// The same for a field; anything is newer than an axis nobody spoke about.
    fn compare_field<T>(&self, field: &Field<T>, ours: &T, revision: &str) -> std::cmp::Ordering {
        if field.kind == Kind::Axis && !(field.stated)(ours) {
            return std::cmp::Ordering::Greater;
        }
        self.compare(field.name, revision)
    }

    /// Notes that `name` is now held from a statement at this revision.
    pub(super) fn set(&mut self, name: &str, revision: &str) {
        self.own.insert(name.to_owned(), revision.to_owned());
    }

    /// Forgets stamps that say nothing.
    fn tidy<T: Registers>(&mut self) {
        let full = std::mem::take(&mut self.full);
        self.own.retain(|name, stamp| if is_content::<T>(name) { *stamp > full } else { *stamp != full });
        self.full = full;
        if !self.own.keys().any(|name| is_content::<T>(name)) {
            self.weight = None;
        }
    }
}

fn is_content<T: Registers>(name: &str) -> bool {
    !T::fields().iter().any(|field| !field.kind.is_content() && field.name == name)
}

/// Takes in a full observation. `None` as revision: what comes last is the newest, and it leaves no stamp.
pub(super) fn take_full<T: Registers>(
    stamps: &mut Stamps,
    ours: &mut T,
    mut theirs: T,
    revision: Option<&str>,
) {
    let Some(revision) = revision else {
        replace_content(stamps, ours, &mut theirs, None);
        for field in T::fields().iter().filter(|field| !field.kind.is_content()) {
            if field.kind == Kind::Set || (field.stated)(&theirs) {
                (field.swap)(ours, &mut theirs);
            }
        }
        stamps.weight = None;
        return;
    };
    let content = revision.cmp(&stamps.full);
    take_axes(stamps, ours, &mut theirs, revision, content.is_gt());
    if content.is_gt() {
        let weight = theirs.weight_if(stamps.own.keys().any(|name| is_content::<T>(name)));
        stamps.full = revision.to_owned();
        replace_content(stamps, ours, &mut theirs, Some(revision));
        stamps.weight = weight;
    } else if content.is_eq() {
        let held = stamps.weight.unwrap_or_else(|| ours.weight());
        let weight = theirs.weight();
        // Equal weight: only tokens differ, and of tokens the latest is the one that works.
        if weight >= held {
            replace_content(stamps, ours, &mut theirs, Some(revision));
            stamps.weight = Some(weight);
        }
    }
    stamps.tidy::<T>();
}

/// Axes of a full observation, each for itself.
fn take_axes<T: Registers>(stamps: &mut Stamps, ours: &mut T, theirs: &mut T, revision: &str, newest: bool) {
    for field in T::fields().iter().filter(|field| !field.kind.is_content()) {
        let stated = field.kind == Kind::Set || (field.stated)(theirs);
        let order = stamps.compare_field(field, ours, revision);
        if stated && order.is_gt() {
            (field.swap)(ours, theirs);
            stamps.set(field.name, revision);
        } else if stated && order.is_eq() {
            (field.join)(ours, theirs);
            stamps.set(field.name, revision);
        } else if newest && (field.stated)(ours) && !stamps.is_own(field.name) {
            // The stamp of the full observation is about to move; this axis stays where it was.
            let held = stamps.full.clone();
            stamps.set(field.name, &held);
        }
    }
}

/// Puts their content in the place of ours, but for fields that hold a newer partial statement.
fn replace_content<T: Registers>(stamps: &mut Stamps, ours: &mut T, theirs: &mut T, revision: Option<&str>) {
    let newer = |stamps: &Stamps, name: &str| {
        revision.is_some_and(|revision| stamps.own.get(name).is_some_and(|stamp| stamp.as_str() > revision))
    };
    for field in T::fields().iter().filter(|field| field.kind.is_content()) {
        if !newer(stamps, field.name) {
            (field.swap)(ours, theirs);
        }
    }
    let held = std::mem::replace(ours.ext(), std::mem::take(theirs.ext()));
    for (namespace, name, value) in entries(held) {
        if newer(stamps, &ext_name(&namespace, &name)) {
            ours.ext().entry(namespace).or_default().insert(name, value);
        }
    }
}

/// Takes in a partial observation: only what it states.
pub(super) fn take_partial<T: Registers>(
    stamps: &mut Stamps,
    ours: &mut T,
    mut theirs: T,
    revision: Option<&str>,
) {
    for field in T::fields() {
        if !(field.stated)(&theirs) {
            continue;
        }
        let Some(revision) = revision else {
            (field.swap)(ours, &mut theirs);
            continue;
        };
        let order = stamps.compare_field(field, ours, revision);
        if order.is_gt() {
            if field.kind.is_content() && stamps.weight.is_none() && !stamps.full.is_empty() {
                // From now on part of the full statement is covered; a rival of it is weighed against this.
                stamps.weight = Some(ours.weight());
            }
            (field.swap)(ours, &mut theirs);
            stamps.set(field.name, revision);
        } else if order.is_eq() && (!field.kind.is_content() || stamps.is_own(field.name)) {
            (field.join)(ours, &mut theirs);
        }
    }
    for (namespace, name, value) in entries(std::mem::take(theirs.ext())) {
        take_entry(stamps, ours, namespace, name, value, revision);
    }
    if revision.is_some() {
        stamps.tidy::<T>();
    }
}

/// Whether everything a partial observation states is held from a newer statement.
pub(super) fn is_outdated<T: Registers>(stamps: &Stamps, theirs: &T, revision: &str) -> bool {
    let mut stated = T::fields().iter().filter(|field| (field.stated)(theirs)).peekable();
    stated.peek().is_some() && stated.all(|field| stamps.compare(field.name, revision).is_lt())
}

fn take_entry<T: Registers>(
    stamps: &mut Stamps,
    ours: &mut T,
    namespace: String,
    name: String,
    value: Value,
    revision: Option<&str>,
) {
    let register = ext_name(&namespace, &name);
    if let Some(revision) = revision {
        let order = stamps.compare(&register, revision);
        let joined = order.is_eq()
            && stamps.is_own(&register)
            && ours
                .ext()
                .get(&namespace)
                .and_then(|held| held.get(&name))
                .is_some_and(|held| text(&value) > text(held));
        if !order.is_gt() && !joined {
            return;
        }
        if stamps.weight.is_none() && !stamps.full.is_empty() {
            stamps.weight = Some(ours.weight());
        }
        stamps.set(&register, revision);
    }
    ours.ext().entry(namespace).or_default().insert(name, value);
}

fn entries(ext: Ext) -> impl Iterator<Item = (String, String, Value)> {
    ext.into_iter().flat_map(|(namespace, members): (String, Map<String, Value>)| {
        members.into_iter().map(move |(name, value)| (namespace.clone(), name, value)).collect::<Vec<_>>()
    })
}

fn ext_name(namespace: &str, name: &str) -> String {
    format!("ext/{namespace}/{name}")
}

trait WeightIf {
    fn weight_if(&self, needed: bool) -> Option<Weight>;
}

impl<T: Registers> WeightIf for T {
    /// Weighing writes the whole entity as text: only where it will be asked for.
    fn weight_if(&self, needed: bool) -> Option<Weight> {
        needed.then(|| self.weight())
    }
}

/// Whether a value says anything.
pub(super) trait Stated {
    /// Whether it does.
    fn stated(&self) -> bool;
}

impl<T> Stated for Option<T> {
    fn stated(&self) -> bool {
        self.is_some()
    }
}

impl<T> Stated for Vec<T> {
    fn stated(&self) -> bool {
        !self.is_empty()
    }
}

/// A content field: `name`, or `name, name_raw` for a word with its raw twin.
macro_rules! content {
    ($name:ident $(, $raw:ident)?) => {
        Field {
            name: stringify!($name),
            kind: Kind::Content,
            stated: |it| Stated::stated(&it.$name) $(|| it.$raw.is_some())?,
            swap: |a, b| {
                std::mem::swap(&mut a.$name, &mut b.$name);
                $(std::mem::swap(&mut a.$raw, &mut b.$raw);)?
            },
            join: |ours, theirs| {
                if text(&(&theirs.$name, $(&theirs.$raw,)?)) > text(&(&ours.$name, $(&ours.$raw,)?)) {
                    std::mem::swap(&mut ours.$name, &mut theirs.$name);
                    $(std::mem::swap(&mut ours.$raw, &mut theirs.$raw);)?
                }
            },
        }
    };
}

pub(super) use content;
