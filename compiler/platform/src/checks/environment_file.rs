//! Files of environments that cannot be read; they were found when the draft was made.

use nbc_source::Diagnostics;

use crate::draft::Draft;

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    out.extend(draft.unreadable.iter().cloned());
}
