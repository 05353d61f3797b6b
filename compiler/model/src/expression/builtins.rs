//! The pure functions that come with the language: their names, what they take, and what they give.

use crate::kinds::{Dated, KindId, KindSet, Type};
use crate::value::Dimension;

macro_rules! builtins {
    ($($(#[$doc:meta])* $name:ident $text:literal $usage:literal,)*) => {
        /// A function that comes with the language. None reads a clock, a file or the network.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Builtin {
            $($(#[$doc])* $name,)*
        }

        impl Builtin {
            /// All of them, by name.
            pub const ALL: &[Builtin] = &[$(Builtin::$name,)*];

            /// As it is written.
            pub fn name(self) -> &'static str {
                match self {
                    $(Builtin::$name => $text,)*
                }
            }

            /// How it is called, for messages and the reference.
            pub fn usage(self) -> &'static str {
                match self {
                    $(Builtin::$name => $usage,)*
                }
            }
        }
    };
}

builtins! {
    /// The number without its sign.
    Abs "abs" "abs(number)",
    /// The next whole number.
    Ceiling "ceiling" "ceiling(number)",
    /// Whether a text has another in it.
    Contains "contains" "contains(text, part)",
    /// Elements of a list or entries of a map.
    Count "count" "count(list)",
    EndsWith "ends-with" "ends-with(text, end)",
    /// The first element of a list; absent when there is none.
    First "first" "first(list)",
    /// One list of a list of lists.
    Flatten "flatten" "flatten([list, list])",
    /// The whole number below.
    Floor "floor" "floor(number)",
    Join "join" "join(list, between)",
    /// The keys of a map, sorted.
    Keys "keys" "keys(map)",
    /// Characters of a text.
    Length "length" "length(text)",
    Lower "lower" "lower(text)",
    /// The largest; absent when there is none.
    Max "max" "max(a, b) or max(list)",
    /// Members of a group as of the day, nested ones included.
    Members "members" "members(group)",
    /// The smallest; absent when there is none.
    Min "min" "min(a, b) or min(list)",
    /// Whole numbers, both ends included.
    Range "range" "range(1, 5)",
    Replace "replace" "replace(text, old, new)",
    /// The nearest whole number, halves away from zero.
    Round "round" "round(number)",
    /// Smallest first.
    Sort "sort" "sort(list)",
    Split "split" "split(text, between)",
    StartsWith "starts-with" "starts-with(text, start)",
    /// The sum of a list of numbers or quantities.
    Sum "sum" "sum(list)",
    /// `title-case("ml-research")` is `ML research`.
    TitleCase "title-case" "title-case(text)",
    /// Without spaces at both ends.
    Trim "trim" "trim(text)",
    /// Each element once, in the order of their first.
    Unique "unique" "unique(list)",
    Upper "upper" "upper(text)",
    /// The values of a map, in the order of their keys.
    Values "values" "values(map)",
    /// Who may do an action to a thing; judged after decisions.
    WhoCan "who-can" "who-can(action, thing)",
}

/// What a function gives, and whether it may be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub ty: Type,
    pub optional: bool,
}

/// Why a call does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// There are too many arguments, or too few.
    Number,
    /// This argument should be something else: its position, and what is needed.
    Type(usize, &'static str),
}

/// The kinds that functions about people know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct People {
    pub user: KindId,
    pub group: KindId,
}

impl Builtin {
    pub fn named(name: &str) -> Option<Builtin> {
        let at = Builtin::ALL.binary_search_by_key(&name, |builtin| builtin.name()).ok()?;
        Builtin::ALL.get(at).copied()
    }

    /// Whether it asks the world beside its arguments: memberships, decisions, handles of things in a list. It is never
    /// computed before the world is.
    pub(crate) fn asks_world(self) -> bool {
        matches!(self, Builtin::Members | Builtin::WhoCan | Builtin::Join)
    }

    /// The type of the result for arguments of these types. `Invalid` arguments fit everything.
    ///
    /// # Errors
    /// The first argument that does not fit.
    pub fn give(self, arguments: &[Type], kinds: &KindSet, people: Option<People>) -> Result<Given, Misfit> {
        let call = Call { arguments, kinds, people };
        call.number_of(self)?;
        let ty = match self {
            Builtin::Abs => call.number(0)?,
            Builtin::Ceiling | Builtin::Floor | Builtin::Round => call.plain_number(0)?,
            Builtin::Contains | Builtin::EndsWith | Builtin::StartsWith => call.texts(Type::Bool)?,
            Builtin::Count => call.countable(0)?,
            Builtin::First => return call.list(0).map(|ty| Given { ty, optional: true }),
            Builtin::Flatten => call.flat()?,
            Builtin::Join => call.join()?,
            Builtin::Keys => list(call.map(0)?.0),
            Builtin::Values => list(call.map(0)?.1),
            Builtin::Length => call.texts(Type::Count)?,
            Builtin::Lower | Builtin::Upper | Builtin::TitleCase | Builtin::Trim => call.texts(Type::Text)?,
            Builtin::Max | Builtin::Min => return call.extreme(),
            Builtin::Members => call.members()?,
            Builtin::Range => call.range()?,
            Builtin::Replace => call.texts(Type::Text)?,
            Builtin::Split => call.texts(list(Type::Text))?,
            Builtin::Sort => list(call.ordered_list(0)?),
            Builtin::Sum => call.summed()?,
            Builtin::Unique => list(call.list(0)?),
            Builtin::WhoCan => call.who_can()?,
        };
        Ok(Given { ty, optional: false })
    }

    /// How many arguments it takes; `None` for any number from one.
    fn arguments(self) -> Option<usize> {
        match self {
            Builtin::Max | Builtin::Min => None,
            Builtin::Replace => Some(3),
            Builtin::Contains
            | Builtin::EndsWith
            | Builtin::Join
            | Builtin::Range
            | Builtin::Split
            | Builtin::StartsWith
            | Builtin::WhoCan => Some(2),
            Builtin::Abs
            | Builtin::Ceiling
            | Builtin::Count
            | Builtin::First
            | Builtin::Flatten
            | Builtin::Floor
            | Builtin::Keys
            | Builtin::Length
            | Builtin::Lower
            | Builtin::Members
            | Builtin::Round
            | Builtin::Sort
            | Builtin::Sum
            | Builtin::TitleCase
            | Builtin::Trim
            | Builtin::Unique
            | Builtin::Upper
            | Builtin::Values => Some(1),
        }
    }
}

pub(crate) fn list(of: Type) -> Type {
    Type::List(Box::new(of), Dated::No)
}

/// One call under examination.
struct Call<'c> {
    arguments: &'c [Type],
    kinds: &'c KindSet,
    people: Option<People>,
}

impl Call<'_> {
    fn number_of(&self, builtin: Builtin) -> Result<(), Misfit> {
        let fits = match builtin.arguments() {
            Some(wanted) => self.arguments.len() == wanted,
            None => !self.arguments.is_empty(),
        };
        if fits { Ok(()) } else { Err(Misfit::Number) }
    }

    fn at(&self, at: usize) -> &Type {
        self.arguments.get(at).map_or(&Type::Invalid, |ty| self.kinds.base(ty))
    }

    fn texts(&self, result: Type) -> Result<Type, Misfit> {
        let is_text = |at: &usize| matches!(self.at(*at), Type::Text | Type::Invalid);
        let misfit = (0..self.arguments.len()).find(|at| !is_text(at));
        misfit.map_or(Ok(result), |at| Err(Misfit::Type(at, "a text")))
    }

    fn number(&self, at: usize) -> Result<Type, Misfit> {
        match self.at(at) {
            ty @ (Type::Int | Type::Count | Type::Quantity(_) | Type::Invalid) => Ok(ty.clone()),
            _ => Err(Misfit::Type(at, "a number")),
        }
    }

    fn plain_number(&self, at: usize) -> Result<Type, Misfit> {
        match self.at(at) {
            Type::Int | Type::Count | Type::Quantity(Dimension::Decimal) => Ok(Type::Int),
            Type::Invalid => Ok(Type::Invalid),
            _ => Err(Misfit::Type(at, "a number without a unit")),
        }
    }

    fn countable(&self, at: usize) -> Result<Type, Misfit> {
        match self.at(at) {
            Type::List(..) | Type::Map(..) | Type::Invalid => Ok(Type::Count),
            _ => Err(Misfit::Type(at, "a list or a map")),
        }
    }

    /// The type of the elements of a list.
    fn list(&self, at: usize) -> Result<Type, Misfit> {
        match self.at(at) {
            Type::List(of, _) => Ok((**of).clone()),
            Type::Invalid => Ok(Type::Invalid),
            _ => Err(Misfit::Type(at, "a list")),
        }
    }

    fn map(&self, at: usize) -> Result<(Type, Type), Misfit> {
        match self.at(at) {
            Type::Map(key, value) => Ok(((**key).clone(), (**value).clone())),
            Type::Invalid => Ok((Type::Invalid, Type::Invalid)),
            _ => Err(Misfit::Type(at, "a map")),
        }
    }

    fn flat(&self) -> Result<Type, Misfit> {
        let inner = self.list(0)?;
        match self.kinds.base(&inner) {
            Type::List(of, _) => Ok(list((**of).clone())),
            Type::Invalid => Ok(Type::Invalid),
            _ => Err(Misfit::Type(0, "a list of lists")),
        }
    }

    fn join(&self) -> Result<Type, Misfit> {
        self.list(0)?;
        match self.at(1) {
            Type::Text | Type::Invalid => Ok(Type::Text),
            _ => Err(Misfit::Type(1, "a text")),
        }
    }

    fn summed(&self) -> Result<Type, Misfit> {
        let of = self.list(0)?;
        match self.kinds.base(&of) {
            ty @ (Type::Int | Type::Count | Type::Quantity(_) | Type::Invalid) => Ok(ty.clone()),
            _ => Err(Misfit::Type(0, "a list of numbers or quantities")),
        }
    }

    fn ordered_list(&self, at: usize) -> Result<Type, Misfit> {
        let of = self.list(at)?;
        if is_ordered(&of, self.kinds) {
            Ok(of)
        } else {
            Err(Misfit::Type(at, "a list of numbers, quantities, dates or texts"))
        }
    }

    /// `max(a, b)` of values, or `max(list)`, which may be empty.
    fn extreme(&self) -> Result<Given, Misfit> {
        if self.arguments.len() == 1 {
            return Ok(Given { ty: self.ordered_list(0)?, optional: true });
        }
        let first = self.at(0).clone();
        for (at, ty) in self.arguments.iter().enumerate() {
            if !is_ordered(ty, self.kinds) || !is_same(&first, ty, self.kinds) {
                return Err(Misfit::Type(at, "numbers, quantities, dates or texts of one type"));
            }
        }
        Ok(Given { ty: first, optional: false })
    }

    fn members(&self) -> Result<Type, Misfit> {
        match (self.at(0), self.people) {
            (Type::Invalid, _) => Ok(Type::Invalid),
            (Type::Entity(kind), Some(people)) if *kind == people.group => Ok(list(Type::Entity(people.user))),
            _ => Err(Misfit::Type(0, "a group")),
        }
    }

    fn range(&self) -> Result<Type, Misfit> {
        let misfit = (0..2).find(|at| !matches!(self.at(*at), Type::Int | Type::Count | Type::Invalid));
        misfit.map_or(Ok(list(Type::Int)), |at| Err(Misfit::Type(at, "a whole number")))
    }

    fn who_can(&self) -> Result<Type, Misfit> {
        if !matches!(self.at(0), Type::Permission | Type::Invalid) {
            return Err(Misfit::Type(0, "an action"));
        }
        match self.at(1) {
            Type::Entity(_) | Type::OneOf(_) | Type::Invalid => {
                Ok(self.people.map_or(Type::Invalid, |people| list(Type::Entity(people.user))))
            }
            _ => Err(Misfit::Type(1, "a thing that the action can be done to")),
        }
    }
}

/// Whether `<` and `sort` mean something.
pub(crate) fn is_ordered(ty: &Type, kinds: &KindSet) -> bool {
    matches!(kinds.base(ty), Type::Int | Type::Count | Type::Quantity(_) | Type::Date | Type::Text | Type::Invalid)
}

/// Whether two values of these types can be compared.
pub(crate) fn is_same(left: &Type, right: &Type, kinds: &KindSet) -> bool {
    use Dimension::{Decimal, Rate};
    use Type::{Count, Int, Invalid, Quantity};
    match (kinds.base(left), kinds.base(right)) {
        (Invalid, _) | (_, Invalid) => true,
        (Int | Count | Quantity(Decimal), Int | Count | Quantity(Decimal)) => true,
        (Quantity(Rate(_)), Quantity(Rate(_))) => true,
        (Type::List(left, _), Type::List(right, _)) => is_same(left, right, kinds),
        (Type::Map(key, value), Type::Map(other_key, other)) => {
            is_same(key, other_key, kinds) && is_same(value, other, kinds)
        }
        (Type::OneOf(types), other) | (other, Type::OneOf(types)) => types.iter().any(|ty| is_same(ty, other, kinds)),
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::Builtin;

    #[test]
    fn names_are_sorted_and_found() {
        assert!(Builtin::ALL.is_sorted_by_key(|builtin| builtin.name()));
        assert!(Builtin::ALL.iter().all(|builtin| Builtin::named(builtin.name()) == Some(*builtin)));
        assert_eq!(Builtin::named("average"), None);
    }
}
