//! Packages from a place that the platform does not trust, or that a channel may not be used for.
//!
//! Judged here because the server can be passed by: conda-store's allow-list ignores `channel::package` and lock files,
//! and its settings of one namespace leak into others. A mirror counts as the channel that it stands in for.

use nbc_source::{Diagnostic, Diagnostics, Span, Surplus};

use crate::codes::UNTRUSTED_CHANNEL;
use crate::draft::Draft;
use crate::kinds::{Channel, ChannelType};
use crate::specification::{Specification, Written};

/// Where Python packages come from when nobody says otherwise.
const PUBLIC_INDEXES: [&str; 2] = ["https://pypi.org/simple", "https://pypi.org/pypi"];

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    for specification in &draft.specifications {
        let name = draft.model.handle(specification.environment.entity);
        for channel in &specification.channels {
            // Lock files list PyPI beside conda's channels.
            if !(specification.locked && is_pip_file(&channel.text)) {
                judge_place(draft, name, channel, out);
            }
        }
        for row in &specification.conda {
            if let Some(channel) = &row.channel {
                judge_place(draft, name, &Written { text: channel.clone(), span: row.span }, out);
            }
        }
        judge_pip(draft, name, specification, out);
        judge_packages(draft, specification, out);
    }
}

fn is_pip_file(text: &str) -> bool {
    text.contains("files.pythonhosted.org") || text.ends_with(".whl") || text.ends_with(".tar.gz")
}

/// The channel of a handle, a name or an address; the trailing slash of an address does not count.
fn channel<'a, 'm>(draft: &'a Draft<'m>, text: &str) -> Option<&'a Channel<'m>> {
    let address = text.trim_end_matches('/');
    let matches = |channel: &&Channel<'m>| channel.handle == text || channel.url.value.trim_end_matches('/') == address;
    draft.declared.channels.iter().find(matches)
}

fn judge_place(draft: &Draft<'_>, environment: &str, place: &Written, out: &mut Diagnostics) {
    let known = channel(draft, &place.text);
    if known.is_some_and(|channel| channel.trusted.value) {
        return;
    }
    let mut found = Diagnostic::new(
        &UNTRUSTED_CHANNEL,
        place.span,
        format!("environment `{environment}` takes packages from `{}`, which is not trusted", place.text),
    )
    .surplus(Surplus::Element);
    found = match known {
        Some(channel) => found
            .related(channel.span, "the channel is declared here")
            .help(format!("declare it with `trusted: true`, or take `{}` out", place.text)),
        None => {
            let names: Vec<&str> = draft.declared.channels.iter().map(|channel| channel.handle).collect();
            for near in nbc_source::suggest::nearest(&place.text, names) {
                found = found.help(format!("did you mean `{near}`?"));
            }
            found.help("declare it: `channel NAME { url: \"…\", trusted: true }`, or use a channel that is declared")
        }
    };
    out.push(found);
}

/// Options such as `--index-url`, and packages from an address.
fn judge_pip(draft: &Draft<'_>, environment: &str, specification: &Specification<'_>, out: &mut Diagnostics) {
    let trusted = |address: &str| {
        PUBLIC_INDEXES.contains(&address.trim_end_matches('/'))
            || draft.declared.channels.iter().any(|channel| {
                channel.r#type.value == ChannelType::Pypi
                    && channel.trusted.value
                    && address.trim_end_matches('/').starts_with(channel.url.value.trim_end_matches('/'))
            })
    };
    let mut judge = |address: &str, span: Span| {
        if !trusted(address) {
            out.push(
                Diagnostic::new(
                    &UNTRUSTED_CHANNEL,
                    span,
                    format!("environment `{environment}` takes Python packages from `{address}`, which is not trusted"),
                )
                .surplus(Surplus::Element)
                .help("declare it: `channel NAME { url: \"…\", type: pypi, trusted: true }`"),
            );
        }
    };
    for option in &specification.pip_options {
        let is_index = ["--index-url", "--extra-index-url", "-i"].iter().any(|word| option.text.starts_with(word));
        let address = option.text.split([' ', '=']).nth(1).filter(|_| is_index);
        address.into_iter().for_each(|address| judge(address, option.span));
    }
    for row in &specification.pip {
        if let Some((_, address)) = row.text.split_once(" @ ") {
            judge(address.trim_start_matches("git+"), row.span);
        }
    }
}

/// `only` and `never` of the channels that an environment uses.
fn judge_packages(draft: &Draft<'_>, specification: &Specification<'_>, out: &mut Diagnostics) {
    for row in &specification.conda {
        let named = row.channel.as_deref();
        let all = specification.channels.iter().map(|place| place.text.as_str());
        let mut usable = all.filter(|text| named.is_none_or(|named| named == *text)).peekable();
        if usable.peek().is_none() {
            continue;
        }
        let refused: Option<Vec<&str>> = usable
            .map(|text| {
                let channel = channel(draft, text)?;
                let listed = channel.only.value.is_empty() || matches_any(&channel.only.value, &row.name);
                (!listed || matches_any(&channel.never.value, &row.name)).then_some(channel.handle)
            })
            .collect();
        // One channel that may serve it is enough.
        let Some(channels) = refused else { continue };
        out.push(
            Diagnostic::new(
                &UNTRUSTED_CHANNEL,
                row.span,
                format!("`{}` may not come from `{}`", row.name, channels.join("` or `")),
            )
            .label("the channel's `only` or `never` says so")
            .surplus(Surplus::Element)
            .help("add a channel that may serve it"),
        );
    }
}

fn matches_any(patterns: &[crate::values::Item<&str>], name: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern.value, name))
}

/// A pattern in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
        last = Some(part);
    }
    match last {
        None => rest.is_empty(),
        Some(last) => name.ends_with(last),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in [("*", "numpy"), ("nvidia-*", "nvidia-smi"), ("*cuda*", "libcuda12"), ("numpy", "numpy")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("numpy", "numpy2"), ("nvidia-*", "xnvidia-a"), ("*-dev", "a-dev2")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
