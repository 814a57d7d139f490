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

        impl $crate::read::Vocabulary for $name {
            fn find(text: &str) -> Option<Self> {
                match $name::from_text(text) {
                    $name::Unknown if text != "unknown" => None,
                    value => Some(value),
                }
            }

            fn unknown() -> Self {
                $name::Unknown
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
                $crate::read::Vocabulary::find(text)
                    .ok_or_else(|| $crate::vocabulary::NotInVocabulary::new(stringify!($name), text))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok($crate::read::Word::deserialize(deserializer)?.value)
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

/// A structure of the model, read and written by its rules:
///
/// - `Option`, `Vec` and maps: left out when empty; missing or `null` when read is empty. So is an empty
///   text.
/// - `pub kind | kind_raw: T`: a word and its raw twin. A word this version does not know becomes
///   `unknown`, and its text goes into the twin unless something is there.
/// - `Id` and `Option<Id>`: text; a JSON integer contributes its digits. So it is with `Code`.
/// - `pub status: T = default`: missing is the default value.
/// - anything else must be there.
///
/// `quiet` leaves out `Debug`, for values that must not show up in logs.
macro_rules! model {
    ( quiet $(#[$meta:meta])* pub struct $name:ident { $($body:tt)* } ) => {
        model! { @field [$(#[$meta])*] $name {} {} {} $($body)* }
    };
    ( $(#[$meta:meta])* pub struct $name:ident { $($body:tt)* } ) => {
        model! { @field [#[derive(Debug)] $(#[$meta])*] $name {} {} {} $($body)* }
    };

    // One field after the other: {structure} {how to read it} {what must be there}.
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident | $raw:ident : Option<$type:ty>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,
            #[doc = concat!("The source's own text for `", stringify!($field), "`.")]
            #[serde(skip_serializing_if = "crate::read::says_nothing")] pub $raw: Option<String>,
        } { $($read)* ($field opt_word $raw) ($raw raw $raw) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident | $raw:ident : $type:ty, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(default)] pub $field: $type,
            #[doc = concat!("The source's own text for `", stringify!($field), "`.")]
            #[serde(skip_serializing_if = "crate::read::says_nothing")] pub $raw: Option<String>,
        } { $($read)* ($field word $raw) ($raw raw $raw) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : Option<Id>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "crate::read::says_nothing")] pub $field: Option<$crate::Id>,
        } { $($read)* ($field opt_id $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : Option<Code>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "crate::read::says_nothing")] pub $field: Option<$crate::Code>,
        } { $($read)* ($field opt_code $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : Option<String>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "crate::read::says_nothing")] pub $field: Option<String>,
        } { $($read)* ($field text $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : Option<$type:ty>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,
        } { $($read)* ($field plain $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : Vec<$type:ty>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(default, skip_serializing_if = "Vec::is_empty")] pub $field: Vec<$type>,
        } { $($read)* ($field or_default $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : BTreeMap<$key:ty, $type:ty>, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub $field: BTreeMap<$key, $type>,
        } { $($read)* ($field or_default $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : Ext, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)*
            $(#[$doc])* #[serde(default, skip_serializing_if = "Ext::is_empty")] pub $field: Ext,
        } { $($read)* ($field or_default $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} $need:tt
      $(#[$doc:meta])* pub $field:ident : $type:ty = default, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)* $(#[$doc])* #[serde(default)] pub $field: $type, }
            { $($read)* ($field or_default $field) } $need $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} {$($need:tt)*}
      $(#[$doc:meta])* pub $field:ident : Id, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)* $(#[$doc])* pub $field: $crate::Id, }
            { $($read)* ($field id $field) } { $($need)* $field } $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} {$($need:tt)*}
      $(#[$doc:meta])* pub $field:ident : Code, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)* $(#[$doc])* pub $field: $crate::Code, }
            { $($read)* ($field code $field) } { $($need)* $field } $($rest)* }
    };
    ( @field $meta:tt $name:ident {$($done:tt)*} {$($read:tt)*} {$($need:tt)*}
      $(#[$doc:meta])* pub $field:ident : $type:ty, $($rest:tt)* ) => {
        model! { @field $meta $name { $($done)* $(#[$doc])* pub $field: $type, }
            { $($read)* ($field needed $field) } { $($need)* $field } $($rest)* }
    };

    ( @field [$($meta:tt)*] $name:ident {$($done:tt)*} { $( ($field:ident $mode:ident $raw:ident) )* } {$($need:ident)*} ) => {
        #[derive(Clone, PartialEq, Default, serde::Serialize, schemars::JsonSchema)]
        $($meta)*
        pub struct $name { $($done)* }

        const _: () = {
            /// The names in JSON.
            #[derive(Clone, Copy)]
            #[allow(non_camel_case_types, reason = "the fields' own names")]
            enum Name { $( $field, )* Other__ }

            struct Names;

            impl serde::de::Visitor<'_> for Names {
                type Value = Name;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a field name")
                }

                fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Name, E> {
                    Ok(match name {
                        $( stringify!($field) => Name::$field, )*
                        _ => Name::Other__,
                    })
                }
            }

            impl<'de> serde::Deserialize<'de> for Name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_identifier(Names)
                }
            }

            struct Fields;

            impl<'de> serde::de::Visitor<'de> for Fields {
                type Value = $name;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!("an object: ", stringify!($name)))
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                    let mut out = $name::default();
                    $( let mut $need = false; )*
                    while let Some(key_found) = map.next_key::<Name>()? {
                        match key_found {
                            $( Name::$field => model!(@read $mode map out $field $raw), )*
                            Name::Other__ => {
                                map.next_value::<serde::de::IgnoredAny>()?;
                            }
                        }
                    }
                    $(
                        if !$need {
                            return Err(serde::de::Error::missing_field(stringify!($need)));
                        }
                    )*
                    Ok(out)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_struct(stringify!($name), &[$( stringify!($field), )*], Fields)
                }
            }
        };
    };

    ( @read plain $map:ident $out:ident $field:ident $raw:ident ) => { $out.$field = $map.next_value()? };
    ( @read or_default $map:ident $out:ident $field:ident $raw:ident ) => {
        $out.$field = $map.next_value::<Option<_>>()?.unwrap_or_default()
    };
    ( @read opt_id $map:ident $out:ident $field:ident $raw:ident ) => {
        $out.$field = $map.next_value::<Option<$crate::read::IdText>>()?.map(|id| id.0).filter(|id| !id.is_empty())
    };
    ( @read opt_code $map:ident $out:ident $field:ident $raw:ident ) => {
        $out.$field = $map
            .next_value::<Option<$crate::read::IdText>>()?
            .filter(|id| !id.0.is_empty())
            .map(|id| $crate::Code::from(id.0))
    };
    ( @read text $map:ident $out:ident $field:ident $raw:ident ) => {
        $out.$field = $map.next_value::<Option<String>>()?.filter(|text| !text.is_empty())
    };
    ( @read raw $map:ident $out:ident $field:ident $raw:ident ) => {
        if let Some(text) = $map.next_value::<Option<String>>()?.filter(|text| !text.is_empty()) {
            $out.$field = Some(text);
        }
    };
    ( @read word $map:ident $out:ident $field:ident $raw:ident ) => {
        if let Some(read) = $map.next_value::<Option<$crate::read::Word<_>>>()? {
            $out.$field = read.value;
            $out.$raw = $out.$raw.take().or(read.text);
        }
    };
    ( @read opt_word $map:ident $out:ident $field:ident $raw:ident ) => {
        if let Some(read) = $map.next_value::<Option<$crate::read::Word<_>>>()? {
            $out.$field = Some(read.value);
            $out.$raw = $out.$raw.take().or(read.text);
        }
    };
    ( @read id $map:ident $out:ident $field:ident $raw:ident ) => {{
        $out.$field = $map.next_value::<$crate::read::IdText>()?.0;
        $field = true;
    }};
    ( @read code $map:ident $out:ident $field:ident $raw:ident ) => {{
        $out.$field = $crate::Code::from($map.next_value::<$crate::read::IdText>()?.0);
        $field = true;
    }};
    ( @read needed $map:ident $out:ident $field:ident $raw:ident ) => {{
        $out.$field = $map.next_value()?;
        $field = true;
    }};
}
