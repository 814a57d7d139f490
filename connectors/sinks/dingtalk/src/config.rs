//! Settings of a DingTalk bot.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::Codes;
use crossdock_connector::words::{self, Bulletin, Detail, Language, Message, Topic, Words};
use crossdock_connector::{ConnectorConfig, Result, Secret};

/// Most bytes of a text: the vendor takes about 20 KB, and escaping may double it.
const TEXT_ROOM: usize = 9 * 1024;
/// Most bytes of a markdown text: as for text.
const MARKDOWN_ROOM: usize = 9 * 1024;

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

/// Settings of a DingTalk bot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Access token of the robot: what its address has behind `access_token=`.
    pub access_token: Secret,
    /// Secret of the robot (`SEC..`), when its security settings ask for signing.
    pub secret: Option<Secret>,
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
    /// The word that the security settings of the bot ask for; it stands in every message.
    pub keyword: Option<String>,
}

fn base_url() -> String {
    "https://oapi.dingtalk.com".to_owned()
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
            keyword: self.keyword.clone(),
            render,
            between: "\n\n",
        }
    }
}

/// Every line a paragraph: the vendor joins lines that are not.
fn markdown(message: &Message) -> String {
    let mut text = format!("**{}**", message.headline);
    for line in &message.lines {
        text.push_str("\n\n");
        text.push_str(line);
    }
    text
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        words::token(&self.access_token).map_err(|error| error.at("access_token"))?;
        words::check_secret(self.secret.as_ref())?;
        words::base_url(&self.base_url).map_err(|error| error.at("base_url"))?;
        words::check_batch(self.batch)?;
        words::check_keyword(self.keyword.as_deref())?;
        self.bulletin().words.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &str) -> Result<()> {
        let text = format!("access_token = {{ resolved-secret = 'a-key' }}\n{more}");
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
            ("keyword = ' '", "keyword"),
            ("keyword = '<at>'", "keyword"),
            ("secret = { resolved-secret = '' }", "secret"),
        ] {
            assert_eq!(config(more).unwrap_err().path.as_deref(), Some(key), "{more}");
        }
    }
}
