//! What a carrier reported about a parcel.

use crate::{
    AtQuality, DeliveredTo, Effect, Geo, ParcelStatus, Phone, Protected, Reason, RegionCodes, Step, Ts,
};

model! {
    /// One scan. Status, step, reason, receiver and effect are independent facts.
    pub struct TrackingEvent {
        /// The scan's identity. Filled by sealing.
        pub event_key: Option<String>,
        /// When it happened, with the offset of the place.
        pub at: Ts,
        /// How well `at` is known; with `date_only` its time of day means nothing.
        pub at_quality | at_quality_raw: AtQuality,
        /// When the carrier wrote it down.
        pub recorded_at: Option<Ts>,
        /// Place in the journey.
        pub status | status_raw: ParcelStatus,
        /// Finer grain; never moves a milestone.
        pub step | step_raw: Option<Step>,
        /// Why something went wrong.
        pub reason | reason_raw: Option<Reason>,
        /// Who or what took it.
        pub delivered_to | delivered_to_raw: Option<DeliveredTo>,
        /// Whether it says something or takes it back.
        pub effect | effect_raw: Effect,
        /// Which table `code_raw` is from; codes are comparable only inside one.
        pub code_namespace: Option<String>,
        /// The carrier's code.
        pub code_raw: Option<Id>,
        /// The carrier's text.
        pub description: Option<String>,
        /// Where it happened.
        pub location: Option<Location>,
        /// The branch or sorting centre.
        pub facility: Option<String>,
        /// Who delivers it.
        pub courier: Option<Courier>,
    }
}

model! {
    /// Where a scan happened.
    pub struct Location {
        /// As the carrier words it.
        pub text: Option<String>,
        /// ISO 3166-1 alpha-2.
        pub country: Option<String>,
        /// Chinese division codes.
        pub region_codes: Option<RegionCodes>,
        /// Postal code.
        pub postal_code: Option<Id>,
        /// Coordinates.
        pub geo: Option<Geo>,
    }
}

model! {
    /// Who delivers.
    pub struct Courier {
        /// Name.
        pub name: Option<Protected>,
        /// Phone.
        pub phone: Option<Phone>,
    }
}
