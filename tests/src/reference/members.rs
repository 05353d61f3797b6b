//! Nested membership on a day. Days are texts, year first, so the order of texts is the order of days.

use std::collections::BTreeMap;

use super::{Element, Platform, Value};

/// By group and person: the last day, if there is one.
pub type Members = BTreeMap<(String, String), Option<String>>;

impl Platform {
    /// Who belongs to which group of a stage on a day: whoever a group lists belongs to it and to every group above it,
    /// on the days that the list, the person, the group and every group above it all allow.
    pub fn members(&self, stage: Option<&str>, today: &str) -> Members {
        let mut members = Members::new();
        let groups = self.things.iter().filter(|(_, thing)| thing.kind == "group" && self.has(stage, thing));
        for (group, _) in groups {
            let above = self.above(group, stage);
            let group_ends = above.iter().filter_map(|group| self.day(group, stage, "until")).min();
            for Element { value, from, until } in self.listed(group, stage) {
                let Value::Plain(person) = value else { continue };
                let user = format!("user.{person}");
                let begins = from.max(self.day(&user, stage, "from"));
                let ends = [until, self.day(&user, stage, "until"), group_ends.clone()].into_iter().flatten().min();
                let is_now =
                    begins.is_none_or(|day| day.as_str() <= today) && ends.as_deref().is_none_or(|day| today <= day);
                if is_now {
                    above.iter().for_each(|group| keep_longest(&mut members, group, &person, &ends));
                }
            }
        }
        members
    }

    /// A group and every group above it.
    fn above(&self, group: &str, stage: Option<&str>) -> Vec<String> {
        let mut all = vec![group.to_owned()];
        while let Some(Value::Plain(parent)) = all.last().and_then(|group| self.field(group, stage, "parent")) {
            all.push(format!("group.{parent}"));
        }
        all
    }

    fn listed(&self, group: &str, stage: Option<&str>) -> Vec<Element> {
        match self.field(group, stage, "members") {
            Some(Value::List(elements)) => elements,
            _ => Vec::new(),
        }
    }

    fn day(&self, thing: &str, stage: Option<&str>, field: &str) -> Option<String> {
        match self.field(thing, stage, field) {
            Some(Value::Plain(day)) => Some(day),
            _ => None,
        }
    }

    fn field(&self, thing: &str, stage: Option<&str>, field: &str) -> Option<Value> {
        match self.state(thing, stage) {
            Value::Block(mut fields) => fields.remove(field),
            _ => None,
        }
    }
}

fn keep_longest(members: &mut Members, group: &str, person: &str, ends: &Option<String>) {
    let handle = group.trim_start_matches("group.").to_owned();
    let known = members.entry((handle, person.to_owned())).or_insert_with(|| ends.clone());
    *known = match (known.take(), ends) {
        (Some(known), Some(ends)) => Some(known.max(ends.clone())),
        _ => None,
    };
}
