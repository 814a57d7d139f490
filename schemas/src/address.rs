//! Where something goes. Raw text, structured form and protected token live side by side.

use crate::{AddressGrade, AddressKind, Code, Datum, Dec, Phone, Protected};

model! {
    /// An address.
    pub struct Address {
        /// Name of the person there.
        pub name: Option<Protected>,
        /// Company there.
        pub company: Option<String>,
        /// Phone numbers there.
        pub phones: Vec<Phone>,
        /// ISO 3166-1 alpha-2: `CN`.
        pub country: Option<String>,
        /// ISO 3166-2: `CN-GD`.
        pub subdivision: Option<Code>,
        /// Chinese division codes.
        pub region_codes: Option<RegionCodes>,
        /// Official name of the province or state.
        pub province: Option<String>,
        /// Official name of the city.
        pub city: Option<String>,
        /// Official name of the district.
        pub district: Option<String>,
        /// Official name of the town or street office.
        pub town: Option<String>,
        /// The detail after the region.
        pub line1: Option<String>,
        /// Second line.
        pub line2: Option<String>,
        /// Third line.
        pub line3: Option<String>,
        /// Street, when the source separates it.
        pub street: Option<String>,
        /// House number, when the source separates it.
        pub house_no: Option<String>,
        /// Unit or flat, when the source separates it.
        pub unit_no: Option<String>,
        /// Building, when the source separates it.
        pub building: Option<String>,
        /// Postal code.
        pub postal_code: Option<Id>,
        /// Coordinates.
        pub geo: Option<Geo>,
        /// What kind of address it is.
        pub kind | kind_raw: Option<AddressKind>,
        /// The text exactly as received; absent when encrypted.
        pub raw: Option<String>,
        /// The whole address where it is masked or behind a token.
        pub protected: Option<Protected>,
        /// How well it was resolved.
        pub grade | grade_raw: Option<AddressGrade>,
        /// What was noticed while resolving it.
        pub flags: Vec<Code>,
        /// Hash of country, region and normalised detail; absent for grades M and E.
        pub addr_hash: Option<String>,
    }
}

model! {
    /// Chinese administrative division codes (GB/T 2260).
    #[derive(Eq)]
    pub struct RegionCodes {
        /// Six digits.
        pub province: Option<Code>,
        /// Six digits.
        pub city: Option<Code>,
        /// Six digits.
        pub district: Option<Code>,
        /// Nine digits.
        pub street: Option<Code>,
    }
}

model! {
    /// Coordinates in degrees.
    pub struct Geo {
        /// Latitude.
        pub lat: Dec,
        /// Longitude.
        pub lng: Dec,
        /// Which map they belong to.
        pub datum | datum_raw: Datum,
    }
}
