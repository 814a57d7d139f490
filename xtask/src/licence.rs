//! Licence expressions (SPDX): is there a choice that uses allowed licences only?

/// Whether an expression can be satisfied by allowed licences. What cannot be read cannot be satisfied.
///
/// Old manifests write `/` for `OR`. `WITH` makes one licence of two names.
pub(crate) fn allowed(expression: &str, list: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, list };
    reader.any() == Some(true) && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    list: &'a [String],
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> Option<bool> {
        let mut good = self.all()?;
        while self.take("OR") {
            good |= self.all()?;
        }
        Some(good)
    }

    fn all(&mut self) -> Option<bool> {
        let mut good = self.one()?;
        while self.take("AND") {
            good &= self.one()?;
        }
        Some(good)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let good = self.any()?;
            return self.take(")").then_some(good);
        }
        let name = self.name()?;
        let name = if self.take("WITH") { format!("{name} WITH {}", self.name()?) } else { name };
        Some(self.list.contains(&name))
    }

    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.words.split_first()?;
        if ["OR", "AND", "WITH", "(", ")"].contains(first) {
            return None;
        }
        self.words = rest;
        Some((*first).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(expression: &str) -> bool {
        let list = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        allowed(expression, &list.map(str::to_owned))
    }

    #[test]
    fn one_allowed_choice_is_enough() {
        assert!(fits("MIT"));
        assert!(fits("GPL-3.0 OR MIT"));
        assert!(fits("Unlicense/MIT"));
        assert!(fits("(MIT OR GPL-3.0) AND Unicode-3.0"));
        assert!(fits("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
    }

    #[test]
    fn what_needs_another_licence_is_refused() {
        assert!(!fits("GPL-3.0"));
        assert!(!fits("MIT AND GPL-3.0"));
        assert!(!fits("(MIT OR Apache-2.0) AND GPL-3.0"));
        assert!(!fits("GPL-3.0 AND MIT OR GPL-2.0"));
        assert!(!fits("Apache-2.0 WITH Other-exception"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in ["", "MIT OR", "MIT MIT", "(MIT", "MIT)", "OR MIT", "MIT WITH", "AND"] {
            assert!(!fits(text), "{text}");
        }
    }
}
