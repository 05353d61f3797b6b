//! What a platform costs: typical and at most, per paying group (`decisions.md` "Money").
//!
//! *Typical* is, for each person the group pays for, the dearest profile they may launch at its expense times
//! `typical-hours`. The *ceiling* is 730 hours of the most that quota, servers per person and node pools allow at the
//! same time. Sums are exact; what has no price is listed and counts nothing. Running cost only, never storage.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::world::EntityId;

use crate::bounds;
use crate::draft::Draft;
use crate::kinds::{Group, NodePool, Profile};
use crate::machines;
use crate::placement::{self, guarantee};
use crate::values::{Per, Rate};
use crate::who_pays::Payers;

/// Hours of a month, as cloud providers reckon.
pub const HOURS_OF_MONTH: i64 = 730;

/// Money per month in 1/10,000 of the currency unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Monthly(pub i128);

/// What one group pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    pub group: EntityId,
    pub typical: Monthly,
    /// `None` where nothing bounds it.
    pub ceiling: Option<Monthly>,
    /// People it pays for.
    pub people: usize,
}

/// All costs, sorted by group, and the profiles that have no price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    pub groups: Vec<Cost>,
    pub unpriced: Vec<EntityId>,
}

/// What each group pays for what its people may launch.
pub fn costs(draft: &Draft<'_>, payers: &Payers) -> Costs {
    let prices: BTreeMap<EntityId, Option<i64>> =
        draft.declared.profiles.iter().map(|profile| (profile.id.entity, hourly_price(draft, profile))).collect();
    let hours = i128::from(draft.platform().map_or(160, |platform| platform.typical_hours.value));
    let mut dearest: BTreeMap<EntityId, BTreeMap<EntityId, i64>> = BTreeMap::new();
    let mut offered: BTreeMap<EntityId, BTreeSet<EntityId>> = BTreeMap::new();
    for row in payers.iter() {
        let price = prices.get(&row.profile).copied().flatten().unwrap_or(0);
        let so_far = dearest.entry(row.group).or_default().entry(row.user).or_insert(0);
        *so_far = (*so_far).max(price);
        offered.entry(row.group).or_default().insert(row.profile);
    }
    let groups = dearest
        .into_iter()
        .map(|(group, people)| Cost {
            group,
            typical: Monthly(people.values().map(|price| i128::from(*price) * hours).sum()),
            ceiling: ceiling(draft, group, people.len(), offered.get(&group), &prices),
            people: people.len(),
        })
        .collect();
    let unpriced = prices.iter().filter(|(_, price)| price.is_none()).map(|(profile, _)| *profile).collect();
    Costs { groups, unpriced }
}

/// The price of an hour in 1/10,000 of the currency unit: what is stated, else the profile's share of its pool's price,
/// rounded up. Of several pools the dearest counts. `None` where no pool has a price.
pub fn hourly_price(draft: &Draft<'_>, profile: &Profile<'_>) -> Option<i64> {
    match profile.price {
        Some(price) => Some(per_hour(price.value)),
        None => placement::pools(draft, profile).iter().filter_map(|pool| share(profile, pool)).max(),
    }
}

/// A rate as 1/10,000 of the currency unit per hour, rounded up.
pub fn per_hour(rate: Rate) -> i64 {
    ceiling_division(i128::from(rate.amount), i128::from(rate.per.hours()))
}

/// A rate as money per month, exact: only a yearly rate is rounded (up).
pub fn per_month(rate: Rate) -> Monthly {
    match rate.per {
        Per::Month => Monthly(i128::from(rate.amount)),
        Per::Hour => Monthly(i128::from(rate.amount) * i128::from(HOURS_OF_MONTH)),
        Per::Day => Monthly(i128::from(ceiling_division(i128::from(rate.amount) * i128::from(HOURS_OF_MONTH), 24))),
        Per::Year => Monthly(i128::from(ceiling_division(i128::from(rate.amount), 12))),
    }
}

/// The largest of the shares that a server takes of a machine: CPU, memory or GPUs.
fn share(profile: &Profile<'_>, pool: &NodePool<'_>) -> Option<i64> {
    let price = i128::from(per_hour(pool.price?.value));
    let shape = machines::allocatable(pool)?;
    let (cpu, memory) = guarantee(profile);
    let gpus: i64 = profile.gpu.value.iter().map(|entry| entry.value).sum();
    let parts = [(cpu.0, shape.cpu.0), (memory.0, shape.memory.0), (gpus, shape.gpus)];
    let of = |(needs, has): (i64, i64)| {
        if has <= 0 { price } else { i128::from(ceiling_division(price * i128::from(needs), i128::from(has))) }
    };
    let dearest = parts.into_iter().filter(|(needs, _)| *needs > 0).map(of).max()?;
    i64::try_from(dearest.min(price)).ok()
}

fn ceiling_division(amount: i128, by: i128) -> i64 {
    let rounded = if by <= 0 { 0 } else { amount.div_euclid(by) + i128::from(amount.rem_euclid(by) > 0) };
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

/// The least of what each bound allows on its own, so never less than what all together allow.
fn ceiling(
    draft: &Draft<'_>,
    group: EntityId,
    people: usize,
    offered: Option<&BTreeSet<EntityId>>,
    prices: &BTreeMap<EntityId, Option<i64>>,
) -> Option<Monthly> {
    let profiles: Vec<(&Profile<'_>, i128)> = offered
        .into_iter()
        .flatten()
        .filter_map(|id| {
            let profile = draft.declared.find::<Profile<'_>>(*id)?;
            Some((profile, i128::from(prices.get(id).copied().flatten()?)))
        })
        .collect();
    let dearest = profiles.iter().map(|(_, price)| *price).max()?;
    let mut walls = vec![servers_wall(draft, people, dearest)];
    walls.extend(quota_walls(draft, group, &profiles));
    walls.push(pools_wall(draft, &profiles));
    walls.into_iter().flatten().min().map(|hour| Monthly(hour * i128::from(HOURS_OF_MONTH)))
}

fn servers_wall(draft: &Draft<'_>, people: usize, dearest: i128) -> Option<i128> {
    let each = draft.platform().map(|platform| i128::from(platform.servers_per_user.value))?;
    let all = draft.platform().and_then(|platform| platform.running_servers).map(|servers| i128::from(servers.value));
    let servers = each * i128::try_from(people).unwrap_or(i128::MAX);
    Some(all.map_or(servers, |all| all.min(servers)) * dearest)
}

fn quota_walls(draft: &Draft<'_>, group: EntityId, profiles: &[(&Profile<'_>, i128)]) -> Vec<Option<i128>> {
    let Some(group) = draft.declared.find::<Group<'_>>(group) else { return Vec::new() };
    let mut walls = Vec::new();
    for quota in bounds::quotas_of(draft, group) {
        let bound = bounds::effective(draft, quota);
        let most = |limit: Option<i64>, needs: fn(&Profile<'_>) -> i64| {
            let limit = limit?;
            let of = |(profile, price): &(&Profile<'_>, i128)| {
                let needs = needs(profile);
                // Not rounded down to whole servers: a smaller one could fill the rest.
                if needs <= 0 {
                    None
                } else {
                    Some(i128::from(ceiling_division(i128::from(limit) * price, i128::from(needs))))
                }
            };
            // A profile that the bound does not touch is not held back by it.
            profiles.iter().map(of).collect::<Option<Vec<i128>>>()?.into_iter().max()
        };
        walls.push(most(bound.cpu.map(|cpu| cpu.0), |profile| profile.cpu_guarantee.value.0));
        walls.push(most(bound.memory.map(|memory| memory.0), |profile| profile.memory_guarantee.value.0));
        walls.push(most(bound.servers, |_| 1));
    }
    walls
}

/// All machines that the profiles may run on, at the price of a full one.
fn pools_wall(draft: &Draft<'_>, profiles: &[(&Profile<'_>, i128)]) -> Option<i128> {
    let mut pools: BTreeMap<EntityId, i128> = BTreeMap::new();
    for (profile, _) in profiles {
        for pool in placement::pools(draft, profile) {
            let price = i128::from(per_hour(pool.price?.value));
            pools.insert(pool.id.entity, price * i128::from(pool.max_nodes.value));
        }
    }
    if pools.is_empty() { None } else { Some(pools.values().sum()) }
}

/// An amount in 1/10,000 of the currency unit: `€1,536`, `€0.05`, `1,200 CHF`.
pub fn text(amount: i128, currency: &str) -> String {
    let (sign, amount) = if amount < 0 { ("−", -amount) } else { ("", amount) };
    let cents = (amount + 50) / 100;
    let whole = thousands(u64::try_from(cents / 100).unwrap_or(u64::MAX));
    let number = match cents % 100 {
        0 => whole,
        rest => format!("{whole}.{rest:02}"),
    };
    match currency {
        "USD" => format!("{sign}${number}"),
        "EUR" => format!("{sign}€{number}"),
        "GBP" => format!("{sign}£{number}"),
        other => format!("{sign}{number} {other}"),
    }
}

/// `348`, `1,860,000`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped_and_cents_are_shown_where_there_are_any() {
        for (amount, currency, expected) in [
            (15_360_000, "EUR", "€1,536"),
            (500, "USD", "$0.05"),
            (12_000_049, "CHF", "1,200 CHF"),
            (12_000_050, "CHF", "1,200.01 CHF"),
            (-25_000, "GBP", "−£2.50"),
        ] {
            assert_eq!(text(amount, currency), expected);
        }
    }

    #[test]
    fn rates_become_monthly_money_exactly() {
        let month = |amount, per| per_month(Rate { amount, per }).0;
        assert_eq!(month(416, Per::Hour), 416 * 730);
        assert_eq!(month(25_000_000, Per::Month), 25_000_000);
        assert_eq!(month(120_000, Per::Year), 10_000);
        assert_eq!(per_hour(Rate { amount: 731, per: Per::Month }), 2);
    }
}
