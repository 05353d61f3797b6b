//! Checks of a draft against what the targets do with it, one file each; the file is named as the finding is.
//!
//! A check reads the draft and pushes findings; it changes nothing and knows no other check. Those in [`run`] need the
//! declarations only (phase 10); those in [`run_decided`] also need who may do what (phase 11).
//!
//! Some traps of the targets no declaration can fall into, because a type excludes them or a backend never writes them;
//! tests on the emitted files hold those: a quota without defaults of a LimitRange, GPUs as anything but `requests.*`,
//! users without `enabled` or the realm's default role, client roles that nobody declares, client scopes without the
//! built-in ones, secrets in any output, wildcards in redirect addresses, implicit and direct grants, two scopes of one
//! person in one conda-store namespace, the word `editor`, a groups claim that differs between writers, gateways that
//! name groups and enforce none, a shared folder without the role that mounts it, namespaces without the operator's label.

mod account_past_end;
mod account_takeover;
mod bad_match_spec;
mod bare_version;
mod borrow_without_sisters;
mod contradictory_versions;
mod decimal_memory;
mod default_profile;
mod duplicate_email;
mod duplicate_environment;
mod duplicate_namespace;
mod duplicate_posix_id;
mod duplicate_slug;
mod duplicate_username;
mod environment_file;
mod environment_without_owner;
mod few_admins;
mod fits_no_pool;
mod grant_without_end;
mod group_past_end;
mod group_without_owner;
mod insecure_address;
mod larger_than_machine;
mod mail_needed;
mod members_unknown;
mod mirror_named;
mod mixed_gpus;
mod moving_image_tag;
mod open_dask_size;
mod overdue;
mod placeholder_in_text;
mod platform_needed;
mod primary_group;
mod quota_below_members;
mod quota_exceeds_machines;
mod realm_admin_role;
mod reserved_pool;
mod secret_in_clear;
mod server_exceeds_quota;
mod sign_in_needed;
mod storage_out_of_reach;
mod unenforced_bound;
mod unenforced_data;
mod unpinned_python;
mod unsafe_namespace;
mod untrusted_channel;

use nbc_source::Diagnostics;

use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::who_pays::Payers;

type Check = fn(&Draft<'_>, &mut Diagnostics);
type DecidedCheck = fn(&Draft<'_>, &Decisions, &Payers, &mut Diagnostics);

/// In the order of their codes.
const CHECKS: &[Check] = &[
    members_unknown::run,
    platform_needed::run,
    sign_in_needed::run,
    duplicate_namespace::run,
    duplicate_username::run,
    moving_image_tag::run,
    duplicate_slug::run,
    unsafe_namespace::run,
    duplicate_email::run,
    larger_than_machine::run,
    fits_no_pool::run,
    mixed_gpus::run,
    quota_exceeds_machines::run,
    server_exceeds_quota::run,
    reserved_pool::run,
    unenforced_bound::run,
    open_dask_size::run,
    group_without_owner::run,
    environment_without_owner::run,
    duplicate_environment::run,
    account_past_end::run,
    primary_group::run,
    grant_without_end::run,
    duplicate_posix_id::run,
    few_admins::run,
    group_past_end::run,
    environment_file::run,
    bare_version::run,
    bad_match_spec::run,
    contradictory_versions::run,
    unpinned_python::run,
    mirror_named::run,
    untrusted_channel::run,
    secret_in_clear::run,
    insecure_address::run,
    placeholder_in_text::run,
    realm_admin_role::run,
    account_takeover::run,
    mail_needed::run,
    unenforced_data::run,
    overdue::run,
    decimal_memory::run,
    borrow_without_sisters::run,
];

const DECIDED_CHECKS: &[DecidedCheck] = &[quota_below_members::run, default_profile::run, storage_out_of_reach::run];

/// Checks that can be believed where something else is wrong, and the kinds in which nothing may be: a value that was
/// refused is missing from a draft. These speak of what is there, and a missing value of another kind only makes them silent.
const EARLY: &[(Check, &[&str])] = &[
    (duplicate_namespace::run, &["group", "platform"]),
    (duplicate_username::run, &["user"]),
    (duplicate_slug::run, &["profile"]),
    (duplicate_email::run, &["user"]),
    (unsafe_namespace::run, &["user", "group"]),
    (fits_no_pool::run, &["node-pool"]),
    (server_exceeds_quota::run, &[]),
    (reserved_pool::run, &["node-pool", "group"]),
    (primary_group::run, &["user", "group"]),
    (grant_without_end::run, &["user", "group", "role"]),
    (duplicate_posix_id::run, &["user", "group"]),
    (environment_file::run, &[]),
    (bare_version::run, &[]),
    (bad_match_spec::run, &[]),
    (contradictory_versions::run, &[]),
    (untrusted_channel::run, &["channel"]),
    (secret_in_clear::run, &[]),
    (insecure_address::run, &["service"]),
    (placeholder_in_text::run, &[]),
    (realm_admin_role::run, &["role"]),
    (unenforced_data::run, &["data-source"]),
];

/// What can be told of a draft in which something is wrong, beyond that. `is_sound` is asked for kinds.
pub fn run_early(draft: &Draft<'_>, is_sound: impl Fn(&str) -> bool) -> Diagnostics {
    let mut out = Diagnostics::new();
    for (check, _) in EARLY.iter().filter(|(_, kinds)| kinds.iter().all(|kind| is_sound(kind))) {
        check(draft, &mut out);
    }
    out
}

/// Everything that declarations alone can tell.
pub fn run(draft: &Draft<'_>) -> Diagnostics {
    let mut out = Diagnostics::new();
    for check in CHECKS {
        check(draft, &mut out);
    }
    out
}

/// What can be told once it is decided who may do what.
pub fn run_decided(draft: &Draft<'_>, decisions: &Decisions, payers: &Payers) -> Diagnostics {
    let mut out = Diagnostics::new();
    for check in DECIDED_CHECKS {
        check(draft, decisions, payers, &mut out);
    }
    out
}
