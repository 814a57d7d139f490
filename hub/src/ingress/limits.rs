//! Counting connections and bytes, so that no caller can take everything.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// Connections in all and per address.
#[derive(Clone)]
pub struct Connections {
    inner: Arc<Mutex<Counts>>,
    most: usize,
    most_per_ip: usize,
}

#[derive(Default)]
struct Counts {
    all: usize,
    per_ip: HashMap<IpAddr, usize>,
}

/// One connection; gives its place back when dropped.
pub struct Held {
    connections: Connections,
    ip: IpAddr,
}

impl Connections {
    /// Nothing connected yet.
    pub fn new(most: usize, most_per_ip: usize) -> Self {
        Self { inner: Arc::default(), most, most_per_ip }
    }

    /// A place for a connection from `ip`; none when it is full.
    pub fn enter(&self, ip: IpAddr) -> Option<Held> {
        // An IPv4 caller is the same caller when it comes over an IPv6 socket.
        let ip = ip.to_canonical();
        let mut counts = self.inner.lock().ok()?;
        let of_ip = counts.per_ip.get(&ip).copied().unwrap_or_default();
        if counts.all >= self.most || of_ip >= self.most_per_ip {
            return None;
        }
        counts.all += 1;
        counts.per_ip.insert(ip, of_ip + 1);
        Some(Held { connections: self.clone(), ip })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Ok(mut counts) = self.connections.inner.lock() else { return };
        counts.all = counts.all.saturating_sub(1);
        match counts.per_ip.get_mut(&self.ip) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.per_ip.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_per_address_and_given_back() {
        let connections = Connections::new(3, 2);
        let [a, b]: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        let first = connections.enter(a).unwrap();
        let _second = connections.enter(mapped).unwrap();
        assert!(connections.enter(a).is_none(), "two from one address");
        let _third = connections.enter(b).unwrap();
        assert!(connections.enter(b).is_none(), "three in all");
        drop(first);
        assert!(connections.enter(a).is_some());
    }
}
