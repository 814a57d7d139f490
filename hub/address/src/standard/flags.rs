//! What was noticed about an address: a set of words in a fixed order.

use std::fmt;

use serde::ser::{Serialize, SerializeSeq, Serializer};

macro_rules! flags {
    ( $( $(#[$doc:meta])* $name:ident = $word:literal, )+ ) => {
        /// Something noticed about an address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Flag { $( $(#[$doc])* $name, )+ }

        impl Flag {
            /// Every flag, in the order of output.
            pub const ALL: &'static [Flag] = &[ $( Flag::$name, )+ ];

            /// The word used in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Flag::$name => $word, )+ }
            }

            const fn bit(self) -> u32 {
                1 << (self as u32)
            }
        }
    };
}

flags! {
    /// A level is written by another name than its official one.
    AliasUsed = "alias_used",
    /// The province is not written.
    ProvinceInferred = "province_inferred",
    /// The city is not written.
    CityInferred = "city_inferred",
    /// The district is not known.
    DistrictMissing = "district_missing",
    /// A level is written by a name that is no longer official.
    FormerName = "former_name",
    /// In a municipality.
    Municipality = "municipality",
    /// In a county right below its province.
    DirectCounty = "direct_county",
    /// In a city without districts.
    NoDistrictCity = "no_district_city",
    /// In a development zone.
    Zone = "zone",
    /// In Hong Kong or Macau.
    Sar = "sar",
    /// In Taiwan.
    Tw = "tw",
    /// Written in traditional characters.
    Traditional = "traditional",
    /// Written with full-width characters.
    FullwidthNormalized = "fullwidth_normalized",
    /// Invisible characters, emoji or entities were taken out.
    NoiseRemoved = "noise_removed",
    /// The region was written twice.
    DuplicateRegionRemoved = "duplicate_region_removed",
    /// A name stood in the text.
    NameExtracted = "name_extracted",
    /// A phone number stood in the text.
    PhoneExtracted = "phone_extracted",
    /// The phone number has an extension.
    VirtualPhone = "virtual_phone",
    /// A postal code stood in the text.
    PostcodeExtracted = "postcode_extracted",
    /// A wish for the courier stood in the text.
    InstructionExtracted = "instruction_extracted",
    /// A place where parcels are collected.
    PickupPoint = "pickup_point",
    /// Its levels contradict each other.
    Conflict = "conflict",
    /// It may mean several regions.
    Ambiguous = "ambiguous",
    /// Characters are hidden.
    Masked = "masked",
    /// It is cipher text or a token.
    Encrypted = "encrypted",
    /// It holds no Chinese character.
    Latin = "latin",
    /// It holds no region.
    Unparsed = "unparsed",
    /// Its postal code does not have the form of its country.
    PostcodeInvalid = "postcode_invalid",
}

/// A set of flags.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags(u32);

impl Flags {
    /// Adds a flag.
    pub const fn set(&mut self, flag: Flag) {
        self.0 |= flag.bit();
    }

    /// Adds a flag when something holds.
    pub const fn set_if(&mut self, holds: bool, flag: Flag) {
        if holds {
            self.set(flag);
        }
    }

    /// Whether the flag is there.
    #[must_use]
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// The flags in the order of output.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        // Few are set of the many there are.
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let lowest = usize::try_from(rest.trailing_zeros()).ok()?;
            rest &= rest.wrapping_sub(1);
            Flag::ALL.get(lowest).copied()
        })
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Flag::as_str)).finish()
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for flag in self.iter() {
            list.serialize_element(flag.as_str())?;
        }
        list.end()
    }
}
