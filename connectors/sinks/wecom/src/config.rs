//! Settings of a WeCom bot.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::Codes;
use crossdock_connector::words::{self, Bulletin, Detail, Language, Message, Topic, Words};
use crossdock_connector::{ConnectorConfig, Result, Secret};

/// Most bytes of a text: the vendor's limit.
const TEXT_ROOM: usize = 2048;
/// Most bytes of a markdown text: the vendor's limit.
const MARKDOWN_ROOM: usize = 4096;

/// The form of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain lines.
    #[default]
    Text,
    /// Headlines in bold.
    Markdown,
}

/// Settings of a WeCom bot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Key of the bot: what its address has behind `key=`.
    pub key: Secret,
    /// The vendor's service.
    #[serde(default = "base_url")]
    pub base_url: String,
    /// `text` or `markdown`.
    #[serde(default)]
    pub format: Format,
    /// `zh` or `en`.
    #[serde(default)]
    pub language: Language,
    /// What people are told about: `milestones`, `orders`, `refunds`.
    #[serde(default = "words::default_topics")]
    pub tell: Vec<Topic>,
    /// What a message says about its subject.
    #[serde(default = "words::default_details")]
    pub show: Vec<Detail>,
    /// Names of carriers, where ours are not yours.
    #[serde(default)]
    pub carriers: Codes,
    /// Most events in one message, 1 to 20: the vendor counts messages.
    #[serde(default = "words::default_batch")]
    pub batch: u32,
}

fn base_url() -> String {
    "https://qyapi.weixin.qq.com".to_owned()
}

impl Config {
    /// How events become messages under these settings.
    pub(crate) fn bulletin(&self) -> Bulletin {
        let (special, render, room): (_, fn(&Message) -> String, _) = match self.format {
            Format::Text => ("", Message::plain, TEXT_ROOM),
            Format::Markdown => ("*_`[]~\\|", markdown, MARKDOWN_ROOM),
        };
        Bulletin {
            words: Words {
                language: self.language,
                tell: self.tell.clone(),
                show: self.show.clone(),
                carriers: self.carriers.clone(),
                special,
            },
            most: usize::try_from(self.batch).unwrap_or(1),
            room,
            keyword: None,
            render,
            between: "\n\n",
        }
    }
}

/// The headline in bold, the rest as a quotation.
fn markdown(message: &Message) -> String {
    let mut text = format!("**{}**", message.headline);
    for line in &message.lines {
        text.push_str("\n> ");
        text.push_str(line);
    }
    text
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        words::token(&self.key).map_err(|error| error.at("key"))?;
        words::base_url(&self.base_url).map_err(|error| error.at("base_url"))?;
        words::check_batch(self.batch)?;
        self.bulletin().words.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &str) -> Result<()> {
        let text = format!("key = {{ resolved-secret = 'a-key' }}\n{more}");
        let table: toml::Table = text.parse().unwrap();
        crossdock_connector::settings::read::<Config>(table)?.validate()
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        assert!(config("").is_ok());
        assert!(config("batch = 20\nbase_url = 'http://127.0.0.1:4000'").is_ok());
        for (more, key) in [
            ("batch = 0", "batch"),
            ("batch = 21", "batch"),
            ("base_url = 'http://bots.example.com'", "base_url"),
            ("tell = []", "tell"),
            ("tell = ['everything']", "tell[0]"),
            ("show = []", "show"),
            ("carriers = { sf_express = '' }", "carriers.\"sf_express\""),
            ("language = 'fr'", "language"),
        ] {
            assert_eq!(config(more).unwrap_err().path.as_deref(), Some(key), "{more}");
        }
    }
}
