//! What a change costs: for each group that pays, and for each department, before and after. Sums are exact.

use std::collections::BTreeMap;

use nbc_model::world::EntityId;
use nbc_platform::Platform;
use nbc_platform::kinds::Group;
use nbc_platform::money::{Cost, Costs, Monthly, costs, per_month};

use super::Sealed;
use super::pairs::Pairs;

/// Money of one stage. Empty where a side has errors: nothing is reckoned with half a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoneyDifference {
    /// ISO code, of the head.
    pub currency: String,
    /// `typical-hours` of the head.
    pub typical_hours: i64,
    /// Groups that pay on either side, sorted by title.
    pub groups: Vec<Row>,
    /// `cost-center` of the groups, sorted; groups without one count in the total alone.
    pub departments: Vec<Row>,
    pub total: Row,
    /// Profiles of the head that have no price, by title; they count nothing.
    pub unpriced: Vec<String>,
}

/// One payer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub title: String,
    pub before: Amounts,
    pub after: Amounts,
    /// The highest share of the budget, in percent, at which owners are told and that typical cost newly reaches.
    pub alert: Option<i64>,
}

/// Money per month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub typical: Monthly,
    /// `None` where nothing bounds it.
    pub ceiling: Option<Monthly>,
    pub budget: Option<Monthly>,
    pub people: usize,
}

impl Row {
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

impl Amounts {
    fn add(&mut self, other: &Amounts) {
        self.typical.0 += other.typical.0;
        self.people += other.people;
        self.ceiling = sum(self.ceiling, other.ceiling);
        self.budget = sum(self.budget, other.budget);
    }
}

/// What is not bounded adds nothing to the sum of the others.
fn sum(one: Option<Monthly>, other: Option<Monthly>) -> Option<Monthly> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Monthly(one.0 + other.0)),
        (one, other) => one.or(other),
    }
}

/// Compares what groups pay.
pub fn compare(base: Sealed<'_, '_>, head: Sealed<'_, '_>, pairs: &Pairs) -> MoneyDifference {
    let (Some(base), Some(head)) = (base, head) else { return MoneyDifference::default() };
    let [old, new] = [base, head].map(|platform| costs(platform.draft(), platform.payers()));
    let (before, after) = (amounts(base, &old), amounts(head, &new));
    let mut difference = MoneyDifference {
        currency: head.model().currency().to_owned(),
        typical_hours: head.draft().platform().map_or(160, |platform| platform.typical_hours.value),
        unpriced: new.unpriced.iter().map(|profile| head.model().handle(*profile).to_owned()).collect(),
        total: Row { title: "all groups".to_owned(), ..Row::default() },
        ..MoneyDifference::default()
    };
    let mut departments: BTreeMap<String, Row> = BTreeMap::new();
    let mut push = |row: Row, department: Option<String>| {
        let sums = department
            .map(|name| departments.entry(name.clone()).or_insert_with(|| Row { title: name, ..Row::default() }));
        for total in sums.into_iter().chain([&mut difference.total]) {
            total.before.add(&row.before);
            total.after.add(&row.after);
        }
        difference.groups.push(row);
    };
    for (group, now) in &after {
        let earlier = pairs.base(*group).and_then(|group| before.get(&group)).copied().unwrap_or_default();
        let (title, department) = names(head, *group);
        let alert = alert(head, *group, &earlier, now);
        push(Row { title, before: earlier, after: *now, alert }, department);
    }
    for (group, earlier) in &before {
        if pairs.head(*group).is_none_or(|group| !after.contains_key(&group)) {
            let (title, department) = names(base, *group);
            push(Row { title, before: *earlier, ..Row::default() }, department);
        }
    }
    difference.groups.sort_by(|a, b| a.title.cmp(&b.title));
    difference.departments = departments.into_values().collect();
    difference
}

fn amounts(platform: &Platform<'_>, costs: &Costs) -> BTreeMap<EntityId, Amounts> {
    let budget = |group: EntityId| {
        let group = platform.declared().find::<Group<'_>>(group)?;
        let quotas = nbc_platform::bounds::quotas_of(platform.draft(), group);
        quotas.filter_map(|quota| quota.budget).map(|budget| per_month(budget.value)).min()
    };
    let of = |cost: &Cost| {
        let amounts =
            Amounts { typical: cost.typical, ceiling: cost.ceiling, budget: budget(cost.group), people: cost.people };
        (cost.group, amounts)
    };
    costs.groups.iter().map(of).collect()
}

/// Of the shares at which the group's quota alerts, the highest that is newly reached.
fn alert(platform: &Platform<'_>, group: EntityId, before: &Amounts, after: &Amounts) -> Option<i64> {
    let budget = after.budget?;
    let group = platform.declared().find::<Group<'_>>(group)?;
    let quotas = nbc_platform::bounds::quotas_of(platform.draft(), group);
    let shares = quotas.flat_map(|quota| quota.alert_at.value.iter().map(|item| item.value.0));
    // A share is in hundredths of a percent.
    let reached = |amounts: &Amounts, share: i64| amounts.typical.0 * 10_000 >= budget.0 * i128::from(share);
    let newly = shares.filter(|share| reached(after, *share) && !reached(before, *share));
    newly.max().map(|share| share / 100)
}

/// The title of a group, and the department that pays.
fn names(platform: &Platform<'_>, group: EntityId) -> (String, Option<String>) {
    match platform.declared().find::<Group<'_>>(group) {
        Some(group) => (group.title.value.to_owned(), group.cost_center.map(|center| center.value.to_owned())),
        None => (platform.model().handle(group).to_owned(), None),
    }
}
