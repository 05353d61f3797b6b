//! `nbc docs group.quota`: a kind, a field or a type in words, from the kinds in memory, so those of a site too.

use nbc_model::Model;
use nbc_model::kinds::{EnumValue, Field, GrantDirection, Kind, Type, VariantCase};
use nbc_source::{Sources, Span, suggest};

/// What a path names.
struct Subject<'m> {
    /// `kind group`, `group.quota?: quota`, `enum Classification`
    head: String,
    doc: &'m str,
    span: Span,
    kind: Option<&'m Kind>,
    field: Option<&'m Field>,
    members: Members<'m>,
}

/// What can be named below it.
enum Members<'m> {
    None,
    Fields(Vec<&'m Field>),
    Cases(&'m [VariantCase]),
    Values(&'m [EnumValue]),
}

/// The kinds with their first sentences.
pub fn kinds(model: &Model, width: usize) -> String {
    let rows = model.kinds.kinds.iter().map(|(_, kind)| (model.text(kind.name).to_owned(), kind.doc.clone()));
    rows.map(|(name, doc)| line(&name, 18, doc.lines().next().unwrap_or_default(), width)).collect()
}

/// The words about `group`, `group.quota.budget` or `Classification`; nothing where the first word is neither kind nor type.
///
/// # Errors
/// Where a later word names nothing, with the nearest names.
pub fn text(model: &Model, sources: &Sources, path: &str, width: usize) -> Option<Result<String, String>> {
    let mut steps = path.split('.');
    let mut subject = first(model, steps.next()?)?;
    for step in steps {
        subject = match below(model, &subject, step) {
            Ok(next) => next,
            Err(message) => return Some(Err(message)),
        };
    }
    Some(Ok(Words { model, sources, width, out: String::new() }.of(&subject)))
}

fn first<'m>(model: &'m Model, word: &str) -> Option<Subject<'m>> {
    if let Some(id) = model.kind(word) {
        let kind = &model.kinds.kinds[id];
        let members = Members::Fields(kind.fields.iter().map(|(_, field)| field).collect());
        let head = format!("kind {word}");
        return Some(Subject { head, doc: &kind.doc, span: kind.span, kind: Some(kind), field: None, members });
    }
    let ty = model.kinds.type_of(model.names.find(word)?)?;
    let (sort, doc, span) = match ty {
        Type::Enum(id) => ("enum", &model.kinds.enums[*id].doc, model.kinds.enums[*id].span),
        Type::Record(id) => ("record", &model.kinds.records[*id].doc, model.kinds.records[*id].span),
        Type::Variant(id) => ("variant", &model.kinds.variants[*id].doc, model.kinds.variants[*id].span),
        Type::Named(id) => ("type", &model.kinds.types[*id].doc, model.kinds.types[*id].span),
        _ => return None,
    };
    Some(Subject { head: format!("{sort} {word}"), doc, span, kind: None, field: None, members: members(model, ty) })
}

/// What stands below a type: through lists and maps, into records, variants, enums and blocks of their own.
fn members<'m>(model: &'m Model, ty: &'m Type) -> Members<'m> {
    let kinds = &model.kinds;
    match kinds.base(ty) {
        Type::List(of, _) | Type::Map(_, of) => members(model, of),
        Type::Record(id) => Members::Fields(kinds.records[*id].fields.iter().map(|(_, field)| field).collect()),
        Type::Variant(id) => Members::Cases(&kinds.variants[*id].cases),
        Type::Enum(id) => Members::Values(&kinds.enums[*id].values),
        _ => Members::None,
    }
}

fn below<'m>(model: &'m Model, subject: &Subject<'m>, step: &str) -> Result<Subject<'m>, String> {
    let path = subject.head.trim_start_matches("kind ").split([' ', '?', ':']).next().unwrap_or_default().to_owned();
    let names: Vec<&str> = match &subject.members {
        Members::None => Vec::new(),
        Members::Fields(fields) => fields.iter().map(|field| model.text(field.name)).collect(),
        Members::Cases(cases) => cases.iter().map(|case| model.text(case.name)).collect(),
        Members::Values(values) => values.iter().map(|value| model.text(value.name)).collect(),
    };
    let at = names.iter().position(|name| *name == step);
    match (&subject.members, at) {
        (Members::Fields(fields), Some(at)) => fields.get(at).map(|field| field_subject(model, &path, field)),
        (Members::Cases(cases), Some(at)) => cases.get(at).map(|case| Subject {
            head: format!("{path}.{step}"),
            doc: "",
            span: case.span,
            kind: None,
            field: None,
            members: Members::Fields(case.fields.iter().map(|(_, field)| field).collect()),
        }),
        _ => None,
    }
    .ok_or_else(|| {
        let near = suggest::nearest(step, names.iter().copied()).join("`, `");
        let hint = if near.is_empty() { String::new() } else { format!("; did you mean `{near}`?") };
        format!("`{path}` has no `{step}`{hint}")
    })
}

fn field_subject<'m>(model: &'m Model, path: &str, field: &'m Field) -> Subject<'m> {
    let members = match model.kinds.base(&field.ty) {
        Type::Entity(kind) if field.owned => {
            Members::Fields(model.kinds.kinds[*kind].fields.iter().map(|(_, field)| field).collect())
        }
        _ => members(model, &field.ty),
    };
    let head = format!("{path}.{}", signature(model, field));
    Subject { head, doc: &field.doc, span: field.span, kind: None, field: Some(field), members }
}

/// `quota?: quota`
fn signature(model: &Model, field: &Field) -> String {
    let optional = if field.optional { "?" } else { "" };
    format!("{}{optional}: {}", model.text(field.name), model.type_text(&field.ty))
}

/// A label and text beside it, wrapped under its beginning.
fn line(label: &str, indent: usize, text: &str, width: usize) -> String {
    let (first, rest) = (format!("{label:<indent$} "), " ".repeat(indent + 1));
    textwrap::fill(text, textwrap::Options::new(width).initial_indent(&first).subsequent_indent(&rest)) + "\n"
}

struct Words<'m> {
    model: &'m Model,
    sources: &'m Sources,
    width: usize,
    out: String,
}

impl Words<'_> {
    fn of(mut self, subject: &Subject<'_>) -> String {
        self.out = format!("{}  {}\n", subject.head, self.sources.line_place(subject.span));
        if !subject.doc.is_empty() {
            self.out += &(textwrap::fill(&subject.doc.replace('\n', " "), self.width) + "\n");
        }
        if let Some(field) = subject.field {
            self.out.push('\n');
            self.facts(field);
        }
        if let Some(kind) = subject.kind {
            self.actions(kind);
        }
        match &subject.members {
            Members::None => {}
            Members::Fields(fields) => self.fields(fields),
            Members::Cases(cases) => self.cases(cases),
            Members::Values(values) => self.values(values),
        }
        for require in subject.kind.iter().flat_map(|kind| &kind.requires) {
            self.fact("required", &require.sentence);
        }
        self.out
    }

    fn fact(&mut self, label: &str, text: &str) {
        self.out += &line(label, 10, text, self.width);
    }

    /// What is true of a field beside its type.
    fn facts(&mut self, field: &Field) {
        match self.model.default_text(self.sources, field) {
            Some(default) => self.fact("default", &default),
            None if field.computed.is_some() => self.fact("computed", "worked out, never written"),
            None if field.optional => self.fact("default", "absent"),
            None => self.fact("required", "it has no default"),
        }
        for constraint in &field.constraints {
            let sentence = constraint.sentence.clone();
            self.fact("allowed", &sentence.unwrap_or_else(|| self.sources.text(constraint.span).to_owned()));
        }
        if let Some(grant) = field.grants {
            let action = self.model.text(self.model.kinds.actions[grant.action].qualified);
            let whom = match grant.direction {
                GrantDirection::ToWhomIsListed => format!("whoever is listed may {action} this"),
                GrantDirection::OnWhatIsListed => format!("this one, and its members, may {action} what is listed"),
            };
            self.fact("grants", &whom);
        }
        for (is_so, label, means) in [
            (field.own, "own", "`extends` does not copy it"),
            (field.owns, "owner", "a role over one's own things reaches this"),
            (field.owned, "block", "a thing of its own, with these fields"),
        ] {
            if is_so {
                self.fact(label, means);
            }
        }
    }

    fn actions(&mut self, kind: &Kind) {
        for id in &kind.actions {
            let action = &self.model.kinds.actions[*id];
            let implies = action.implies.map(|id| self.model.text(self.model.kinds.actions[id].name));
            let implies = implies.map_or_else(String::new, |other| format!(", and {other}"));
            let name = self.model.text(action.qualified);
            self.out += &line(&format!("action {name}"), 30, &format!("{}{implies}", action.title), self.width);
        }
    }

    fn fields(&mut self, fields: &[&Field]) {
        for field in fields.iter().filter(|field| !field.every) {
            let default = self.model.default_text(self.sources, field);
            let default = default.map_or_else(String::new, |text| format!(" = {text}"));
            let pack = field.pack.map_or_else(String::new, |pack| format!("  (pack {})", self.model.text(pack)));
            self.out += &format!("\n  {}{default}{pack}\n", signature(self.model, field));
            self.out += &line("", 5, &field.doc.replace('\n', " "), self.width);
        }
        let every: Vec<&str> =
            fields.iter().filter(|field| field.every).map(|field| self.model.text(field.name)).collect();
        if !every.is_empty() {
            self.out += &format!("\nand {}, as every kind\n", every.join(", "));
        }
    }

    fn cases(&mut self, cases: &[VariantCase]) {
        self.out.push('\n');
        for case in cases {
            let fields: Vec<String> = case.fields.iter().map(|(_, field)| signature(self.model, field)).collect();
            self.out += &line(&format!("  {}", self.model.text(case.name)), 18, &fields.join(", "), self.width);
        }
    }

    fn values(&mut self, values: &[EnumValue]) {
        self.out.push('\n');
        for value in values {
            self.out += &line(&format!("  {}", self.model.text(value.name)), 18, &value.title, self.width);
        }
    }
}
