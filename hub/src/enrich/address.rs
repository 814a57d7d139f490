//! Addresses of orders and parcels, made deliverable by [`crossdock_address`].
//!
//! Of a value that is masked or behind a token nothing is written over: its region is named by the fields that the
//! platform gives in the clear, its text stays as it came.

use std::sync::{Arc, LazyLock};

use crossdock_address::{TableError, Tables, canonical};
use crossdock_schemas::{Address, Order, Parcel, Protected, ProtectedState};

/// Unpacked once, by whoever needs it first: commands that see no address do not wait for it.
static EMBEDDED: LazyLock<Result<Tables, TableError>> = LazyLock::new(Tables::embedded);

/// The tables that are built in.
///
/// # Errors
/// Never for a released build: a test reads them.
pub fn embedded() -> Result<&'static Tables, &'static TableError> {
    EMBEDDED.as_ref()
}

/// The tables, and the sources whose addresses are left as they are.
pub struct Addresses {
    given: Option<Arc<Tables>>,
    off: Vec<String>,
}

impl Addresses {
    pub(super) fn new(given: Option<Arc<Tables>>, off: Vec<String>) -> Self {
        Self { given, off }
    }

    /// Unpacks the tables before the first address waits for them.
    pub(super) fn prepare(&self) {
        if let Err(error) = self.tables() {
            tracing::error!(error = %error, "addresses stay as they came");
        }
    }

    fn tables(&self) -> Result<&Tables, &'static TableError> {
        match &self.given {
            Some(tables) => Ok(tables),
            None => embedded(),
        }
    }

    /// Every address of an order, and the phones of its buyer.
    pub(super) fn order(&self, order: &mut Order, source: &str) {
        if self.is_off(source) {
            return;
        }
        let addresses = [&mut order.ship_to, &mut order.bill_to, &mut order.ship_from];
        addresses.into_iter().flatten().for_each(|address| self.fill(address));
        let country =
            order.ship_to.as_ref().and_then(|address| address.country.as_deref()).unwrap_or_default();
        if let Some(buyer) = &mut order.buyer {
            canonical::fill_party(buyer, country);
        }
    }

    /// Both ends of a parcel.
    pub(super) fn parcel(&self, parcel: &mut Parcel, source: &str) {
        if !self.is_off(source) {
            [&mut parcel.from, &mut parcel.to].into_iter().flatten().for_each(|address| self.fill(address));
        }
    }

    fn is_off(&self, source: &str) -> bool {
        self.off.iter().any(|off| off == source)
    }

    fn fill(&self, address: &mut Address) {
        let Ok(tables) = self.tables() else { return };
        // The platform says that it is hidden: however few stars the text has, it is not deliverable, nor comparable.
        match is_hidden(&address.protected) {
            true => canonical::fill_hidden(tables, address),
            false => drop(canonical::fill(tables, address)),
        }
    }
}

fn is_hidden(value: &Option<Protected>) -> bool {
    let hidden = |state| matches!(state, ProtectedState::Masked | ProtectedState::Encrypted);
    value.as_ref().is_some_and(|value| hidden(value.state))
}
