//! Namespaces of bindings are patterns: `*` stands for any letters, and what is left goes into a regular expression as
//! it is (`compile_arn_regex`), so that `.` is any letter and `data.science` is also `dataXscience`.

/// One part of a pattern, with how often it may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Atom {
    letter: Option<char>,
    least: usize,
    most: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    atoms: Vec<Atom>,
}

/// Characters of names that mean something in the expression.
const SPECIAL: [char; 4] = ['*', '.', '+', '?'];

/// Whether a name matches anything but itself.
pub(super) fn is_special(name: &str) -> bool {
    name.contains(SPECIAL)
}

impl Pattern {
    pub(super) fn new(text: &str) -> Pattern {
        let mut atoms: Vec<Atom> = Vec::new();
        for letter in text.chars() {
            match (letter, atoms.last_mut()) {
                ('*', _) => atoms.push(Atom { letter: None, least: 0, most: usize::MAX }),
                ('.', _) => atoms.push(Atom { letter: None, least: 1, most: 1 }),
                ('+', Some(last)) => last.most = usize::MAX,
                ('?', Some(last)) => last.least = 0,
                (letter, _) => atoms.push(Atom { letter: Some(letter), least: 1, most: 1 }),
            }
        }
        Pattern { text: text.to_owned(), atoms }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the whole of a namespace fits.
    pub(super) fn matches(&self, namespace: &str) -> bool {
        if !is_special(&self.text) {
            return self.text == namespace;
        }
        let letters: Vec<char> = namespace.chars().collect();
        // The places that may be reached after each atom.
        let mut reached = vec![false; letters.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for atom in &self.atoms {
            reached = atom.after(&reached, &letters);
        }
        reached.last().copied().unwrap_or(false)
    }
}

impl Atom {
    fn after(&self, before: &[bool], letters: &[char]) -> Vec<bool> {
        let mut after = vec![false; before.len()];
        for start in before.iter().enumerate().filter(|(_, reached)| **reached).map(|(start, _)| start) {
            let fits = letters.iter().skip(start).take_while(|letter| self.letter.is_none_or(|own| own == **letter));
            let longest = fits.take(self.most).count();
            (self.least..=longest).filter_map(|length| start.checked_add(length)).for_each(|end| {
                if let Some(end) = after.get_mut(end) {
                    *end = true;
                }
            });
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn names_are_taken_for_patterns() {
        let cases = [
            ("ml", "ml", true),
            ("ml", "ml-two", false),
            ("ml*", "ml-two", true),
            ("*", "anything", true),
            ("data.science", "dataXscience", true),
            ("data.science", "data-sciences", false),
            ("ana+b", "anaab", true),
            ("ana+b", "ana+b", false),
            ("a-*-b", "a-x-y-b", true),
        ];
        for (pattern, namespace, matches) in cases {
            assert_eq!(Pattern::new(pattern).matches(namespace), matches, "{pattern} {namespace}");
        }
    }
}
