//! How a command ends: an exit code and, when it did not work, a message for people.

use std::io;
use std::process::ExitCode;

use crate::backbone::BackboneError;
use crate::config::Problem;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It was done.
    Done,
    /// It did not work.
    Failed,
    /// It was called wrongly, or the configuration cannot work.
    Usage,
    /// It was done, but some inputs were malformed.
    Malformed,
    /// It was done, but the ledger does not balance.
    Unbalanced,
}

impl Exit {
    /// The number the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Malformed => 3,
            Self::Unbalanced => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command did not work.
#[derive(Debug)]
pub struct Failure {
    /// How it ends.
    pub exit: Exit,
    /// For people, one problem a line; empty when all was said already.
    pub message: String,
}

/// What a command gives back.
pub type Outcome<T = Exit> = Result<T, Failure>;

impl Failure {
    /// Something did not work.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, message: message.into() }
    }

    /// The command was called wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// The configuration cannot work. Each problem is a line of its own: `file:line: key: message`.
    pub fn config(problems: &[Problem]) -> Self {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Self { exit: Exit::Usage, message: lines.join("\n") }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever read our output has seen enough (`| head`): that is no failure of ours.
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { exit: Exit::Done, message: String::new() },
            _ => Self::failed(format!("output: {error}")),
        }
    }
}

impl From<BackboneError> for Failure {
    fn from(error: BackboneError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::failed(message)
    }
}
