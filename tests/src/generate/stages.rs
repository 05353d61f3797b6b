//! Stages of a random platform: every word of change, each where it is right.

use super::platform::{Maker, cpu, memory};

impl Maker {
    /// No stage, or several; a later one may extend an earlier one.
    pub(super) fn stages(&mut self) -> Vec<String> {
        let count = self.random.below(4);
        let mut stages = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for name in ["dev", "prod", "west"].iter().take(count) {
            let below = if self.random.chance(50) { self.random.one_of(&names) } else { String::new() };
            self.facts.stage(name, &below);
            let header = if below.is_empty() { (*name).to_owned() } else { format!("{name} extends {below}") };
            let mut lines = Vec::new();
            for _ in 0..self.random.below(8) {
                lines.extend(self.change(name));
            }
            let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
            stages.push(format!("stage {header} {{\n{lines}}}\n"));
            names.push((*name).to_owned());
        }
        stages
    }

    fn change(&mut self, stage: &str) -> Option<String> {
        match self.random.below(4) {
            0 => self.change_profile(stage),
            1 => self.change_group(stage),
            2 => self.change_list(stage),
            _ => self.change_user(stage),
        }
    }

    fn change_profile(&mut self, stage: &str) -> Option<String> {
        let thing = format!("profile.{}", self.random.one_of(&self.profiles));
        match self.random.below(6) {
            0 => {
                let cpu = cpu(&mut self.random);
                self.say(stage, &thing, "cpu", cpu)
            }
            1 => {
                let memory = memory(&mut self.random);
                self.say(stage, &thing, "memory", memory)
            }
            2 => self.say_or_unsay(stage, &thing, "max-age", "12h"),
            4 => self.say_or_unsay(stage, &thing, "network", "site"),
            3 => self.say(stage, &thing, "idle-stop", "20min".to_owned()),
            _ => self.say(stage, &thing, "gpu", "{ a100: 2 }".to_owned()),
        }
    }

    fn change_group(&mut self, stage: &str) -> Option<String> {
        let thing = format!("group.{}", self.random.one_of(&self.groups));
        match self.random.below(4) {
            0 => self.say_or_unsay(stage, &thing, "cost-center", "\"K-2\""),
            1 => self.say_or_unsay(stage, &thing, "contact", "\"other@site.example\""),
            2 => self.say(stage, &thing, "quota.servers", "20".to_owned()),
            _ => self.say(stage, &thing, "until", "2027-06-30".to_owned()),
        }
    }

    fn change_user(&mut self, stage: &str) -> Option<String> {
        let thing = format!("user.{}", self.random.one_of(&self.users));
        match self.random.below(3) {
            0 => self.say_or_unsay(stage, &thing, "department", "\"Elsewhere\""),
            1 => self.say(stage, &thing, "affiliation", "student".to_owned()),
            _ => self.say(stage, &thing, "enabled", "true".to_owned()),
        }
    }

    fn change_list(&mut self, stage: &str) -> Option<String> {
        let group = self.random.one_of(&self.groups);
        let (field, all) = match self.random.chance(70) {
            true => ("members", self.users.clone()),
            false => ("profiles", self.profiles.clone()),
        };
        let path = format!("group.{group}.{field}");
        if self.facts.touches(stage, &path) || self.facts.inherits(&format!("group.{group}")) {
            return None;
        }
        let present = self.facts.elements(stage, &path);
        let (inside, outside): (Vec<String>, Vec<String>) = all.into_iter().partition(|one| present.contains(one));
        let (word, element) = match self.random.chance(50) {
            true => ("add", self.random.one_of(&outside)),
            false => ("remove", self.random.one_of(&inside)),
        };
        if element.is_empty() {
            return None;
        }
        let mut elements = present;
        elements.retain(|present| *present != element);
        let shown = match word {
            "add" => {
                elements.push(element.clone());
                self.dated(&element)
            }
            _ => element,
        };
        self.facts.list(stage, &path, elements);
        self.facts.say(stage, path.clone());
        Some(format!("{word} {path}: [{shown}]"))
    }

    fn say_or_unsay(&mut self, stage: &str, thing: &str, field: &str, value: &str) -> Option<String> {
        let path = format!("{thing}.{field}");
        let is_free = !self.facts.touches(stage, &path) && !self.facts.is_changed_below(thing, field);
        let can_unsay = is_free && self.facts.is_said(stage, thing, field);
        if can_unsay && self.random.chance(40) {
            self.facts.unsay(stage, path.clone());
            return Some(format!("unset {path}"));
        }
        self.say(stage, thing, field, value.to_owned())
    }

    fn say(&mut self, stage: &str, thing: &str, field: &str, value: String) -> Option<String> {
        let path = format!("{thing}.{field}");
        if self.facts.touches(stage, &path) || self.facts.is_changed_below(thing, field) {
            return None;
        }
        let word = if self.facts.is_said(stage, thing, field) { "override" } else { "set" };
        self.facts.say(stage, path.clone());
        Some(format!("{word} {path}: {value}"))
    }
}
