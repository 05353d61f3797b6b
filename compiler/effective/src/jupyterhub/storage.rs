//! What `nbc_hub.py` mounts into whose server: `mounts`, `holds`.

use serde_json::Value;

use super::offers::Runs;
use super::{PROFILES, holders};
use crate::directory::{Claims, Directory};
use crate::files::{is_true, list, word, words};
use crate::grant::{Effective, Place, STORAGE_READ, STORAGE_WRITE};
use crate::set::Set;

/// The storage behind a volume, which is named after it.
pub(super) fn handle(volume: &Value) -> String {
    let name = word(volume, "name");
    name.strip_prefix("nbc-").unwrap_or(name).to_owned()
}

pub(super) fn grant(facts: &Value, claims: &Claims, directory: &mut Directory, runs: &Runs, effective: &mut Effective) {
    for (at, volume) in list(facts, "volumes").iter().enumerate() {
        let handle = handle(volume);
        let nobody = Value::Null;
        let mut here = Set::new();
        words(volume, "namespaces").filter_map(|name| runs.get(name)).for_each(|people| here.join(people));
        let write = holders(volume.get("write").unwrap_or(&nobody), claims, directory);
        let read = holders(volume.get("read").unwrap_or(&nobody), claims, directory);
        let (seen, writable) = mounted(volume, claims);
        let limited = |who: &Set, by: &Option<Set>| by.as_ref().map_or_else(|| who.clone(), |by| who.and(by));
        let place = |part: &str| Place::new(PROFILES, format!("/volumes/{at}/{part}"));
        let mut elsewhere = read.without(&here);
        elsewhere.join(&write.without(&here));
        effective.elsewhere.insert(handle.clone(), elsewhere);
        let write = write.and(&here);
        effective.grant(STORAGE_READ, &handle, limited(&read.and(&here), &seen), place("read"));
        effective.grant(STORAGE_READ, &handle, limited(&write, &seen), place("write"));
        effective.grant(STORAGE_WRITE, &handle, limited(&write, &writable), place("write"));
    }
}

/// Who gets any mount of a volume, and who a writable one; `None` is no limit.
fn mounted(volume: &Value, claims: &Claims) -> (Option<Set>, Option<Set>) {
    let (mut seen, mut writable) = (Some(Set::new()), Some(Set::new()));
    let widen = |who: &mut Option<Set>, group: Option<&str>| match (group, who.as_mut()) {
        (Some(group), Some(all)) => {
            if let Some(members) = claims.of(group) {
                all.join(members);
            }
        }
        (None, Some(_)) => *who = None,
        (_, None) => {}
    };
    for mount in list(volume, "mounts") {
        let group = mount.get("group").and_then(Value::as_str);
        widen(&mut seen, group);
        if !is_true(mount, "read_only") {
            widen(&mut writable, group);
        }
    }
    (seen, writable)
}
