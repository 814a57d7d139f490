//! Refusals of gateways that answer errors inside HTTP 200.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::ErrorKind;

/// What an error code of a gateway means, as settings and tables say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// Slow down.
    RateLimited,
    /// Try again later.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// A key, token or permission is wrong.
    Auth,
    /// The access token has ended.
    Session,
    /// There is no such thing.
    NotFound,
    /// Refused for good.
    Rejected,
}

impl From<CodeKind> for ErrorKind {
    fn from(kind: CodeKind) -> Self {
        match kind {
            CodeKind::RateLimited => Self::RateLimited,
            CodeKind::Unavailable => Self::Unavailable,
            CodeKind::Timeout => Self::Timeout,
            CodeKind::Auth => Self::Auth,
            CodeKind::Session => Self::Session,
            CodeKind::NotFound => Self::NotFound,
            CodeKind::Rejected => Self::Rejected,
        }
    }
}

/// Words that only a reply to too many calls uses.
const TOO_OFTEN: [&str; 3] = ["频繁", "限流", "频率"];

/// Whether a gateway says in Chinese words that calls come too often.
pub fn too_often(words: &str) -> bool {
    TOO_OFTEN.iter().any(|word| words.contains(word))
}

/// What a refusal means where a token may not be ours to renew: one that something else renews cannot be renewed by
/// asking again, so somebody has to give another.
#[must_use]
pub const fn renewable(kind: ErrorKind, by_us: bool) -> ErrorKind {
    match kind {
        ErrorKind::Session if !by_us => ErrorKind::Auth,
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_others_renew_is_a_matter_for_people() {
        assert_eq!(renewable(ErrorKind::Session, false), ErrorKind::Auth);
        assert_eq!(renewable(ErrorKind::Session, true), ErrorKind::Session);
        assert_eq!(renewable(ErrorKind::RateLimited, false), ErrorKind::RateLimited);
        assert!(too_often("接口调用过于频繁"));
        assert!(!too_often("参数错误"));
    }
}
