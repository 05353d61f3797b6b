//! An image whose tag is moved to newer builds: servers change without a change of the files.
//!
//! A tag moves by convention (`latest`, `main`, `nightly` …) or when it says nothing of a version at all. Nothing here
//! asks a registry.

use nbc_model::value::Layer;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::MOVING_IMAGE_TAG;
use crate::draft::Draft;
use crate::values::Sourced;

/// Words that registries move.
const MOVING: [&str; 9] = ["latest", "main", "master", "nightly", "edge", "dev", "devel", "stable", "staging"];

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let mut judge = |image: Option<Sourced<&str>>| {
        let Some(image) = image.filter(|image| moves(image.value)) else { return };
        out.push(
            Diagnostic::new(&MOVING_IMAGE_TAG, draft.span(image.origin), format!("the tag of `{}` moves", image.value))
                .label("the image can change overnight")
                .help("name a tag that stays, such as a version or a date, or a digest `@sha256:…`"),
        );
    };
    if let Some(platform) = draft.platform() {
        judge(platform.server.value.image);
        platform.dask.iter().for_each(|dask| judge(dask.value.image));
    }
    for profile in &draft.declared.profiles {
        // A default that comes from the platform was judged there.
        let own = profile.image.filter(|image| draft.model.origin(image.origin).layer != Layer::Default);
        judge(own);
        let choices = profile.options.value.iter().flat_map(|option| &option.value.choices.value);
        choices.for_each(|choice| judge(choice.value.image));
    }
}

/// A word of the tag is one that registries move, and no digest fixes the image.
fn moves(image: &str) -> bool {
    if image.contains("@sha256:") {
        return false;
    }
    let tag = image.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |(_, tag)| tag);
    tag.split(['-', '_', '.']).any(|word| MOVING.contains(&word))
}
