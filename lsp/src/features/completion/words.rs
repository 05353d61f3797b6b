//! What can begin a declaration, a clause or a type.

use nbc_model::kinds::{Field, Kind, Type};
use nbc_syntax::{SyntaxKind, SyntaxNode};

use super::super::place::View;
use super::{Completion, Sort, is_required};

/// What can begin in a block: declarations of a file, changes of a stage, clauses of a rule.
pub(super) fn beginning(view: &View<'_>, node: &SyntaxNode) -> Vec<Completion> {
    use SyntaxKind::*;
    let block = node
        .ancestors()
        .find(|node| matches!(node.kind(), STAGE_BODY | TEST_BODY | RULE_BODY | KIND_BODY | FOR_BODY | SOURCE_FILE));
    let (words, kinds_at): (&[Snippet], u8) = match block.map(|block| block.kind()) {
        // In a stage or a test people change things most of the time; in a file they declare them.
        Some(STAGE_BODY) => (CHANGES, 2),
        Some(TEST_BODY) => (EXPECTATIONS, 2),
        Some(RULE_BODY) => return snippets(CLAUSES),
        Some(KIND_BODY) => return snippets(FIELDS),
        Some(FOR_BODY) => (&[], 0),
        _ => (DECLARATIONS, 0),
    };
    let mut all = snippets(words);
    let rank = (kinds_at, 0);
    all.extend(view.model().kinds.kinds.iter().map(|(_, kind)| Completion { rank, ..declaration(view, kind) }));
    all
}

/// What is offered, what it is, and what is written.
type Snippet = (&'static str, &'static str, &'static str);

const DECLARATIONS: &[Snippet] = &[
    ("rule", "what must hold", "rule ${1:name} \"${2:sentence}\" for ${3:group} ${4:g} {\n  require $0\n}"),
    ("test", "what is expected", "test \"${1:sentence}\" {\n  expect $0\n}"),
    ("stage", "where it differs", "stage ${1:prod} {\n  $0\n}"),
    (
        "waiver",
        "an exception from a rule",
        "waiver ${1:rule} on ${2:group.name} {\n  until: $3\n  because: \"$4\"\n  approved-by: $0\n}",
    ),
    ("for", "one declaration for each element", "for ${1:name} in [$2] {\n  $0\n}"),
    ("let", "a constant", "let ${1:name} = $0"),
    ("fn", "a function", "fn ${1:name}(${2:n}: ${3:Count}) -> ${4:Count} = $0"),
    ("kind", "a kind of your own", "kind ${1:name} {\n  $0\n}"),
    ("enum", "words to choose from", "enum ${1:Name} {\n  $0\n}"),
    ("record", "fields that belong together", "record ${1:Name} {\n  $0\n}"),
    ("variant", "one of several shapes", "variant ${1:Name} {\n  $0\n}"),
    ("type", "a type with a limit", "type ${1:Name} = ${2:Text} $0"),
    ("raw", "a text of your own for a target", "raw ${1:kubernetes} on ${2:group.name} '''\n$0\n'''"),
];

const CHANGES: &[Snippet] = &[
    ("override", "replace what is said below", "override ${1:group.name.field}: $0"),
    ("set", "say what nobody said", "set ${1:group.name.field}: $0"),
    ("add", "add to a list", "add ${1:group.name.field}: [$0]"),
    ("remove", "take from a list", "remove ${1:group.name.field}: [$0]"),
    ("unset", "say nothing", "unset ${1:group.name.field}"),
];

const EXPECTATIONS: &[Snippet] = &[
    ("expect", "what must be so", "expect ${1:ana} ${2|can,cannot|} ${3:launch} $0"),
    ("add", "add to a list, for this test", "add ${1:group.name.field}: [$0]"),
    ("override", "replace, for this test", "override ${1:group.name.field}: $0"),
    ("set", "say, for this test", "set ${1:group.name.field}: $0"),
    ("remove", "take from a list, for this test", "remove ${1:group.name.field}: [$0]"),
    ("unset", "say nothing, for this test", "unset ${1:group.name.field}"),
];

const CLAUSES: &[Snippet] =
    &[("when", "what the rule is about", "when $0"), ("require", "what must hold then", "require $0")];

const FIELDS: &[Snippet] = &[
    ("action", "what people may do with it", "action ${1:name} \"${2:sentence}\""),
    ("computed", "a field that is worked out", "computed ${1:name}: ${2:Bool} = $0"),
    ("require", "what must hold", "require $1 \"${2:sentence}\""),
    ("own", "a field that is not inherited", "own ${1:name}: ${2:Text}"),
    ("emit", "a template for a target", "emit ${1:kubernetes} from \"$0\""),
];

fn snippets(words: &[Snippet]) -> Vec<Completion> {
    let snippet = |(label, detail, insert): &Snippet| Completion {
        label: (*label).to_owned(),
        detail: (*detail).to_owned(),
        documentation: String::new(),
        insert: (*insert).to_owned(),
        sort: Sort::Keyword,
        rank: (1, 0),
    };
    words.iter().map(snippet).collect()
}

/// A new declaration with the fields that it must have.
fn declaration(view: &View<'_>, kind: &Kind) -> Completion {
    let model = view.model();
    let name = model.text(kind.name);
    let required =
        kind.fields.iter().map(|(_, field)| field).filter(|field| is_required(model, field) && field.pack.is_none());
    let mut lines = String::new();
    for (at, field) in required.enumerate() {
        lines += &format!("\n  {}", placeholder(view, field, at + 2));
    }
    let body = if lines.is_empty() { "\n  $0\n".to_owned() } else { format!("{lines}\n") };
    let doc = kind.doc.clone();
    let detail = doc.lines().next().unwrap_or_default().to_owned();
    let insert = format!("{name} ${{1:name}} {{{body}}}");
    Completion { label: name.to_owned(), detail, documentation: doc, insert, sort: Sort::Kind, rank: (0, 0) }
}

fn placeholder(view: &View<'_>, field: &Field, at: usize) -> String {
    let name = view.model().text(field.name);
    match view.model().kinds.base(&field.ty) {
        Type::Text => format!("{name}: \"${at}\""),
        Type::List(..) => format!("{name}: [${at}]"),
        Type::Record(_) | Type::Map(..) => format!("{name} {{ ${at} }}"),
        _ => format!("{name}: ${at}"),
    }
}

/// Every type and kind.
pub(super) fn types(view: &View<'_>) -> Vec<Completion> {
    let model = view.model();
    let kinds = &model.kinds;
    let entry = |name: &str, detail: &str, doc: &str, rank: u8| Completion {
        label: name.to_owned(),
        detail: detail.to_owned(),
        documentation: doc.to_owned(),
        insert: name.to_owned(),
        sort: Sort::Type,
        rank: (rank, 0),
    };
    let built_in =
        ["Text", "Bool", "Int", "Count", "Date", "Cpu", "Memory", "Storage", "Duration", "Money", "Rate", "Percent"];
    let mut all: Vec<Completion> = built_in.iter().map(|name| entry(name, "", "", 0)).collect();
    all.extend(kinds.kinds.iter().map(|(_, kind)| entry(model.text(kind.name), "kind", &kind.doc, 1)));
    all.extend(kinds.enums.iter().map(|(_, found)| entry(model.text(found.name), "enum", &found.doc, 2)));
    all.extend(kinds.records.iter().map(|(_, found)| entry(model.text(found.name), "record", &found.doc, 2)));
    all.extend(kinds.variants.iter().map(|(_, found)| entry(model.text(found.name), "variant", &found.doc, 2)));
    all.extend(kinds.types.iter().map(|(_, found)| entry(model.text(found.name), "type", &found.doc, 2)));
    all
}

/// Every rule, by its name.
pub(super) fn rules(view: &View<'_>) -> Vec<Completion> {
    let model = view.model();
    let rule = |rule: &nbc_model::expression::Rule| Completion {
        label: model.text(rule.name).to_owned(),
        detail: rule.pack.map_or("rule", |pack| model.text(pack)).to_owned(),
        documentation: rule.sentence.clone(),
        insert: model.text(rule.name).to_owned(),
        sort: Sort::Declaration,
        rank: (u8::from(rule.pack.is_some()), 0),
    };
    model.rules.iter().map(rule).collect()
}

/// Every stage.
pub(super) fn stages(view: &View<'_>) -> Vec<Completion> {
    let model = view.model();
    let stage = |name: &str| Completion {
        label: name.to_owned(),
        detail: "stage".to_owned(),
        documentation: String::new(),
        insert: name.to_owned(),
        sort: Sort::Declaration,
        rank: (0, 0),
    };
    model.stages.iter().map(|(_, found)| stage(model.text(found.name))).collect()
}
