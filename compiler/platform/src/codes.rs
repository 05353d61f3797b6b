//! The table of this room's findings: NBC0400 to NBC0599, and NBC0230 about open groups.
//!
//! Each has a page in `checks/pages/NAME.md` with a failing and a corrected example, which a test executes.

use nbc_source::{Code, Level};

/// Whether a waiver may excuse a finding of this room: what is told as advice, and no waiver itself.
pub fn is_waivable(code: &Code) -> bool {
    let is_of_waivers = [EXPIRED_WAIVER.number, UNUSED_WAIVER.number].contains(&code.number);
    code.level != Level::Error && !is_of_waivers && CODES.iter().any(|own| own.number == code.number)
}

nbc_source::codes! {
    pages in "checks/pages/";
    MEMBERS_UNKNOWN = 230 Warning "members-unknown" "only an identity provider knows who is in a group that decides about access";
    EXPIRED_WAIVER = 400 Warning "expired-waiver" "a waiver is past its last day";
    UNUSED_WAIVER = 401 Warning "unused-waiver" "a waiver excuses nothing";
    NOBODY_PAYS = 402 Error "nobody-pays" "no group pays for servers that a person may launch";
    UNDECIDED_PAYER = 403 Error "undecided-payer" "several groups could pay and nothing says which";
    PLATFORM_NEEDED = 404 Error "platform-needed" "a target needs the one platform, and there is none";
    SECOND_PLATFORM = 405 Error "second-platform" "a workspace describes one platform";
    DOMAIN_NEEDED = 406 Error "domain-needed" "a target needs the platform's domain";
    SIGN_IN_NEEDED = 407 Warning "sign-in-needed" "the hub is a target, and nothing says how people sign in to it";
    DUPLICATE_NAMESPACE = 410 Error "duplicate-namespace" "two groups, or a group and the platform, share a namespace";
    DUPLICATE_USERNAME = 411 Error "duplicate-username" "two people sign in with one name";
    MOVING_IMAGE_TAG = 412 Warning "moving-image-tag" "an image tag moves, so the image can change overnight";
    DUPLICATE_SLUG = 413 Error "duplicate-slug" "two profiles have one slug";
    UNSAFE_NAMESPACE = 414 Error "unsafe-namespace" "conda-store takes one name for another";
    DUPLICATE_EMAIL = 415 Error "duplicate-email" "two people have one e-mail address";
    LARGER_THAN_MACHINE = 420 Warning "larger-than-machine" "a server may use more than one machine has";
    FITS_NO_POOL = 421 Error "fits-no-pool" "no machine can hold a server of a profile";
    MIXED_GPUS = 422 Warning "mixed-gpus" "a pool has different GPUs, and people get either";
    UNKNOWN_GPU = 423 Error "unknown-gpu" "no node pool has a GPU of that name";
    QUOTA_EXCEEDS_MACHINES = 424 Warning "quota-exceeds-machines" "a quota promises more than all node pools hold";
    SERVER_EXCEEDS_QUOTA = 425 Error "server-exceeds-quota" "a group's quota cannot hold one server of a profile it offers";
    QUOTA_BELOW_MEMBERS = 426 Note "quota-below-members" "a quota cannot hold one server for each person";
    POOL_FOR_OTHERS = 427 Error "pool-for-others" "a group offers a profile of a pool that is reserved for others";
    POOL_NOT_FOR_USE = 428 Warning "pool-not-for-use" "a profile names a pool that is for something else";
    UNENFORCED_BOUND = 429 Warning "unenforced-bound" "nothing stops a group at its bound under this isolation";
    NO_DEFAULT_PROFILE = 430 Warning "no-default-profile" "a person sees several profiles and none is the default";
    SEVERAL_DEFAULT_PROFILES = 431 Error "several-default-profiles" "a person sees several default profiles";
    LAUNCHES_NOTHING = 432 Warning "launches-nothing" "a person can launch nothing";
    OPEN_DASK_SIZE = 433 Warning "open-dask-size" "everybody may start dask workers without a bound";
    STORAGE_OUT_OF_REACH = 434 Warning "storage-out-of-reach" "somebody may read a storage that none of their servers mounts";
    GROUP_WITHOUT_OWNER = 440 Warning "group-without-owner" "nobody decides about a group";
    ENVIRONMENT_WITHOUT_OWNER = 441 Warning "environment-without-owner" "nobody answers for an environment";
    DUPLICATE_ENVIRONMENT = 442 Warning "duplicate-environment" "two environments have the same packages";
    ACCOUNT_PAST_END = 443 Warning "account-past-end" "somebody whose access ended is still in the files";
    FOREIGN_PRIMARY_GROUP = 444 Error "foreign-primary-group" "a person does not belong to their primary group";
    GRANT_WITHOUT_END = 445 Error "grant-without-end" "a role that may be given for a while is given for longer";
    DUPLICATE_POSIX_ID = 446 Error "duplicate-posix-id" "two people or groups have one POSIX id";
    FEW_ADMINS = 447 Warning "few-admins" "fewer people administer the platform than should";
    GROUP_PAST_END = 448 Warning "group-past-end" "a group that ended is still in the files";
    UNREADABLE_ENVIRONMENT_FILE = 450 Error "unreadable-environment-file" "the file of an environment is missing or not what its name says";
    BARE_VERSION = 451 Error "bare-version" "a version without an operator means exactly that version";
    BAD_MATCH_SPEC = 452 Error "bad-match-spec" "conda cannot read a package's versions";
    CONTRADICTORY_VERSIONS = 453 Error "contradictory-versions" "no version can satisfy what is asked of a package";
    UNPINNED_PYTHON = 454 Warning "unpinned-python" "an environment's Python is free";
    MIRROR_NAMED = 456 Warning "mirror-named" "an environment names a mirror instead of the public channel";
    UNTRUSTED_CHANNEL = 457 Error "untrusted-channel" "packages come from a place that is not trusted";
    SECRET_IN_CLEAR = 460 Error "secret-in-clear" "a secret stands in clear";
    INSECURE_ADDRESS = 461 Error "insecure-address" "people would sign in over http";
    PLACEHOLDER_IN_TEXT = 462 Error "placeholder-in-text" "Keycloak's import would fill in a text";
    REALM_ADMIN_ROLE = 463 Error "realm-admin-role" "a role makes administrators of the realm and does not say so";
    ACCOUNT_TAKEOVER = 464 Warning "account-takeover" "believed e-mail addresses link to accounts that exist";
    MAIL_NEEDED = 465 Error "mail-needed" "addresses are confirmed by mail, and no server sends it";
    UNENFORCED_DATA = 470 Error "unenforced-data" "nothing keeps people from data above internal";
    OVERDUE = 471 Warning "overdue" "a day by which something was to be done has passed";
    DECIMAL_MEMORY = 480 Warning "decimal-memory" "memory in powers of ten, which JupyterHub reads otherwise";
    BORROW_WITHOUT_SISTERS = 481 Warning "borrow-without-sisters" "a quota may borrow, and there is nobody to borrow from";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn numbers_are_sorted_names_are_kebab_case_and_pages_have_both_examples() {
        assert!(CODES.windows(2).all(|pair| pair[0].number < pair[1].number));
        for code in CODES {
            assert!(code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", code.name);
            for part in ["# ", "```nbc fails", "```nbc passes"] {
                assert!(code.page.contains(part), "the page of {} has no {part:?}", code.name);
            }
        }
    }
}
