//! Who can sign in, and what their tokens say of them.
//!
//! Beside the accounts that files list there are newcomers: for each group somebody who joins it later (through an
//! identity provider, by hand, or because a line is added), and somebody who signs in for the first time. With them a
//! binding that is too wide is found even while the group is empty.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::set::Set;

/// What is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A person whom files list.
    Listed,
    /// The account of a service.
    Service,
    /// Somebody who joins this group.
    Joins(String),
    /// Somebody who signs in for the first time and joins what everybody joins.
    First,
    /// A name that stands in a file and belongs to nobody.
    Unknown,
}

/// Somebody who may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub name: String,
    pub sort: Sort,
    /// Paths, as they are in tokens: no group above is added.
    pub groups: BTreeSet<String>,
    /// A disabled account has no token.
    pub enabled: bool,
}

impl Account {
    /// What stands in a claim of groups in this form.
    pub(crate) fn claim(&self, form: Form) -> impl Iterator<Item = &str> {
        let paths = self.groups.iter().map(String::as_str);
        let names = paths.clone().filter(move |_| form.names).map(|path| path.rsplit('/').next().unwrap_or(path));
        paths.filter(move |_| form.paths).chain(names)
    }
}

/// The form of groups in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// `/lab/ml`
    pub paths: bool,
    /// `ml`
    pub names: bool,
}

/// Everybody, numbered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    accounts: Vec<Account>,
    by_name: FxHashMap<String, usize>,
}

/// Who has which group in the token that one client gets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// By the text in the claim.
    members: FxHashMap<String, Set>,
}

impl Directory {
    pub(crate) fn add(&mut self, account: Account) -> usize {
        let number = self.accounts.len();
        // Of two accounts with one name the importer refuses the second.
        self.by_name.entry(account.name.clone()).or_insert(number);
        self.accounts.push(account);
        number
    }

    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The account of a name that stands in a file; whoever gets that name has what the file gives it.
    pub(crate) fn named(&mut self, name: &str) -> usize {
        let unknown = || Account { name: name.to_owned(), sort: Sort::Unknown, groups: BTreeSet::new(), enabled: true };
        self.find(name).unwrap_or_else(|| self.add(unknown()))
    }

    /// The enabled among these names.
    pub(crate) fn enabled_of<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Set {
        let numbers: Vec<usize> = names.map(|name| self.named(name)).collect();
        numbers.into_iter().filter(|number| self.is_enabled(*number)).collect()
    }

    /// Everybody who can sign in.
    pub(crate) fn everybody(&self) -> Set {
        let enabled = self.accounts.iter().enumerate().filter(|(_, account)| account.enabled);
        enabled.map(|(number, _)| number).collect()
    }

    pub(crate) fn is_enabled(&self, number: usize) -> bool {
        self.accounts.get(number).is_some_and(|account| account.enabled)
    }

    /// The claim of groups in this form; where a form is not used, nobody has a group.
    pub(crate) fn claims(&self, form: Form) -> Claims {
        let mut claims = Claims::default();
        for (number, account) in self.accounts.iter().enumerate().filter(|(_, account)| account.enabled) {
            account.claim(form).for_each(|text| claims.add(text, number));
        }
        claims
    }
}

impl Claims {
    fn add(&mut self, text: &str, number: usize) {
        match self.members.get_mut(text) {
            Some(members) => members.insert(number),
            None => {
                self.members.insert(text.to_owned(), [number].into_iter().collect());
            }
        }
    }

    /// Whoever has this group in the token.
    pub(crate) fn of(&self, text: &str) -> Option<&Set> {
        self.members.get(text)
    }

    /// Whoever has any of these groups.
    pub(crate) fn any<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Set {
        let mut all = Set::new();
        texts.filter_map(|text| self.of(text)).for_each(|members| all.join(members));
        all
    }
}
