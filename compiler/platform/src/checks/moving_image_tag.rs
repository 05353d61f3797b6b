//! An image whose tag is moved to newer builds: servers change without a change of the files.
//!
//! A tag moves by convention (`latest`, `main`, `nightly` …) or when it says nothing of a version at all. Nothing here
//! asks a registry. One finding an image text, at its first place.

use std::collections::BTreeMap;

use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::MOVING_IMAGE_TAG;
use crate::draft::Draft;
use crate::values::Sourced;

/// Words that registries move.
const MOVING: [&str; 9] = ["latest", "main", "master", "nightly", "edge", "dev", "devel", "stable", "staging"];

pub(super) fn run<'m>(draft: &Draft<'m>, out: &mut Diagnostics) {
    let mut images: BTreeMap<&'m str, Vec<Sourced<&'m str>>> = BTreeMap::new();
    let mut add = |image: Option<Sourced<&'m str>>| {
        if let Some(image) = image.filter(|image| moves(image.value)) {
            images.entry(image.value).or_default().push(image);
        }
    };
    if let Some(platform) = draft.platform() {
        add(platform.server.value.image);
        platform.dask.iter().for_each(|dask| add(dask.value.image));
    }
    for profile in &draft.declared.profiles {
        add(profile.image);
        let choices = profile.options.value.iter().flat_map(|option| &option.value.choices.value);
        choices.for_each(|choice| add(choice.value.image));
    }
    for (image, places) in images {
        let mut spans: Vec<_> = places.iter().map(|place| draft.span(place.origin)).collect();
        spans.sort();
        spans.dedup();
        let Some((first, others)) = spans.split_first() else { continue };
        let mut found = Diagnostic::new(&MOVING_IMAGE_TAG, *first, format!("the tag of `{image}` moves"))
            .label("the image can change overnight")
            .help("name a tag that stays, such as a version or a date, or a digest `@sha256:…`");
        for span in others {
            found = found.related(*span, "here too");
        }
        out.push(found);
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
