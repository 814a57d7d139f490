//! The list of phones, addresses and buyers that rules look at: a file of keyed hashes beside the store. Nothing in it
//! can be read back; who has the key can only ask whether something is on it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use crossdock_connector::sign;
use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::finger::{Finger, Kind, Mark};

/// Name of the file in the data directory.
pub const FILE_NAME: &str = "risk-list.tsv";

const HEAD: &str = "# crossdock risk list 2: kind, keyed hash, since\n";
/// What the file began with when hashes had no mark.
const FORMER: &str = "# crossdock risk list: ";

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it is.
    pub kind: Kind,
    /// Its keyed hash.
    pub finger: Finger,
    /// Since when it is listed.
    pub since: Timestamp,
}

/// Everything that is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// By what their hashes begin with: nearly nothing that is asked for is there, and that is known at one look. The
    /// hashes are keyed, nobody outside can make many that begin alike.
    entries: HashMap<(Kind, Mark), Vec<Listed>, FixedState>,
    /// How many there are of each kind.
    counts: [usize; 3],
}

impl Listing {
    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether anything of a kind is listed.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        let [phones, addresses, buyers] = self.counts;
        let count = match kind {
            Kind::Phone => phones,
            Kind::Address => addresses,
            Kind::Buyer => buyers,
        };
        count > 0
    }

    fn count(&mut self, kind: Kind) -> &mut usize {
        let [phones, addresses, buyers] = &mut self.counts;
        match kind {
            Kind::Phone => phones,
            Kind::Address => addresses,
            Kind::Buyer => buyers,
        }
    }

    /// Since when something is listed.
    #[must_use]
    pub fn since(&self, kind: Kind, finger: &Finger) -> Option<Timestamp> {
        let alike = self.entries.get(&(kind, mark(finger)))?;
        alike.iter().find(|listed| listed.finger == *finger).map(|listed| listed.since)
    }

    /// Whether a hash that begins so may be listed: seldom where none is.
    pub(super) fn may_hold(&self, kind: Kind, mark: Mark) -> bool {
        self.entries.contains_key(&(kind, mark))
    }

    /// Lists something; says whether it is new.
    pub fn add(&mut self, listed: Listed) -> bool {
        let new = self.since(listed.kind, &listed.finger).is_none();
        if new {
            self.entries.entry((listed.kind, mark(&listed.finger))).or_default().push(listed);
            *self.count(listed.kind) += 1;
        }
        new
    }

    /// Takes something off; says whether it was there.
    pub fn remove(&mut self, kind: Kind, finger: &Finger) -> bool {
        let Entry::Occupied(mut alike) = self.entries.entry((kind, mark(finger))) else { return false };
        let Some(at) = alike.get().iter().position(|listed| listed.finger == *finger) else { return false };
        alike.get_mut().swap_remove(at);
        if alike.get().is_empty() {
            alike.remove();
        }
        *self.count(kind) -= 1;
        true
    }

    /// Everything listed, by kind and hash.
    #[must_use]
    pub fn all(&self) -> Vec<Listed> {
        let mut all: Vec<Listed> = self.entries.values().flatten().copied().collect();
        all.sort_unstable_by_key(|listed| (listed.kind, listed.finger));
        all
    }

    /// Reads a list from its file; without a file nothing is listed.
    ///
    /// # Errors
    /// What cannot be read, with its line.
    pub fn load(path: &Path) -> Result<Listing, String> {
        match std::fs::read_to_string(path) {
            Ok(text) => Listing::read(&text).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Listing::default()),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Writes the list in the place of what is there: all of it or nothing, readable by its owner only.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn save(&self, path: &Path) -> Result<(), String> {
        let said = |error: std::io::Error| format!("{}: {error}", path.display());
        let dir = path.parent().unwrap_or(Path::new("."));
        // The file of the helper is readable by its owner only.
        let mut file = tempfile::NamedTempFile::new_in(dir).map_err(said)?;
        std::io::Write::write_all(&mut file, self.text().as_bytes()).map_err(said)?;
        file.as_file().sync_all().map_err(said)?;
        file.persist(path).map_err(|error| said(error.error))?;
        Ok(())
    }

    fn text(&self) -> String {
        let row = |listed: Listed| {
            let Listed { kind, finger, since } = listed;
            format!("{}\t{}\t{since}\n", kind.as_str(), sign::hex(&finger))
        };
        std::iter::once(HEAD.to_owned()).chain(self.all().into_iter().map(row)).collect()
    }

    fn read(text: &str) -> Result<Listing, String> {
        let mut listing = Listing::default();
        if text.starts_with(FORMER) && text.lines().count() > 1 {
            return Err("its hashes are of an earlier form: remove it and list anew".to_owned());
        }
        for (at, line) in
            text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
        {
            let entry = entry(line).ok_or_else(|| format!("line {}: not kind, hash and time", at + 1))?;
            listing.add(entry);
        }
        Ok(listing)
    }
}

/// What a hash begins with.
fn mark(finger: &Finger) -> Mark {
    let [a, b, c, d, ..] = *finger;
    [a, b, c, d]
}

fn entry(line: &str) -> Option<Listed> {
    let mut cells = line.split('\t');
    let kind = match cells.next()? {
        "phone" => Kind::Phone,
        "address" => Kind::Address,
        "buyer" => Kind::Buyer,
        _ => return None,
    };
    let finger = Finger::try_from(sign::unhex(cells.next()?)?).ok()?;
    let since = cells.next()?.parse().ok()?;
    cells.next().is_none().then_some(Listed { kind, finger, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_survives_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        assert!(Listing::load(&path).unwrap().is_empty());
        let since: Timestamp = "2026-11-22T01:02:03Z".parse().unwrap();
        let listed = Listed { kind: Kind::Phone, finger: [7; 32], since };
        let mut list = Listing::default();
        assert!(list.add(listed));
        assert!(!list.add(Listed { since: Timestamp::UNIX_EPOCH, ..listed }), "the first time counts");
        list.save(&path).unwrap();
        assert_eq!(Listing::load(&path).unwrap(), list);
        assert_eq!(list.since(Kind::Phone, &[7; 32]), Some(since));
        assert_eq!(list.since(Kind::Buyer, &[7; 32]), None, "a buyer is no phone");
        assert!(list.has(Kind::Phone) && !list.has(Kind::Buyer) && !list.has(Kind::Address));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o077, 0);
        }
        assert!(list.remove(Kind::Phone, &[7; 32]));
        assert!(!list.remove(Kind::Phone, &[7; 32]));
        assert!(!list.has(Kind::Phone));
    }

    #[test]
    fn marks_say_what_is_not_listed() {
        let mut list = Listing::default();
        for (kind, first) in [(Kind::Phone, 7), (Kind::Phone, 9), (Kind::Buyer, 8)] {
            list.add(Listed { kind, finger: [first; 32], since: Timestamp::UNIX_EPOCH });
        }
        assert!(list.may_hold(Kind::Phone, [7; 4]) && list.may_hold(Kind::Phone, [9; 4]));
        assert!(list.may_hold(Kind::Buyer, [8; 4]));
        for (kind, mark) in [
            (Kind::Phone, [8; 4]),
            (Kind::Buyer, [7; 4]),
            (Kind::Address, [8; 4]),
            (Kind::Phone, [9, 9, 9, 10]),
        ] {
            assert!(!list.may_hold(kind, mark), "{kind:?} {mark:?}");
        }
    }

    #[test]
    fn a_list_of_an_earlier_form_is_refused() {
        let head = "# crossdock risk list: kind, keyed hash, since\n";
        assert_eq!(Listing::read(head), Ok(Listing::default()));
        let listed = format!("{head}phone\t{}\t2026-11-22T01:02:03Z\n", "07".repeat(32));
        assert!(Listing::read(&listed).unwrap_err().contains("list anew"));
    }

    #[test]
    fn a_broken_line_is_named() {
        assert!(
            Listing::read("# head\nphone\tzz\t2026-11-22T01:02:03Z\n").unwrap_err().starts_with("line 2")
        );
    }
}
