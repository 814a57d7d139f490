//! The two shapes of the model, so that its rules are written once.
//!
//! `vocabulary!` makes a closed list of words that reads any other word as `unknown`. `model!` makes a
//! structure in which absent means unknown: options and empty lists are left out when written, and
//! `null` is read as absent.

/// A closed list of words plus `unknown`.
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        pub enum $name:ident default $default:ident {
            $( $(#[$doc:meta])* $variant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$doc])* $variant, )+
            /// Not stated, or a word this version does not know; the raw twin keeps the text.
            Unknown,
        }

        impl $name {
            /// Every value, `Unknown` last.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ $name::Unknown ];

            /// The word used in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( $name::$variant => $text, )+
                    $name::Unknown => "unknown",
                }
            }

            /// Reads a word leniently, as JSON does: any other word is `Unknown`.
            #[must_use]
            pub fn from_text(text: &str) -> Self {
                match text {
                    $( $text => $name::$variant, )+
                    _ => $name::Unknown,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $name::$default
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::NotInVocabulary;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match $name::from_text(text) {
                    $name::Unknown if text != "unknown" => {
                        Err($crate::vocabulary::NotInVocabulary::new(stringify!($name), text))
                    }
                    value => Ok(value),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::read::word(deserializer, $name::from_text)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words: Vec<&str> = Self::ALL.iter().map(|value| value.as_str()).collect();
                schemars::json_schema!({ "type": "string", "enum": words })
            }
        }
    };
    ( $(#[$meta:meta])* pub enum $name:ident { $($body:tt)+ } ) => {
        vocabulary! { $(#[$meta])* pub enum $name default Unknown { $($body)+ } }
    };
}

/// A structure of the model. `pub kind | kind_raw: T,` writes the enum and its raw twin.
macro_rules! model {
    ( $(#[$meta:meta])* pub struct $name:ident { $($body:tt)* } ) => {
        model! { @field [$(#[$meta])*] $name {} $($body)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*} ) => {
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        $($meta)*
        pub struct $name { $($done)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident | $raw:ident : Option<$type:ty>, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,
            #[doc = concat!("The source's own text for `", stringify!($field), "`.")]
            #[serde(skip_serializing_if = "Option::is_none")] pub $raw: Option<String>,
        } $($rest)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident | $raw:ident : $type:ty, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)*
            $(#[$doc])* #[serde(default)] pub $field: $type,
            #[doc = concat!("The source's own text for `", stringify!($field), "`.")]
            #[serde(skip_serializing_if = "Option::is_none")] pub $raw: Option<String>,
        } $($rest)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident : Option<$type:ty>, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,
        } $($rest)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident : Vec<$type:ty>, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)*
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::read::or_default", skip_serializing_if = "Vec::is_empty")]
            pub $field: Vec<$type>,
        } $($rest)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident : BTreeMap<$key:ty, $type:ty>, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)*
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::read::or_default", skip_serializing_if = "BTreeMap::is_empty")]
            pub $field: BTreeMap<$key, $type>,
        } $($rest)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident : Ext, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)*
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::read::or_default", skip_serializing_if = "Ext::is_empty")]
            pub $field: Ext,
        } $($rest)* }
    };
    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*}
      $(#[$doc:meta])* pub $field:ident : $type:ty, $($rest:tt)* ) => {
        model! { @field [$($meta)*] $name { $($done)* $(#[$doc])* pub $field: $type, } $($rest)* }
    };
}
