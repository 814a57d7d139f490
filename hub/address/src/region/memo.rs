//! What the fields of sources were read as. There are few regions, and each source writes them in few ways, however many
//! addresses it has: what was read once is not read again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::chain::Chain;
use crate::standard::Fields;

/// Most readings kept; twice as many as there are districts.
const MOST: usize = 8192;
/// Longest fields, all together, that are kept.
const LONGEST: usize = 192;

/// The readings. It says what reading again would say, so it is no state that anybody could notice.
#[derive(Debug, Default)]
pub(crate) struct Memo(Mutex<HashMap<Box<str>, Arc<[Chain]>>>);

impl Memo {
    /// What these fields say: from memory, else as `read` says.
    pub(super) fn get(&self, fields: &Fields<'_>, read: impl FnOnce() -> Vec<Chain>) -> Arc<[Chain]> {
        let Some(key) = key(fields) else { return read().into() };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(chains) = known.get(key.as_str()) {
            return Arc::clone(chains);
        }
        let chains: Arc<[Chain]> = read().into();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key.into(), Arc::clone(&chains));
        chains
    }

    /// Most bytes it takes.
    pub(crate) const fn memory_bytes() -> usize {
        MOST * (size_of::<(Box<str>, Arc<[Chain]>)>() * 2 + size_of::<Chain>() + LONGEST / 2)
    }
}

/// The fields as one text; none when they are long or could be read as others.
fn key(fields: &Fields<'_>) -> Option<String> {
    let parts = [fields.province, fields.city, fields.district];
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let fits = length <= LONGEST && parts.iter().all(|part| !part.bytes().any(|byte| byte == b'\n'));
    fits.then(|| parts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_once_is_not_read_again() {
        let memo = Memo::default();
        let fields = Fields { province: "a", city: "b", ..Fields::default() };
        let read = || vec![Chain::new()];
        assert_eq!(memo.get(&fields, read).len(), 1);
        assert_eq!(memo.get(&fields, || unreachable!("it is known")).len(), 1);
        let others = Fields { province: "ab", ..Fields::default() };
        assert_eq!(memo.get(&others, Vec::new).len(), 0);
        // One text for two different pairs: read each time.
        let split = Fields { province: "a\nb", ..Fields::default() };
        assert_eq!(memo.get(&split, Vec::new).len(), 0);
    }

    #[test]
    fn it_does_not_grow() {
        let memo = Memo::default();
        for n in 0..3 * MOST {
            let text = n.to_string();
            memo.get(&Fields { province: &text, ..Fields::default() }, Vec::new);
        }
        assert!(memo.0.lock().unwrap().len() <= MOST);
    }
}
