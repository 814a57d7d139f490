//! What is stored of a history between two folds.

use crossdock_schemas::HistoryKind;

use super::normal::json;
use super::{AftersaleState, InventoryState, OrderState, ParcelState, inventory_key};

/// What is known of one order, after-sale case, parcel or stock level.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// An order.
    Order(Box<OrderState>),
    /// An after-sale case.
    Aftersale(Box<AftersaleState>),
    /// A parcel.
    Parcel(Box<ParcelState>),
    /// A stock level.
    Inventory(Box<InventoryState>),
}

/// Why a stored state cannot be read.
#[derive(Debug)]
pub enum StateError {
    /// The part beside the snapshot.
    Aux(serde_json::Error),
    /// The snapshot.
    Snapshot(serde_json::Error),
    /// There is no snapshot, and the state is not one of an unpublished order.
    NoSnapshot,
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            StateError::Aux(_) => "stored state is not readable",
            StateError::Snapshot(_) => "stored snapshot is not readable",
            StateError::NoSnapshot => "stored state has no snapshot",
        })
    }
}

impl std::error::Error for StateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StateError::Aux(error) | StateError::Snapshot(error) => Some(error),
            StateError::NoSnapshot => None,
        }
    }
}

impl State {
    /// Reads what [`State::aux`] and [`State::snapshot`] wrote. An order that is not published yet has no
    /// snapshot.
    ///
    /// # Errors
    /// When one of the texts is not what this version wrote.
    pub fn read(kind: HistoryKind, aux: &str, snapshot: Option<&str>) -> Result<State, StateError> {
        Ok(match kind {
            HistoryKind::Order => State::Order(Box::new(OrderState::read(aux, snapshot)?)),
            HistoryKind::Aftersale => State::Aftersale(Box::new(AftersaleState::read(aux, snapshot)?)),
            HistoryKind::Parcel => State::Parcel(Box::new(ParcelState::read(aux, snapshot)?)),
            HistoryKind::Inventory => State::Inventory(Box::new(InventoryState::read(aux, snapshot)?)),
        })
    }

    /// What is stored beside the snapshot, as JSON: stamps, marks, scans. Only [`State::read`] reads it.
    #[must_use]
    pub fn aux(&self) -> String {
        match self {
            State::Order(state) => state.aux(),
            State::Aftersale(state) => state.aux(),
            State::Parcel(state) => state.aux(),
            State::Inventory(state) => state.aux(),
        }
    }

    /// The entity as it travels in events, as JSON. A parcel travels without its scans.
    #[must_use]
    pub fn snapshot(&self) -> String {
        match self {
            State::Order(state) => json(&state.order),
            State::Aftersale(state) => json(&state.case),
            State::Parcel(state) => json(&state.view()),
            State::Inventory(state) => json(&state.level),
        }
    }

    /// The entity with all that is known, as JSON: a parcel with all its scans.
    #[must_use]
    pub fn full(&self) -> String {
        match self {
            State::Parcel(state) => json(&state.full()),
            other => other.snapshot(),
        }
    }

    /// From 1, raised at each accepted change; 0 while nothing is published.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        match self {
            State::Order(state) => state.revision(),
            State::Aftersale(state) => state.revision(),
            State::Parcel(state) => state.revision(),
            State::Inventory(state) => state.revision(),
        }
    }

    /// Whether others know of it: not while only parts of an order are known.
    #[must_use]
    pub const fn is_published(&self) -> bool {
        self.revision() > 0
    }

    /// Which kind of history it is.
    #[must_use]
    pub const fn kind(&self) -> HistoryKind {
        match self {
            State::Order(_) => HistoryKind::Order,
            State::Aftersale(_) => HistoryKind::Aftersale,
            State::Parcel(_) => HistoryKind::Parcel,
            State::Inventory(_) => HistoryKind::Inventory,
        }
    }

    /// The identity of the entity, from which the ids of its events are made.
    #[must_use]
    pub fn key(&self) -> String {
        let key = match self {
            State::Order(state) => &state.order.order_key,
            State::Aftersale(state) => &state.case.aftersale_key,
            State::Parcel(state) => &state.stated.parcel_key,
            State::Inventory(state) => return inventory_key(&state.level),
        };
        key.clone().unwrap_or_default()
    }

    /// Notes that an order is in a parcel, so that `order.shipped` is named by its parcels. Says whether that
    /// was news; anything but an order has no use for it.
    pub fn link_parcel(&mut self, parcel_key: &str) -> bool {
        match self {
            State::Order(state) => state.parcels.insert(parcel_key.to_owned()),
            State::Aftersale(_) | State::Parcel(_) | State::Inventory(_) => false,
        }
    }
}
