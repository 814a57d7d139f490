#![doc = include_str!("../README.md")]
#![deny(clippy::float_cmp)]

pub mod aggregator;
mod capture;
pub mod carrier;
pub mod codes;
mod connector;
mod context;
mod descriptor;
mod error;
mod file;
pub mod form;
mod http;
pub mod legacy;
pub mod mapping;
mod normalize;
pub mod place;
mod pull;
mod push;
pub mod remark;
pub mod rows;
mod secret;
mod session;
pub mod settings;
pub mod sign;
mod sink;
pub mod time;
mod verify;
pub mod wire;
pub mod words;
pub mod xml;

pub use capture::{Capture, Captured, Headers, ObjectId, Topic};
pub use connector::{BoxFuture, Connector, ConnectorConfig, NoConfig, Parts};
pub use context::Context;
pub use descriptor::{Capabilities, Descriptor, Maturity, Quota, Role};
pub use error::{Class, Error, ErrorKind, Result};
pub use file::{Files, ReadSeek, Row, RowMatch, Rows};
pub use http::{HttpReply, HttpRequest, HttpResponse, Method};
pub use normalize::{Issue, IssueKind, Normalize, Normalized};
pub use pull::{Cursor, Fetch, Page, Poll, Track, Waybill};
pub use push::{Ack, Push, Request, Scheme, SignedParts};
pub use secret::Secret;
pub use session::{Session, Token};
pub use sink::{Delivery, Exchange, HttpSink, Outcome, Repeat, Sink, SinkCall, SinkPart, Step};
pub use verify::{Verified, verify};
