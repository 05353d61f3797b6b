//! The bound that counts on a day: a quota with what was added for a while.

use crate::draft::Draft;
use crate::kinds::{Group, Quota, QuotaExtra};
use crate::values::{Bytes, Millicores};

/// A quota as of the judged day. What is `None` is not bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound<'m> {
    pub cpu: Option<Millicores>,
    pub memory: Option<Bytes>,
    /// By the names of the platform, sorted. A GPU that is not listed may not be used where any is listed.
    pub gpu: Vec<(&'m str, i64)>,
    pub storage: Option<Bytes>,
    pub servers: Option<i64>,
    pub servers_per_user: Option<i64>,
}

/// A quota with its extras of the judged day. An extra of what is not bounded changes nothing.
pub fn effective<'m>(draft: &Draft<'m>, quota: &Quota<'m>) -> Bound<'m> {
    let mut bound = Bound {
        cpu: quota.cpu.map(|cpu| cpu.value),
        memory: quota.memory.map(|memory| memory.value),
        gpu: quota.gpu.value.iter().map(|entry| (entry.key, entry.value)).collect(),
        storage: quota.storage.map(|storage| storage.value),
        servers: quota.servers.map(|servers| servers.value),
        servers_per_user: quota.servers_per_user.map(|servers| servers.value),
    };
    for extra in extras(draft, quota) {
        add(&mut bound.cpu, extra.cpu.map(|cpu| cpu.value), |a, b| Millicores(a.0.saturating_add(b.0)));
        add(&mut bound.memory, extra.memory.map(|memory| memory.value), |a, b| Bytes(a.0.saturating_add(b.0)));
        add(&mut bound.storage, extra.storage.map(|storage| storage.value), |a, b| Bytes(a.0.saturating_add(b.0)));
        add(&mut bound.servers, extra.servers.map(|servers| servers.value), i64::saturating_add);
        for entry in &extra.gpu.value {
            match bound.gpu.binary_search_by_key(&entry.key, |row| row.0) {
                Ok(at) => {
                    bound.gpu.iter_mut().skip(at).take(1).for_each(|row| row.1 = row.1.saturating_add(entry.value))
                }
                Err(at) => bound.gpu.insert(at, (entry.key, entry.value)),
            }
        }
    }
    bound
}

/// What is added to a quota on the judged day.
pub fn extras<'a, 'm>(
    draft: &Draft<'m>,
    quota: &'a Quota<'m>,
) -> impl Iterator<Item = &'a QuotaExtra<'m>> + use<'a, 'm> {
    let today = draft.today();
    let all = quota.extra.value.iter().map(|item| &item.value);
    all.filter(move |extra| extra.from.is_none_or(|from| from.value <= today) && today <= extra.until.value)
}

fn add<T: Copy>(bound: &mut Option<T>, extra: Option<T>, sum: fn(T, T) -> T) {
    if let (Some(value), Some(more)) = (*bound, extra) {
        *bound = Some(sum(value, more));
    }
}

/// The quotas of a group: its own block, and those written by themselves with `bounds`.
pub fn quotas_of<'a, 'm>(draft: &'a Draft<'m>, group: &Group<'m>) -> impl Iterator<Item = &'a Quota<'m>> + use<'a, 'm> {
    let own = group.quota.map(|quota| quota.value);
    let id = group.id;
    let bounds = move |quota: &&Quota<'m>| {
        let named = match quota.bounds.as_ref().map(|bounds| bounds.value) {
            Some(crate::kinds::GroupOrUser::Group(group)) => group == id,
            Some(crate::kinds::GroupOrUser::User(_)) | None => false,
        };
        named || Some(quota.id) == own
    };
    draft.declared.quotas.iter().filter(bounds)
}
