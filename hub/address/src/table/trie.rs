//! All names in one tree, read from a place in a text to the longest name that begins there.
//!
//! The walk from one place takes as many steps as the longest name has characters, whatever the text.

use std::ops::Range;

use super::pairs::Pairs;
use super::unit::Entry;

#[derive(Debug, Default)]
struct Node {
    edges: Range<u32>,
    entries: Range<u32>,
}

/// The names.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    edges: Vec<(char, u32)>,
    entries: Vec<Entry>,
    /// For each character from U+4E00 on the node of the names that begin with it, or zero: most places of a text
    /// begin no name, and this says so at once.
    first: Vec<u32>,
    /// What the names begin with, and other words that are looked for in texts.
    pairs: Pairs,
}

/// Place of a character in [`Trie::first`].
fn place(letter: char) -> Option<usize> {
    u32::from(letter).checked_sub(0x4e00).filter(|at| *at < 0x5200).and_then(|at| usize::try_from(at).ok())
}

fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn part<'a, T>(list: &'a [T], range: &Range<u32>) -> &'a [T] {
    let start = usize::try_from(range.start).unwrap_or(usize::MAX);
    let end = usize::try_from(range.end).unwrap_or(usize::MAX);
    list.get(start..end).unwrap_or_default()
}

impl Trie {
    /// Builds the tree.
    pub(crate) fn build(mut names: Vec<(Vec<char>, Entry)>) -> Trie {
        names.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.form.cmp(&a.1.form)).then(a.1.unit.cmp(&b.1.unit)));
        names.dedup();
        let mut trie = Trie { nodes: vec![Node::default()], ..Trie::default() };
        // Breadth first: the edges of a node lie side by side.
        let mut queue = std::collections::VecDeque::from([(0_usize, 0..names.len(), 0_usize)]);
        while let Some((node, range, depth)) = queue.pop_front() {
            let group = names.get(range.clone()).unwrap_or_default();
            let ending = group.partition_point(|name| name.0.len() <= depth);
            let first_entry = index(trie.entries.len());
            trie.entries.extend(group.iter().take(ending).map(|name| name.1));
            let entries = first_entry..index(trie.entries.len());
            let first_edge = index(trie.edges.len());
            let mut at = ending;
            while let Some(letter) = group.get(at).and_then(|name| name.0.get(depth)).copied() {
                let rest = group.get(at..).unwrap_or_default();
                let same = rest.partition_point(|name| name.0.get(depth).is_some_and(|it| *it <= letter));
                let child = trie.nodes.len();
                trie.nodes.push(Node::default());
                trie.edges.push((letter, index(child)));
                let start = range.start + at;
                queue.push_back((child, start..start + same, depth + 1));
                at += same;
            }
            let edges = first_edge..index(trie.edges.len());
            if let Some(node) = trie.nodes.get_mut(node) {
                *node = Node { edges, entries };
            }
        }
        trie.pairs = Pairs::new();
        names.iter().for_each(|name| trie.pairs.add(name.0.iter().copied()));
        trie.first = vec![0; 0x5200];
        let root = trie.nodes.first().map(|root| root.edges.clone()).unwrap_or_default();
        for (letter, node) in part(&trie.edges, &root) {
            if let Some(slot) = place(*letter).and_then(|at| trie.first.get_mut(at)) {
                *slot = *node;
            }
        }
        trie
    }

    /// Every name that begins at `from`, shortest first: where it ends, and what it may mean.
    pub(crate) fn matches<'a, 't>(&'a self, text: &'t [char], from: usize) -> Matches<'a, 't> {
        let node = text.get(from).and_then(|letter| self.start(*letter));
        Matches { trie: self, text, at: from, node, fresh: true }
    }

    /// Makes another word one of those that [`Trie::may_begin`] speaks of.
    pub(crate) fn add_beginning(&mut self, word: &str) {
        self.pairs.add(word.chars());
    }

    /// Whether a name, or another word that is looked for, may begin with two characters.
    pub(crate) fn may_begin(&self, first: char, second: char) -> bool {
        self.pairs.may_begin(first, second)
    }

    /// Whether there is a name of one character.
    pub(crate) const fn has_lone(&self) -> bool {
        self.pairs.has_lone()
    }

    /// Whether a name begins at `from`.
    pub(crate) fn begins(&self, text: &[char], from: usize) -> bool {
        self.matches(text, from).next().is_some()
    }

    fn start(&self, letter: char) -> Option<&Node> {
        match place(letter) {
            Some(at) => match *self.first.get(at)? {
                0 => None,
                node => self.nodes.get(usize::try_from(node).ok()?),
            },
            None => self.child(self.nodes.first()?, letter),
        }
    }

    /// What exactly this text may mean.
    pub(crate) fn whole(&self, text: &[char]) -> &[Entry] {
        self.matches(text, 0).find(|(end, _)| *end == text.len()).map(|found| found.1).unwrap_or_default()
    }

    fn child(&self, node: &Node, letter: char) -> Option<&Node> {
        let edges = part(&self.edges, &node.edges);
        let at = edges.binary_search_by(|edge| edge.0.cmp(&letter)).ok()?;
        self.nodes.get(usize::try_from(edges.get(at)?.1).ok()?)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.edges.capacity() * size_of::<(char, u32)>()
            + self.entries.capacity() * size_of::<Entry>()
            + self.first.capacity() * size_of::<u32>()
            + self.pairs.memory_bytes()
    }
}

/// The walk of [`Trie::matches`].
pub(crate) struct Matches<'a, 't> {
    trie: &'a Trie,
    text: &'t [char],
    at: usize,
    node: Option<&'a Node>,
    /// Whether `node` is already that of the first character.
    fresh: bool,
}

impl<'a> Iterator for Matches<'a, '_> {
    type Item = (usize, &'a [Entry]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut node = self.node?;
            if !std::mem::take(&mut self.fresh) {
                node = self.trie.child(node, *self.text.get(self.at)?)?;
                self.node = Some(node);
            }
            self.at += 1;
            let entries = part(&self.trie.entries, &node.entries);
            if !entries.is_empty() {
                return Some((self.at, entries));
            }
        }
    }
}
