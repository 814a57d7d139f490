//! What fuzzing does to a connector, as a plain function of bytes: fuzz targets call it, and so does C08 with every
//! input that is kept, so that the corpus holds on any toolchain.
//!
//! There are three doors through which bytes of others come in, and each is a [`Target`]. A [`Door`] is one connector
//! built with every settings its fixtures use; [`Door::run`] hands it one input and says what must not have happened:
//!
//! - it panics (the caller notices);
//! - normalizing the same capture twice gives two results;
//! - an observation is another one after it was written and read;
//! - bytes that cannot be read end in an error that blames something else than the bytes;
//! - a request is verified, and also by keys that nobody has.
//!
//! How an input is built is said at [`Input`]; [`corpus`] keeps those that fuzzing found.

pub mod corpus;
mod input;
mod read;
mod replies;
mod seeds;
mod verify;

use std::collections::BTreeMap;

use crossdock_connector::{Parts, Result};
use sha2::{Digest, Sha256};

use crate::conformance::{Subject, Suite};
use crate::fixture::{FixtureError, Secrets};

pub use input::Input;

/// One way for bytes into a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The parser: captures and files.
    Parse,
    /// The verifier: requests of strangers.
    Verify,
    /// The readers of what comes back when we ask, or hand over.
    Replies,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Parse, Self::Verify, Self::Replies];

    /// The name, also of the program that fuzzes it and of its corpus.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Verify => "verify",
            Self::Replies => "replies",
        }
    }

    /// Whether a connector has this door.
    fn is_of(self, parts: &Parts) -> bool {
        match self {
            Self::Parse => parts.normalize.is_some() || parts.files.is_some(),
            Self::Verify => parts.push.is_some(),
            Self::Replies => replies::has(parts),
        }
    }
}

/// A connector built once, and once more with other keys.
struct Built {
    parts: Parts,
    /// Built with keys that nobody has; none when such keys are refused.
    others: Option<Parts>,
}

/// One connector with every settings its fixtures use.
pub struct Door {
    topics: &'static [&'static str],
    example: Built,
    built: BTreeMap<String, Built>,
    batches: replies::Batches,
    seeds: Vec<(Target, Vec<u8>)>,
}

/// The key under which a [`Door`] keeps what was built with settings; the example's is empty.
fn settings_key(settings: Option<&str>, secrets: &Secrets) -> String {
    if settings.is_none() && secrets.is_empty() {
        return String::new();
    }
    let mut hash = Sha256::new();
    hash.update(settings.unwrap_or_default());
    for (name, value) in secrets {
        hash.update([0]);
        hash.update(name);
        hash.update([1]);
        hash.update(value);
    }
    hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

impl Door {
    /// Builds a connector and reads its fixtures.
    ///
    /// # Errors
    /// When the example settings are refused, or a fixture cannot be read.
    pub fn new(subject: &Subject) -> Result<Self, FixtureError> {
        Self::of(&Suite::load(subject)?)
    }

    pub(crate) fn of(suite: &Suite<'_>) -> Result<Self, FixtureError> {
        let build = |settings: Option<&str>, secrets: &Secrets| -> Result<Built> {
            Ok(Built {
                parts: suite.parts(settings, secrets)?,
                others: suite.parts_with(settings, secrets, verify::other_key).ok(),
            })
        };
        let example = build(None, &Secrets::new())
            .map_err(|error| FixtureError::new(&suite.fixtures.root, format!("settings refused: {error}")))?;
        let mut built = BTreeMap::new();
        for (settings, secrets) in seeds::settings(&suite.fixtures) {
            let key = settings_key(settings, secrets);
            // Settings that are refused are a case of their own; there is nothing behind them to hand bytes to.
            if !key.is_empty()
                && !built.contains_key(&key)
                && let Ok(more) = build(settings, secrets)
            {
                built.insert(key, more);
            }
        }
        let topics = suite.descriptor().capabilities.topics;
        let seeds = seeds::all(suite, &example.parts);
        let batches = replies::batches(&suite.fixtures);
        Ok(Self { topics, example, built, batches, seeds })
    }

    /// Whether the connector has this door.
    pub fn has(&self, target: Target) -> bool {
        target.is_of(&self.example.parts)
    }

    /// Inputs to start from: everything the fixtures hold.
    pub fn seeds(&self, target: Target) -> impl Iterator<Item = &[u8]> {
        self.seeds.iter().filter(move |(of, _)| *of == target).map(|(_, seed)| seed.as_slice())
    }

    /// Hands one input to the connector.
    ///
    /// # Errors
    /// With what must not have happened.
    pub fn run(&self, target: Target, bytes: &[u8]) -> Result<(), String> {
        let input = Input::read(bytes);
        let built = self.built_for(&input);
        match target {
            Target::Parse => read::run(&built.parts, self.topics, &input),
            Target::Verify => verify::run(built, &input),
            Target::Replies => replies::run(&built.parts, &self.batches, &input),
        }
    }
    fn built_for(&self, input: &Input) -> &Built {
        self.built.get(input.word(0)).unwrap_or(&self.example)
    }

    /// Whether there is a sink, and no reply of its fixtures is ever read: what they hand over leads to no call.
    pub(crate) fn mute(&self) -> bool {
        let mut told = self.seeds(Target::Replies).map(Input::read).filter(|input| input.word(1) == "sink");
        let mut some = false;
        let called = told.any(|input| {
            some = true;
            replies::calls(&self.built_for(&input).parts, &self.batches, &input)
        });
        some && !called
    }
}
