//! Several events as one message: vendors count messages, people read them.

use super::{Message, Words, fit};
use crate::{Delivery, Outcome};

/// From this attempt on an event goes alone, so that one the vendor does not like holds up no other.
const ALONE_FROM: u32 = 3;

/// What goes into one message of a bot.
#[derive(Clone, Debug)]
pub struct Bulletin {
    /// How events are said.
    pub words: Words,
    /// Most events in one message.
    pub most: usize,
    /// Most bytes of its text.
    pub room: usize,
    /// A word that has to be in every message, where the bot's security settings ask for one.
    pub keyword: Option<String>,
    /// A message in the vendor's markup.
    pub render: fn(&Message) -> String,
    /// What stands between two.
    pub between: &'static str,
}

/// A message as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Headline of the first event.
    pub title: String,
    /// All of it.
    pub text: String,
}

impl Bulletin {
    /// How many of the first deliveries go into one conversation: as many as fit into one message. Those that
    /// are not told go along.
    pub fn together(&self, batch: &[Delivery]) -> usize {
        let (mut told, mut size) = (0_usize, self.opening().len());
        for (at, delivery) in batch.iter().enumerate() {
            let Ok(Some(message)) = self.words.say(&delivery.event) else { continue };
            let alone = delivery.attempt >= ALONE_FROM;
            size = size.saturating_add((self.render)(&message).len()).saturating_add(self.between.len());
            if told > 0 && (alone || told >= self.most || size > self.room) {
                return at;
            }
            told += 1;
            if alone {
                return at + 1;
            }
        }
        batch.len().max(1)
    }

    /// The message; `None` when nobody is told anything.
    pub fn post(&self, batch: &[Delivery]) -> Option<Post> {
        let said = |delivery: &Delivery| self.words.say(&delivery.event).ok().flatten();
        let messages: Vec<Message> = batch.iter().filter_map(said).collect();
        let title = messages.first()?.headline.clone();
        let text: Vec<String> = messages.iter().map(self.render).collect();
        let text = self.opening() + &text.join(self.between);
        Some(Post { title, text: fit(&text, self.room) })
    }

    /// One outcome for each delivery: what was told has that of the reply.
    ///
    /// A refusal of several speaks about one of them at most, and the vendor said that it took none: they are
    /// tried again, in the end one by one.
    pub fn outcomes(&self, batch: &[Delivery], reply: impl Fn() -> Outcome) -> Vec<Outcome> {
        let said: Vec<_> = batch.iter().map(|delivery| self.words.say(&delivery.event)).collect();
        let told = said.iter().filter(|said| matches!(said, Ok(Some(_)))).count();
        let outcome = |said| match said {
            Err(error) => Outcome::from_error(error),
            Ok(None) => Outcome::AlreadyThere,
            Ok(Some(_)) => match reply() {
                Outcome::Rejected(error) if told > 1 => {
                    Outcome::Retry(None, error.with("next", "one by one"))
                }
                outcome => outcome,
            },
        };
        said.into_iter().map(outcome).collect()
    }

    fn opening(&self) -> String {
        self.keyword.as_ref().map(|word| format!("{word}{}", self.between)).unwrap_or_default()
    }
}
