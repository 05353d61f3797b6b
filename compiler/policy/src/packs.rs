//! The packs that ship with nbc: their files, under the paths that messages show.
//!
//! A pack is turned on by `pack NAME { … }`; until then nothing of it counts. Its rules (`pack.nbc`) are read by the
//! language like any other file, its policies (`access.cedar`) by [`crate::load`].

#[cfg(test)]
mod cases;

/// One shipped pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    pub name: &'static str,
    /// The text of `pack.nbc`: parameters and rules.
    pub rules: &'static str,
    /// The text of `access.cedar`.
    pub access: &'static str,
    /// What `nbc explain` prints of it.
    pub readme: &'static str,
}

macro_rules! packs {
    ($($name:literal)*) => {
        /// All shipped packs, by name.
        pub static ALL: &[Pack] = &[$(Pack {
            name: $name,
            rules: include_str!(concat!("../../../policies/", $name, "/pack.nbc")),
            access: include_str!(concat!("../../../policies/", $name, "/access.cedar")),
            readme: include_str!(concat!("../../../policies/", $name, "/README.md")),
        },)*];
    };
}

packs! { "baseline" "data-access" "education" "environments" "gpu-cost" "identity" }

pub fn find(name: &str) -> Option<&'static Pack> {
    ALL.iter().find(|pack| pack.name == name)
}

pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|pack| pack.name).collect()
}

/// The ids of the pack's policies, in the order of its file: rules that can be named whether or not the pack is on.
pub fn policy_ids(pack: &Pack) -> impl Iterator<Item = &'static str> + use<> {
    pack.access.lines().filter_map(|line| line.strip_prefix("@id(\"")?.strip_suffix("\")"))
}

/// The pack that a file of [`nbc_source::Sources`] belongs to: `packs/gpu-cost/access.cedar`.
pub fn name_of_path(path: &str) -> Option<&str> {
    path.strip_prefix("packs/").and_then(|rest| rest.split_once('/')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::testing::workspace;

    /// All packs are one type to Cedar, whose attributes the parameters are.
    #[test]
    fn no_two_packs_have_parameters_of_one_name() {
        let on: String = super::names().iter().map(|name| format!("pack {name} {{ level: hard }}\n")).collect();
        let workspace = workspace(&[("packs.nbc", &on)]);
        let kind = workspace.model.kind("pack").unwrap();
        let fields = &workspace.model.kinds.kinds[kind].fields;
        let parameters: Vec<&str> = fields
            .iter()
            .filter(|(_, field)| field.pack.is_some())
            .map(|(_, field)| workspace.model.text(field.name))
            .collect();
        assert_eq!(parameters.iter().collect::<BTreeSet<_>>().len(), parameters.len(), "{parameters:?}");
        assert!(parameters.len() > 5);
    }
}
