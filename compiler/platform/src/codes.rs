//! The table of this room's findings: NBC0400 to NBC0599, and NBC0230 about open groups.
//!
//! Each has a page in `checks/pages/NAME.md` with a failing and a corrected example, which a test executes.

use nbc_source::{Code, Level};

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $level:ident $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: Code = Code {
                number: $number,
                name: $name,
                level: Level::$level,
                summary: $summary,
                page: include_str!(concat!("checks/pages/", $name, ".md")),
            };
        )*
        /// Every code of this room, sorted by number.
        pub static CODES: &[&Code] = &[$(&$constant),*];
    };
}

/// Whether a waiver may excuse a finding of this room: what is told as advice, and no waiver itself.
pub fn is_waivable(code: &Code) -> bool {
    let is_of_waivers = [EXPIRED_WAIVER.number, UNUSED_WAIVER.number].contains(&code.number);
    code.level != Level::Error && !is_of_waivers && CODES.iter().any(|own| own.number == code.number)
}

codes! {
    230 MEMBERS_UNKNOWN "members-unknown" Warning "only an identity provider knows who is in a group that decides about access";
    400 EXPIRED_WAIVER "expired-waiver" Warning "a waiver is past its last day";
    401 UNUSED_WAIVER "unused-waiver" Warning "a waiver excuses nothing";
    402 NOBODY_PAYS "nobody-pays" Error "no group pays for servers that a person may launch";
    403 UNDECIDED_PAYER "undecided-payer" Error "several groups could pay and nothing says which";
    404 PLATFORM_NEEDED "platform-needed" Error "a target needs the one platform, and there is none";
    405 SECOND_PLATFORM "second-platform" Error "a workspace describes one platform";
    406 DOMAIN_NEEDED "domain-needed" Error "a target needs the platform's domain";
    410 DUPLICATE_NAMESPACE "duplicate-namespace" Error "two groups, or a group and the platform, share a namespace";
    411 DUPLICATE_USERNAME "duplicate-username" Error "two people sign in with one name";
    412 MOVING_IMAGE_TAG "moving-image-tag" Warning "an image tag moves, so the image can change overnight";
    413 DUPLICATE_SLUG "duplicate-slug" Error "two profiles have one slug";
    414 UNSAFE_NAMESPACE "unsafe-namespace" Error "conda-store takes one name for another";
    420 LARGER_THAN_MACHINE "larger-than-machine" Warning "a server may use more than one machine has";
    421 FITS_NO_POOL "fits-no-pool" Error "no machine can hold a server of a profile";
    422 MIXED_GPUS "mixed-gpus" Warning "a pool has different GPUs, and people get either";
    423 UNKNOWN_GPU "unknown-gpu" Error "no node pool has a GPU of that name";
    424 QUOTA_EXCEEDS_MACHINES "quota-exceeds-machines" Warning "a quota promises more than all node pools hold";
    425 SERVER_EXCEEDS_QUOTA "server-exceeds-quota" Error "a group's quota cannot hold one server of a profile it offers";
    426 QUOTA_BELOW_MEMBERS "quota-below-members" Note "a quota cannot hold one server for each person";
    427 POOL_FOR_OTHERS "pool-for-others" Error "a group offers a profile of a pool that is reserved for others";
    428 POOL_NOT_FOR_USE "pool-not-for-use" Warning "a profile names a pool that is for something else";
    429 UNENFORCED_BOUND "unenforced-bound" Warning "nothing stops a group at its bound under this isolation";
    430 NO_DEFAULT_PROFILE "no-default-profile" Warning "a person sees several profiles and none is the default";
    431 SEVERAL_DEFAULT_PROFILES "several-default-profiles" Error "a person sees several default profiles";
    432 LAUNCHES_NOTHING "launches-nothing" Warning "a person can launch nothing";
    433 OPEN_DASK_SIZE "open-dask-size" Warning "everybody may start dask workers without a bound";
    440 GROUP_WITHOUT_OWNER "group-without-owner" Warning "nobody decides about a group";
    441 ENVIRONMENT_WITHOUT_OWNER "environment-without-owner" Warning "nobody answers for an environment";
    442 DUPLICATE_ENVIRONMENT "duplicate-environment" Warning "two environments have the same packages";
    443 ACCOUNT_PAST_END "account-past-end" Warning "somebody whose access ended is still in the files";
    444 FOREIGN_PRIMARY_GROUP "foreign-primary-group" Error "a person does not belong to their primary group";
    445 GRANT_WITHOUT_END "grant-without-end" Error "a role that may be given for a while is given for longer";
    446 DUPLICATE_POSIX_ID "duplicate-posix-id" Error "two people or groups have one POSIX id";
    447 FEW_ADMINS "few-admins" Warning "fewer people administer the platform than should";
    450 UNREADABLE_ENVIRONMENT_FILE "unreadable-environment-file" Error "the file of an environment is missing or not what its name says";
    451 BARE_VERSION "bare-version" Error "a version without an operator means exactly that version";
    452 BAD_MATCH_SPEC "bad-match-spec" Error "conda cannot read a package's versions";
    453 CONTRADICTORY_VERSIONS "contradictory-versions" Error "no version can satisfy what is asked of a package";
    454 UNPINNED_PYTHON "unpinned-python" Warning "an environment's Python is free";
    456 MIRROR_NAMED "mirror-named" Warning "an environment names a mirror instead of the public channel";
    457 UNTRUSTED_CHANNEL "untrusted-channel" Error "packages come from a place that is not trusted";
    460 SECRET_IN_CLEAR "secret-in-clear" Error "a secret stands in clear";
    461 INSECURE_ADDRESS "insecure-address" Error "people would sign in over http";
    462 PLACEHOLDER_IN_TEXT "placeholder-in-text" Error "Keycloak's import would fill in a text";
    463 REALM_ADMIN_ROLE "realm-admin-role" Error "a role makes administrators of the realm and does not say so";
    464 ACCOUNT_TAKEOVER "account-takeover" Warning "believed e-mail addresses link to accounts that exist";
    465 MAIL_NEEDED "mail-needed" Error "addresses are confirmed by mail, and no server sends it";
    470 UNENFORCED_DATA "unenforced-data" Error "nothing keeps people from data above internal";
    471 OVERDUE "overdue" Warning "a day by which something was to be done has passed";
    480 DECIMAL_MEMORY "decimal-memory" Warning "memory in powers of ten, which JupyterHub reads otherwise";
    481 BORROW_WITHOUT_SISTERS "borrow-without-sisters" Warning "a quota may borrow, and there is nobody to borrow from";
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
