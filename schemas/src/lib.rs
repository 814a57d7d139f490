//! The canonical model of crossdock: what an order, an after-sale case, a parcel and a stock level are,
//! whoever reported them; how they are identified; and the events that speak about them.

#![deny(clippy::float_arithmetic, clippy::float_cmp)]

#[macro_use]
mod macros;

mod address;
mod aftersale;
mod customs;
mod dec;
mod delivery;
mod event;
mod event_type;
pub mod identity;
mod inventory;
mod line;
mod money;
mod observation;
mod order;
mod parcel;
mod party;
mod payment;
mod protected;
mod read;
mod risk;
mod seal;
mod source;
mod status;
pub mod subject;
pub mod text;
mod tracking;
mod ts;
mod vocabulary;

pub use address::{Address, Geo, RegionCodes};
pub use aftersale::{Aftersale, AftersaleLine};
pub use customs::{Customs, PayerId};
pub use dec::{Dec, DecError};
pub use delivery::{Delivery, PickupPoint};
pub use event::{Class, Event, EventError};
pub use event_type::{EventType, UnknownEventType};
pub use identity::IdentityError;
pub use inventory::InventoryLevel;
pub use line::{LineStatus, LineTax, OrderLine, Quantities};
pub use money::{Allocation, Discount, Fee, Money, Totals};
pub use observation::{Entity, HistoryKind, Observation};
pub use order::{Ext, Id, Order, OrderRef, Related, Window};
pub use parcel::{Eta, Leg, Package, Parcel, ParcelLine};
pub use party::{Party, TaxId};
pub use payment::{Fx, InvoiceRequest, Payment, Presale};
pub use protected::{Phone, Protected, Token};
pub use risk::RiskTag;
pub use source::Source;
pub use status::Status;
pub use tracking::{Courier, Location, TrackingEvent};
pub use ts::{Ts, TsError};
pub use vocabulary::*;
