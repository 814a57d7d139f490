//! Copies of the variants under another name. Pure: the caller writes the files.

mod files;
mod name;
mod seal;

use std::fmt;
use std::str::FromStr;

pub use name::{Name, NameError};

/// What a new connector connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sells.
    Platform,
    /// Ships.
    Carrier,
    /// Receives.
    Sink,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Platform, Self::Carrier, Self::Sink];

    /// The word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Carrier => "carrier",
            Self::Sink => "sink",
        }
    }

    /// The folder of such connectors.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Platform => "connectors/platforms",
            Self::Carrier => "connectors/carriers",
            Self::Sink => "connectors/sinks",
        }
    }

    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Platform => files::PLATFORM,
            Self::Carrier => files::CARRIER,
            Self::Sink => files::SINK,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| NameError::kind(text))
    }
}

/// The files of a new connector: path from the root of the workspace, and text.
///
/// ```
/// use crossdock_template::scaffold::{Kind, Name, render};
///
/// let name = Name::parse("tea-house", &["shopify", "taobao"])?;
/// let files = render(&name, Kind::Platform);
/// let (path, text) = &files[0];
/// assert_eq!(path, "connectors/platforms/tea-house/Cargo.toml");
/// assert!(text.contains("crossdock-tea-house"));
/// # Ok::<(), crossdock_template::scaffold::NameError>(())
/// ```
pub fn render(name: &Name, kind: Kind) -> Vec<(String, String)> {
    let copy = |(path, text): &(&str, &str)| {
        let text = name.substitute(text);
        let text = if path.ends_with("expected.json") { seal::anew(text) } else { text };
        (format!("{}/{}/{path}", kind.folder(), name.id()), text)
    };
    kind.files().iter().map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_acme_is_left() {
        let name = Name::parse("tea-house-2", &[]).unwrap();
        for kind in Kind::ALL {
            for (path, text) in render(&name, kind) {
                assert!(!text.to_lowercase().contains("acme"), "{path}");
                assert!(!path.contains("acme"), "{path}");
            }
        }
    }

    #[test]
    fn under_its_own_name_a_copy_is_the_variant() {
        let name = Name::parse("acme", &[]).unwrap();
        for kind in Kind::ALL {
            for ((path, text), (_, original)) in render(&name, kind).iter().zip(kind.files()) {
                assert_eq!(text, original, "{path}");
            }
        }
    }
}
