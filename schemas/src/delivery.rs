//! How the buyer wants it delivered.

use crate::AddressKind;

model! {
    /// The delivery the buyer chose.
    pub struct Delivery {
        /// Code of the method at the platform.
        pub method_code: Option<Id>,
        /// Name of the method.
        pub method_name: Option<String>,
        /// Where the buyer fetches it.
        pub pickup_point: Option<PickupPoint>,
        /// What the buyer asks the courier.
        pub instructions: Option<String>,
        /// Whether somebody has to sign.
        pub signature: Option<bool>,
    }
}

model! {
    /// A counter or locker where parcels are handed out.
    pub struct PickupPoint {
        /// Its id.
        pub id: Option<Id>,
        /// Its name.
        pub name: Option<String>,
        /// What it is.
        pub kind | kind_raw: Option<AddressKind>,
    }
}
