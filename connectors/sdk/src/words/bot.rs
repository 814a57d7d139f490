//! Settings that bots of all vendors have.

use super::{Detail, Topic};
use crate::{Error, Result, Secret};

/// Most events in one message.
pub const MAX_BATCH: u32 = 20;

/// What people are told about unless the settings say otherwise.
pub fn default_topics() -> Vec<Topic> {
    vec![Topic::Milestones]
}

/// What a message says unless the settings say otherwise.
pub fn default_details() -> Vec<Detail> {
    Detail::DEFAULT.to_vec()
}

/// Most events in one message unless the settings say otherwise.
pub fn default_batch() -> u32 {
    10
}

/// Checks how many events may go into one message.
///
/// # Errors
/// `Config` at `batch`.
pub fn check_batch(batch: u32) -> Result<()> {
    if (1..=MAX_BATCH).contains(&batch) {
        Ok(())
    } else {
        Err(Error::config(format!("allowed are 1 to {MAX_BATCH}")).at("batch"))
    }
}

/// Checks the secret that messages are signed with, where there is one.
///
/// # Errors
/// `Config` at `secret`.
pub fn check_secret(secret: Option<&Secret>) -> Result<()> {
    let Some(secret) = secret else { return Ok(()) };
    let text = secret.expose_text().unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config("is no secret of such a bot: visible ASCII, not empty").at("secret"));
    }
    Ok(())
}

/// Checks the word that has to be in every message, where there is one.
///
/// # Errors
/// `Config` at `keyword`.
pub fn check_keyword(keyword: Option<&str>) -> Result<()> {
    let Some(keyword) = keyword else { return Ok(()) };
    let plain = |letter: char| !letter.is_control() && !"@<>&*_`[]~".contains(letter);
    if keyword.trim().is_empty() || keyword.chars().count() > 32 || !keyword.chars().all(plain) {
        let what = "expected a word of at most 32 characters, without markup";
        return Err(Error::config(what).at("keyword"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(checked: Result<()>) -> Option<String> {
        checked.unwrap_err().path
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        assert!(check_batch(default_batch()).is_ok() && check_batch(1).is_ok() && check_batch(20).is_ok());
        for batch in [0, 21] {
            assert_eq!(path(check_batch(batch)).as_deref(), Some("batch"));
        }
        assert!(check_secret(None).is_ok() && check_secret(Some(&Secret::new("SEC0a1b"))).is_ok());
        for secret in ["", "a b", "键"] {
            assert_eq!(path(check_secret(Some(&Secret::new(secret)))).as_deref(), Some("secret"));
        }
        assert!(check_keyword(None).is_ok() && check_keyword(Some("物流 cargo")).is_ok());
        for keyword in ["", " ", "<at>", "a\nb", &"字".repeat(33)] {
            assert_eq!(path(check_keyword(Some(keyword))).as_deref(), Some("keyword"), "{keyword:?}");
        }
    }
}
