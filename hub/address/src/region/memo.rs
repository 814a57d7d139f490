//! What the fields of sources were read as. There are few regions, and each source writes them in few ways, however many
//! addresses it has: what was read once is not read again.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;

use super::chain::Chain;
use crate::standard::Fields;

/// Most readings kept; twice as many as there are districts.
const MOST: usize = 8192;
/// Longest fields, all together, that are kept.
const LONGEST: usize = 192;

/// The readings. It says what reading again would say, so it is no state that anybody could notice.
#[derive(Debug, Default)]
pub(crate) struct Memo(Mutex<HashMap<u64, Known, FixedState>>);

/// Fields and what they say.
#[derive(Debug)]
struct Known {
    text: Box<str>,
    /// Where the second and the third field begin.
    borders: [usize; 2],
    said: Said,
}

/// What fields say: nearly always one region.
#[derive(Debug, Clone)]
pub(super) enum Said {
    One([Chain; 1]),
    Some(Arc<[Chain]>),
}

impl From<Vec<Chain>> for Said {
    fn from(chains: Vec<Chain>) -> Said {
        match chains.as_slice() {
            [only] => Said::One([*only]),
            _ => Said::Some(chains.into()),
        }
    }
}

impl Deref for Said {
    type Target = [Chain];

    fn deref(&self) -> &[Chain] {
        match self {
            Said::One(only) => only,
            Said::Some(chains) => chains,
        }
    }
}

impl Known {
    fn is(&self, [province, city, district]: [&str; 3]) -> bool {
        let [second, third] = self.borders;
        self.text.get(..second) == Some(province)
            && self.text.get(second..third) == Some(city)
            && self.text.get(third..) == Some(district)
    }
}

impl Memo {
    /// What these fields say: from memory, else as `read` says.
    pub(super) fn get(&self, fields: &Fields<'_>, read: impl FnOnce() -> Vec<Chain>) -> Said {
        let parts = [fields.province, fields.city, fields.district];
        let lengths = parts.map(str::len);
        if lengths.iter().sum::<usize>() > LONGEST {
            return read().into();
        }
        let hash = FixedState::default().hash_one(parts);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&hash).filter(|found| found.is(parts)) {
            return found.said.clone();
        }
        let said = Said::from(read());
        if known.len() >= MOST {
            known.clear();
        }
        let [first, second, _] = lengths;
        let borders = [first, first + second];
        // Two of one hash take turns.
        known.insert(hash, Known { text: parts.concat().into(), borders, said: said.clone() });
        said
    }

    /// Most bytes it takes.
    pub(crate) const fn memory_bytes() -> usize {
        MOST * (size_of::<(u64, Known)>() * 2 + size_of::<Chain>() + LONGEST / 2)
    }
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
        // Other fields with the same letters one after the other.
        let others = [("ab", "", ""), ("", "ab", ""), ("", "a", "b"), ("a", "", "b"), ("", "", "ab")];
        for (province, city, district) in others {
            let fields = Fields { province, city, district, ..Fields::default() };
            assert_eq!(memo.get(&fields, Vec::new).len(), 0, "{fields:?}");
        }
    }

    #[test]
    fn two_of_one_hash_are_not_mixed_up() {
        let known = Known { text: "ab".into(), borders: [1, 2], said: Vec::new().into() };
        assert!(known.is(["a", "b", ""]));
        for other in [["ab", "", ""], ["a", "", "b"], ["a", "b", "c"], ["", "ab", ""]] {
            assert!(!known.is(other), "{other:?}");
        }
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
