//! Actions and attributes that nobody has: what Cedar proposes is weighed, because another name is another policy.

use nbc_source::{Diagnostic, Fix, Span, suggest};

use crate::shape::Shapes;

/// Keeps the correction where a slip explains it, and otherwise names what there is.
pub(super) fn weigh(shapes: &Shapes, policy: &str, written: &str, found: &mut Diagnostic) {
    let (Some(fix), Some(span)) = (&found.fix, found.span) else { return };
    let proposed = fix.edits.first().map(|edit| edit.text.clone()).unwrap_or_default();
    if let Some(action) = id_of_action(written) {
        let kind = kind_of_resource(policy);
        let of_kind = shapes.actions.iter().filter(|action| kind.is_none_or(|kind| is_of(shapes, action.kind, kind)));
        let known: Vec<&str> = of_kind.map(|action| action.id.as_str()).collect();
        let spell = |id: &str| format!("Action::\"{id}\"");
        offer(
            found,
            span,
            action,
            &known,
            &[],
            spell,
            &kind.map_or("there is".to_owned(), |kind| format!("on {kind} there is")),
        );
    } else if let Some(entity) = shape_of(&found.message, shapes) {
        let known: Vec<&str> = entity.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        let stem = written.trim_end_matches('s');
        let alike: Vec<&str> = known.iter().copied().filter(|name| stem.len() > 2 && name.contains(stem)).collect();
        offer(found, span, written, &known, &alike, str::to_owned, &format!("{} has", entity.type_name));
    } else if suggest::nearest(written, [proposed.as_str()]).is_empty() {
        found.fix = found.fix.take().map(Fix::may_change_meaning);
    }
}

/// The nearest of what is known, safe where it is the only one; else what contains the word; else all there is.
fn offer(
    found: &mut Diagnostic,
    span: Span,
    word: &str,
    known: &[&str],
    alike: &[&str],
    spell: impl Fn(&str) -> String,
    there_is: &str,
) {
    let near = suggest::nearest(word, known.iter().copied());
    let best = if near.is_empty() { alike } else { &near };
    let only = if best.is_empty() && known.len() == 1 { known } else { best };
    found.help.retain(|help| !help.contains("did you mean"));
    found.fix = only.first().map(|name| {
        let fix = Fix::replace(span, spell(name), format!("write `{}`", spell(name)));
        if near.len() == 1 { fix } else { fix.may_change_meaning() }
    });
    let listed = if best.is_empty() { known } else { best };
    let quoted = |names: Vec<String>| format!("`{}`", names.join("`, `"));
    found.help.push(match near.is_empty() {
        true => format!("{there_is} {}", quoted(listed.iter().map(|name| (*name).to_owned()).collect())),
        false => format!("did you mean {}?", quoted(listed.iter().map(|name| spell(name)).collect())),
    });
}

fn id_of_action(written: &str) -> Option<&str> {
    written.strip_prefix("Action::\"")?.strip_suffix('"')
}

/// `Profile` of `resource is Profile` and of `resource == Profile::"gpu"`.
fn kind_of_resource(policy: &str) -> Option<&str> {
    let after = ["resource is ", "resource == "].iter().find_map(|head| policy.split_once(head))?.1;
    let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    after.get(..end).filter(|name| !name.is_empty())
}

fn is_of(shapes: &Shapes, kind: nbc_model::kinds::KindId, type_name: &str) -> bool {
    shapes.kinds.iter().flatten().any(|shape| shape.kind == kind && shape.type_name == type_name)
}

/// The kind that a message says an attribute is missing from.
fn shape_of<'s>(message: &str, shapes: &'s Shapes) -> Option<&'s crate::shape::EntityShape> {
    let name = message.split_once("entity type `")?.1.split_once('`')?.0;
    message.contains("not found").then_some(())?;
    shapes.kinds.iter().flatten().find(|shape| shape.type_name == name)
}
