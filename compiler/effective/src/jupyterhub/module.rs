//! Which program runs in the hub: the models of offers and mounts are those of one text of `nbc_hub.py`.

use serde_json::Value;

use super::{MODULE, PROFILES, VALUES};
use crate::files::{Files, json, yaml};
use crate::grant::{Effective, Place};

/// FNV-1a of the module that `offers` and `storage` describe. Whoever changes the module looks at them, then here.
const DESCRIBED: u64 = 0x36cb_272e_5f7d_8dbe;

/// How the values load it (`compiler/backends`, `values.rs`).
const LOADS: &str = "nbc_hub.configure(c)";

/// The files of the folder, and the same inside of the values, which the chart mounts into the hub.
pub(super) fn judge(files: &Files<'_>, facts: &Value, effective: &mut Effective) {
    if files.text(MODULE).is_none_or(|text| digest(text) != DESCRIBED) {
        let message = "it is not the module that decides as nbc does, so nothing is known of what it offers";
        effective.problem(Place::new(MODULE, ""), message);
    }
    let Some(values) = files.text(VALUES).and_then(|text| yaml(VALUES, text).ok()?.into_iter().next()) else { return };
    let code = values.pointer("/hub/extraConfig").and_then(Value::as_object).into_iter().flatten();
    let mut code = code.filter_map(|(_, code)| code.as_str());
    if !code.clone().any(|code| code.lines().any(|line| line.trim() == LOADS)) {
        let message = "nothing calls `nbc_hub.configure`, so profiles are offered to everybody";
        effective.problem(Place::new(VALUES, "/hub/extraConfig"), message);
    }
    if code.any(|code| code.contains("profile_list")) {
        effective.problem(Place::new(VALUES, "/hub/extraConfig"), "it sets a list of profiles of its own");
    }
    let mounted = |name: &str| values.pointer(&format!("/hub/extraFiles/{name}/stringData")).and_then(Value::as_str);
    if mounted("nbc-hub").map(digest) != Some(DESCRIBED) {
        let message = "the hub gets another `nbc_hub.py` than the one that decides as nbc does";
        effective.problem(Place::new(VALUES, "/hub/extraFiles/nbc-hub"), message);
    }
    let same = mounted("nbc-profiles").is_some_and(|text| json(VALUES, text).is_ok_and(|own| own == *facts));
    if !same {
        let message = format!("the hub gets other profiles than {PROFILES} has");
        effective.problem(Place::new(VALUES, "/hub/extraFiles/nbc-profiles"), message);
    }
}

fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{DESCRIBED, digest};

    #[test]
    fn the_described_module_is_the_one_that_is_emitted() {
        let module = include_str!("../../../backends/src/jupyterhub/nbc_hub.py");
        let now = digest(module);
        assert_eq!(
            now, DESCRIBED,
            "nbc_hub.py changed: read what it offers and mounts, mend `offers.rs` and `storage.rs`, then write {now:#x}"
        );
    }
}
