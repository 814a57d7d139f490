#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

#[macro_use]
mod macros;

mod address;
mod aftersale;
mod body;
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
pub mod privacy;
mod protected;
pub mod publish;
mod read;
mod risk;
mod seal;
mod source;
mod status;
pub mod subject;
pub mod text;
mod tracking;
mod ts;
mod validate;
mod vocabulary;

pub use address::{Address, Geo, RegionCodes};
pub use aftersale::{Aftersale, AftersaleLine};
pub use body::{
    AftersaleBody, HubBody, InventoryBody, InvoiceBody, MilestoneBody, OrderBody, ParcelBody, ProductBody,
    RiskBody,
};
pub use customs::{Customs, PayerId};
pub use dec::{Dec, DecError};
pub use delivery::{Delivery, PickupPoint};
pub use event::{Class, Event, EventError};
pub use event_type::{EventType, UnknownEventType};
pub use identity::IdentityError;
pub use inventory::InventoryLevel;
pub use line::{LineStatus, LineTax, OrderLine, Quantities, StockItem};
pub use money::{Allocation, Discount, Fee, Money, Totals};
pub use observation::{Entity, HistoryKind, Observation};
pub use order::{Ext, Id, Order, OrderRef, Related, Window};
pub use parcel::{Eta, Leg, Package, Parcel, ParcelLine};
pub use party::{Party, TaxId};
pub use payment::{Fx, InvoiceRequest, Payment, Presale};
pub use protected::{Phone, Protected, Token};
pub use risk::RiskTag;
/// A short text: a code, a flag, a SKU. Up to 23 bytes of it take no memory of their own.
pub use smol_str::SmolStr as Code;
pub use source::Source;
pub use status::Status;
pub use tracking::{Courier, Location, TrackingEvent};
pub use ts::{Ts, TsError};
pub use validate::Problem;
pub use vocabulary::*;
