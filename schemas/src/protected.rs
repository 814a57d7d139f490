//! Values about people: shown, masked or behind a token. Their `Debug` output gives nothing away.

use std::fmt;

use crate::{PhoneKind, ProtectedState, Ts};

model! {
    quiet
    /// A value about a person. At most one of `value` and `masked` is set. The token never enters a hash, a
    /// log or a subject.
    pub struct Protected {
        /// In the clear.
        pub value: Option<String>,
        /// With some characters hidden.
        pub masked: Option<String>,
        /// A handle by which the platform gives out the value.
        pub token: Option<Token>,
        /// In which form it was given.
        pub state: ProtectedState = default,
    }
}

impl Protected {
    /// A value in the clear.
    #[must_use]
    pub fn plain(value: impl Into<String>) -> Protected {
        Protected { value: Some(value.into()), state: ProtectedState::Plain, ..Protected::default() }
    }

    /// A value with some characters hidden.
    #[must_use]
    pub fn masked(masked: impl Into<String>) -> Protected {
        Protected { masked: Some(masked.into()), state: ProtectedState::Masked, ..Protected::default() }
    }

    /// A value behind a token.
    #[must_use]
    pub fn token(scheme: impl Into<String>, value: impl Into<String>) -> Protected {
        let token = Token { scheme: scheme.into(), value: value.into(), expires_at: None };
        Protected { token: Some(token), state: ProtectedState::Encrypted, ..Protected::default() }
    }

    /// The same value with a masked form beside its token.
    #[must_use]
    pub fn with_masked(mut self, masked: impl Into<String>) -> Protected {
        self.masked = Some(masked.into());
        self
    }

    /// What may be shown to people who may see the order: the value, else the masked form.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.value.as_deref().or(self.masked.as_deref())
    }
}

impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protected({}: {})", self.state, self.masked.as_deref().unwrap_or("…"))
    }
}

model! {
    quiet
    /// A handle by which a platform gives out a value.
    pub struct Token {
        /// Whose token it is: `taobao_oaid`, `jd_token`, `douyin_cipher`, `pdd_cipher`, `amazon_rdt`.
        pub scheme: String,
        /// The token.
        pub value: String,
        /// When it stops working.
        pub expires_at: Option<Ts>,
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}: …)", self.scheme)
    }
}

model! {
    quiet
    /// A phone number.
    pub struct Phone {
        /// International form: `+8613812345678`.
        pub e164: Option<String>,
        /// National form.
        pub national: Option<String>,
        /// Extension.
        pub ext: Option<String>,
        /// What kind of number it is.
        pub kind | kind_raw: PhoneKind,
        /// When a privacy number stops working.
        pub expires_at: Option<Ts>,
        /// The number where it is masked or behind a token.
        pub protected: Option<Protected>,
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.protected {
            Some(protected) => write!(f, "Phone({}: {protected:?})", self.kind),
            None => write!(f, "Phone({}: …)", self.kind),
        }
    }
}
