//! "Did you mean": the nearest of the names that would have fitted.

/// The names nearest to `word`, best first, at most three, none when nothing is near.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the longer name (at least one), or one name being
/// the start of the other from four letters on. Names that differ only in case and punctuation are nearest. Ties are broken by the name, so that the answer is always the same.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .filter_map(|candidate| rank(word, candidate).map(|rank| (rank, candidate)))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

fn rank(word: &str, candidate: &str) -> Option<usize> {
    if letters(word).eq(letters(candidate)) {
        return Some(0);
    }
    let longer = word.chars().count().max(candidate.chars().count());
    let limit = (longer / 3).max(1);
    if word.len().abs_diff(candidate.len()) <= limit {
        let distance = strsim::damerau_levenshtein(word, candidate);
        if distance <= limit {
            return Some(distance);
        }
    }
    let starts = word.len() >= 4 && candidate.starts_with(word) || candidate.len() >= 4 && word.starts_with(candidate);
    starts.then_some(limit + 1)
}

fn letters(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_name_and_noise_finds_nothing() {
        assert_eq!(nearest("dena", ["dana", "eli", "hana"]), ["dana"]);
        assert_eq!(nearest("ml-reserach", ["ml-research", "climate"]), ["ml-research"]);
        assert_eq!(nearest("ml-res", ["ml-research"]), ["ml-research"]);
        assert_eq!(nearest("email", ["E-mail", "login"]), ["E-mail"]);
        assert!(nearest("zzz", ["dana", "eli"]).is_empty());
    }
}
