//! Settings of a Feishu bot.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::Codes;
use crossdock_connector::words::{self, Bulletin, Detail, Language, Message, Topic, Words};
use crossdock_connector::{ConnectorConfig, Result, Secret};

/// Most bytes of a text: the vendor takes 20 KB, and escaping may double it.
const TEXT_ROOM: usize = 9 * 1024;

/// Settings of a Feishu bot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Id of the hook: the last part of the bot's address.
    pub hook: Secret,
    /// Secret of the bot, when its security settings ask for signing.
    pub secret: Option<Secret>,
    /// The vendor's service.
    #[serde(default = "base_url")]
    pub base_url: String,
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
    "https://open.feishu.cn".to_owned()
}

impl Config {
    /// How events become messages under these settings.
    pub(crate) fn bulletin(&self) -> Bulletin {
        // The vendor reads `[text](address)` as a link even in plain text.
        let special = "[]";
        Bulletin {
            words: Words {
                language: self.language,
                tell: self.tell.clone(),
                show: self.show.clone(),
                carriers: self.carriers.clone(),
                special,
            },
            most: usize::try_from(self.batch).unwrap_or(1),
            room: TEXT_ROOM,
            keyword: self.keyword.clone(),
            render: Message::plain,
            between: "\n\n",
        }
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        words::token(&self.hook).map_err(|error| error.at("hook"))?;
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
        let text = format!("hook = {{ resolved-secret = 'a-key' }}\n{more}");
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
