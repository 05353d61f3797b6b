//! A set of small numbers, a bit each: people are compared by the word and not one by one.

/// Numbers from 0 on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Set(Vec<u64>);

const BITS: usize = 64;

impl Set {
    pub(crate) fn new() -> Set {
        Set::default()
    }

    pub(crate) fn insert(&mut self, number: usize) {
        let word = number / BITS;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (number % BITS);
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.get(number / BITS).is_some_and(|bits| bits & (1 << (number % BITS)) != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Adds all of another.
    pub(crate) fn join(&mut self, other: &Set) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(bits, more)| *bits |= more);
    }

    /// What is in both.
    pub(crate) fn and(&self, other: &Set) -> Set {
        Set(self.0.iter().zip(&other.0).map(|(one, two)| one & two).collect())
    }

    /// What is here and not in the other.
    pub(crate) fn without(&self, other: &Set) -> Set {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        Set(self.0.iter().zip(others).map(|(one, two)| one & !two).collect())
    }

    /// In order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(word, bits)| {
            (0..BITS).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| word * BITS + bit)
        })
    }
}

impl FromIterator<usize> for Set {
    fn from_iter<T: IntoIterator<Item = usize>>(numbers: T) -> Set {
        let mut set = Set::new();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::Set;

    #[test]
    fn sets_are_joined_and_compared_whatever_their_length() {
        let few: Set = [1, 63].into_iter().collect();
        let many: Set = [1, 64, 200].into_iter().collect();
        let numbers = |set: &Set| set.iter().collect::<Vec<_>>();
        assert_eq!(numbers(&few.and(&many)), [1]);
        assert_eq!((numbers(&few.without(&many)), numbers(&many.without(&few))), (vec![63], vec![64, 200]));
        let mut all = few.clone();
        all.join(&many);
        assert_eq!((numbers(&all), all.len()), (vec![1, 63, 64, 200], 4));
        assert!(few.without(&few).is_empty() && !few.contains(900));
    }
}
