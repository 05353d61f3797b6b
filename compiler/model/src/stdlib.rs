//! The standard library, carried in the binary under the paths that places name: `std/kinds/group.nbc`.

/// A file of the standard library.
#[derive(Clone, Copy, Debug)]
pub struct StandardFile {
    /// As shown in places.
    pub path: &'static str,
    pub text: &'static str,
}

macro_rules! files {
    ($($path:literal)*) => {
        &[$(StandardFile {
            path: concat!("std/", $path),
            text: include_str!(concat!("../../../stdlib/", $path)),
        }),*]
    };
}

/// Kinds and presets, sorted by path. A test compares the list with the folder.
pub const FILES: &[StandardFile] = files! {
    "kinds/alert.nbc"
    "kinds/channel.nbc"
    "kinds/data-source.nbc"
    "kinds/environment.nbc"
    "kinds/every.nbc"
    "kinds/group.nbc"
    "kinds/identity-provider.nbc"
    "kinds/node-pool.nbc"
    "kinds/pack.nbc"
    "kinds/platform.nbc"
    "kinds/profile.nbc"
    "kinds/quota.nbc"
    "kinds/role.nbc"
    "kinds/secret.nbc"
    "kinds/service.nbc"
    "kinds/storage.nbc"
    "kinds/types.nbc"
    "kinds/user.nbc"
    "presets/channels.nbc"
    "presets/identity-providers.nbc"
    "presets/roles.nbc"
    "presets/services.nbc"
    "presets/sizes.nbc"
};
