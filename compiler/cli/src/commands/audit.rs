//! `nbc audit`: who can, what can, why. Answers come from `policy`; here they become words or JSON.

mod lists;

use serde_json::{Value, json};

use nbc_model::Model;
use nbc_model::kinds::ActionId;
use nbc_model::value::Date;
use nbc_model::world::EntityId;
use nbc_platform::Draft;
use nbc_policy::access::Access;
use nbc_policy::questions::what_can::{self, WhatCan};
use nbc_policy::questions::who_can::{self, WhoCan};
use nbc_policy::questions::why::{self, Why};
use nbc_policy::questions::{self, Edge, NotFound, PolicyShown};
use nbc_source::{Sources, Span};

use crate::arguments::{AccessQuestion, AuditArguments, Format, Global, Question};
use crate::render::{json as findings, no_such_form};
use crate::session::{Asked, Session, say_each};
use crate::views::words;
use crate::{Exit, Io, Stop};

/// A line of an answer: a word in the first eleven columns.
fn line(word: &str, text: &str) -> String {
    format!("{word:<11}{text}").trim_end().to_owned()
}

/// An answer, and what `--expect` compares with.
struct Answer {
    text: String,
    /// Null where nobody asked for it and it would be long.
    json: Value,
    /// People, services and things; 1 or 0 for `why`.
    number: usize,
    /// Somebody may come in whom the files do not list.
    depends: bool,
}

pub(super) fn run(own: &AuditArguments, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    match &own.question {
        Question::Access(_) if own.output.is_some() => {
            Err(Stop::because("only lists are written into a file", "redirect the answer: nbc audit … > FILE"))
        }
        Question::Access(question) => access(question, global, io),
        Question::List(question) => lists::run(question, own.output.as_deref(), global, io),
    }
}

fn access(question: &AccessQuestion, global: &Global, io: &mut Io<'_>) -> Result<Exit, Stop> {
    let session = Session::open(global, None, io)?;
    let analysis = session.analyse(global)?;
    let stages = Asked::each(&analysis, global)?;
    let (model, sources) = (&analysis.model, analysis.sources());
    let (policies, found) = nbc_policy::load::load(model, sources);
    let Some(policies) = policies.filter(|_| !found.has_errors()) else {
        return Err(Stop::because("the policies have errors, so nobody is told anything", "`nbc check` shows them"));
    };
    let mut answers = Vec::new();
    for asked in stages {
        let draft = Draft::new(model, asked.world, sources, &analysis.workspace.settings.targets);
        let answered = questions::ask(&policies, &draft, |access| {
            answer(access, sources, question, global.format == Format::Json)
        });
        let answer = answered
            .map_err(|why| Stop::because(why, ""))?
            .map_err(|NotFound { message, help }| Stop::because(message, help.join("; ")))?;
        answers.push((asked, answer));
    }
    match global.format {
        Format::Human | Format::Concise => {
            let texts = answers.iter().map(|(asked, answer)| (asked.stage(), Ok(answer.text.clone())));
            say_each(texts.collect(), io)?;
        }
        Format::Json => answers.iter().try_for_each(|(_, answer)| writeln!(io.out, "{}", answer.json))?,
        other => return Err(no_such_form(other, &[Format::Human, Format::Json])),
    }
    expect(question, answers.iter().map(|(_, answer)| answer), io)
}

fn answer(
    access: &Access<'_>,
    sources: &Sources,
    question: &AccessQuestion,
    is_json: bool,
) -> Result<Answer, NotFound> {
    let writer = Writer { model: access.people.model, sources, is_json };
    match question {
        AccessQuestion::WhoCan { action, resource, .. } => {
            let (action, resource) = questions::thing(access, action, resource)?;
            Ok(writer.who_can(access, &who_can::who_can(access, action, resource)))
        }
        AccessQuestion::WhatCan { who, .. } => {
            Ok(writer.what_can(&what_can::what_can(access, questions::principal(access, who)?)))
        }
        AccessQuestion::Why { who, action, resource, .. } => {
            let who = questions::principal(access, who)?;
            let (action, resource) = questions::thing(access, action, resource)?;
            Ok(writer.why(&why::why(access, who, action, resource)))
        }
    }
}

/// Every stage has to answer as expected.
fn expect<'a>(
    question: &AccessQuestion,
    answers: impl Iterator<Item = &'a Answer>,
    io: &mut Io<'_>,
) -> Result<Exit, Stop> {
    let (AccessQuestion::WhoCan { expect, .. }
    | AccessQuestion::WhatCan { expect, .. }
    | AccessQuestion::Why { expect, .. }) = question;
    let Some(expected) = expect else { return Ok(Exit::Done) };
    let met: Option<Vec<bool>> = answers.map(|answer| is_met(expected, answer)).collect();
    let Some(met) = met else {
        return Err(Stop::because(format!("`{expected}` is nothing to expect"), "write yes, no, or a number"));
    };
    if met.iter().all(|met| *met) {
        return Ok(Exit::Done);
    }
    io.out.flush()?;
    writeln!(io.err, "error: the answer is not `{expected}`")?;
    Ok(Exit::Findings)
}

/// `None` where nothing of that kind can be expected.
fn is_met(expected: &str, answer: &Answer) -> Option<bool> {
    match expected {
        "yes" => Some(answer.number > 0),
        "no" => Some(answer.number == 0 && !answer.depends),
        number => number.parse::<usize>().ok().map(|number| answer.number == number && !answer.depends),
    }
}

struct Writer<'a> {
    model: &'a Model,
    sources: &'a Sources,
    /// A long list is not made in both forms.
    is_json: bool,
}

impl Writer<'_> {
    fn action(&self, action: ActionId) -> &str {
        words::action(self.model, action)
    }

    fn thing(&self, entity: EntityId) -> String {
        words::thing(self.model, entity)
    }

    fn with_until(&self, who: EntityId, until: Option<Date>) -> String {
        let handle = self.model.handle(who);
        until.map_or_else(|| handle.to_owned(), |until| format!("{handle} until {until}"))
    }

    /// A text, and the line that says so in the last column.
    fn at(&self, word: &str, text: &str, span: Option<Span>) -> String {
        let text = line(word, text);
        let place = span.map_or_else(String::new, |span| self.sources.line_place(span));
        format!("{text:<78} {place}").trim_end().to_owned()
    }

    fn edges(&self, edges: &[Edge]) -> Value {
        let all = edges
            .iter()
            .map(|edge| json!({"place": edge.span.map(|span| findings::place(self.sources, span)), "text": edge.text}));
        all.collect()
    }

    fn policies(&self, policies: &[PolicyShown]) -> Value {
        let all = policies.iter().map(|policy| {
            json!({
                "rule": policy.id,
                "sentence": policy.sentence,
                "pack": policy.pack,
                "level": policy.level,
                "place": findings::place(self.sources, policy.span),
            })
        });
        all.collect()
    }

    fn who_can(&self, access: &Access<'_>, found: &WhoCan) -> Answer {
        let (action, thing) = (self.action(found.action), self.thing(found.resource));
        let users = found.can.len();
        let people = if found.people == 1 { "person" } else { "people" };
        let mut lines =
            vec![format!("{users} of {} {people} can {action} {thing}, as of {}", found.people, found.as_of)];
        let mut width = 10;
        for through in &found.through {
            width = width.max(self.model.handle(through.holder).len());
        }
        for through in &found.through {
            let names = through.people.iter().map(|(who, until)| self.with_until(*who, *until));
            let shown: Vec<String> = names.take(12).collect();
            let more = through.people.len().saturating_sub(shown.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let holder = self.model.handle(through.holder);
            let text = format!("  {holder:<width$} {:>4}   {}{more}", through.people.len(), shown.join(", "));
            let place = through.span.map_or_else(String::new, |span| self.sources.line_place(span));
            lines.push(format!("{text:<78} {place}").trim_end().to_owned());
        }
        for refused in &found.refused {
            let by: Vec<&str> = refused.by.iter().map(|policy| policy.id.as_str()).collect();
            let why = who_can::in_words(access, refused);
            lines.push(format!("  {:<width$} {:>4}   {why}; rule {}", "refused", 1, by.join(", ")));
        }
        for service in &found.services {
            lines.push(format!("  {:<width$} {:>4}   {}", "service", 1, self.model.handle(service.who)));
        }
        for door in &found.open_doors {
            let place = door.span.map_or_else(String::new, |span| self.sources.line_place(span));
            lines.push(format!("  {:<width$}        {}  {place}", "open door", door.text).trim_end().to_owned());
        }
        let mut nobody = vec!["nobody else"];
        nobody.extend(found.services.is_empty().then_some("no service"));
        nobody.extend(found.open_doors.is_empty().then_some("no open door"));
        lines.push(nobody.join("; "));
        let depends = !found.open_doors.is_empty();
        let verdict = if users + found.services.len() > 0 {
            "yes"
        } else if depends {
            "depends"
        } else {
            "no"
        };
        if !self.is_json {
            return Answer { text: lines.join("\n"), json: Value::Null, number: users, depends };
        }
        let principals: Vec<Value> = found
            .can
            .iter()
            .chain(&found.services)
            .map(|row| {
                let until = row.until.map(|until| until.to_string());
                json!({"handle": self.model.handle(row.who), "because": self.edges(&row.because), "until": until})
            })
            .collect();
        let refused: Vec<Value> = found
            .refused
            .iter()
            .map(|row| {
                let by = self.policies(&row.by);
                json!({"handle": self.model.handle(row.who), "granted": self.edges(&row.granted), "by": by})
            })
            .collect();
        let doors: Vec<Value> = found
            .open_doors
            .iter()
            .map(|door| {
                let place = door.span.map(|span| findings::place(self.sources, span));
                json!({"holder": self.model.path(door.holder), "text": door.text, "place": place})
            })
            .collect();
        let json = json!({
            "question": format!("who can {action} {}", self.model.path(found.resource)),
            "as_of": found.as_of.to_string(),
            "answer": verdict,
            "principals": principals,
            "refused": refused,
            "open_doors": doors,
        });
        Answer { text: lines.join("\n"), json, number: users, depends }
    }

    fn what_can(&self, found: &WhatCan) -> Answer {
        let who = self.model.handle(found.who);
        let number = found.can.len();
        let things = if number == 1 { "1 thing".to_owned() } else { format!("{number} things") };
        let mut lines = vec![format!("{who} can do {things}, as of {}", found.as_of)];
        if let Some(edge) = &found.inactive {
            lines.push(self.at("because", &edge.text, edge.span));
        }
        for right in &found.can {
            let until = right.until.map_or_else(String::new, |until| format!(" until {until}"));
            let text = format!("{} {}{until}", self.action(right.action), self.thing(right.resource));
            lines.push(self.at("can", &text, right.because.first().and_then(|edge| edge.span)));
        }
        for refused in &found.refused {
            let by: Vec<&str> = refused.by.iter().map(|policy| policy.id.as_str()).collect();
            let text =
                format!("{} {}; rule {}", self.action(refused.action), self.thing(refused.resource), by.join(", "));
            lines.push(self.at("refused", &text, refused.by.first().map(|policy| policy.span)));
        }
        let can: Vec<Value> = found
            .can
            .iter()
            .map(|right| {
                json!({
                    "action": self.action(right.action),
                    "resource": self.model.path(right.resource),
                    "until": right.until.map(|until| until.to_string()),
                    "because": self.edges(&right.because),
                    "depends_on": right.depends_on,
                })
            })
            .collect();
        let refused: Vec<Value> = found
            .refused
            .iter()
            .map(|right| {
                let by = self.policies(&right.by);
                json!({"action": self.action(right.action), "resource": self.model.path(right.resource), "by": by})
            })
            .collect();
        let json = json!({
            "question": format!("what can {who}"),
            "as_of": found.as_of.to_string(),
            "answer": if number > 0 { "yes" } else { "no" },
            "can": can,
            "refused": refused,
        });
        Answer { text: lines.join("\n"), json, number, depends: false }
    }

    fn why(&self, found: &Why) -> Answer {
        let who = self.model.handle(found.who);
        let (action, thing) = (self.action(found.action), self.thing(found.resource));
        let (word, can) = if found.can { ("yes", "can") } else { ("no", "cannot") };
        let mut lines = vec![line(word, &format!("{who} {can} {action} {thing}, as of {}", found.as_of))];
        if let Some(edge) = &found.inactive {
            lines.push(self.at("because", &edge.text, edge.span));
        }
        for (at, edge) in found.granted.iter().enumerate() {
            lines.push(self.at(if at == 0 { "granted" } else { "" }, &edge.text, edge.span));
        }
        if found.granted.is_empty() && found.inactive.is_none() && !found.can {
            lines.push(line("granted", "by nobody"));
        }
        for forbids in &found.forbidden {
            let policy = &forbids.policy;
            let whose = policy.pack.as_ref().map_or_else(|| "yours".to_owned(), |pack| format!("pack {pack}"));
            let text = format!("{} ({whose}, {}): {}", policy.id, policy.level, policy.sentence);
            lines.push(self.at("forbidden", &text, Some(policy.span)));
            for (at, fact) in forbids.facts.iter().enumerate() {
                let joint = if at == 0 { "because" } else { "and" };
                lines.push(self.at("", &format!("  {joint} {fact}"), fact.span));
            }
        }
        for edge in &found.waived {
            lines.push(self.at("waived", &edge.text, edge.span));
        }
        for policy in &found.reported {
            lines.push(self.at(
                "noted",
                &format!("{} ({}) would refuse it", policy.id, policy.level),
                Some(policy.span),
            ));
        }
        for (at, way) in found.to_allow.iter().enumerate() {
            let people = if way.lets_in == 1 { "1 person".to_owned() } else { format!("{} people", way.lets_in) };
            let later = if way.and_later { ", and everybody who comes later" } else { "" };
            let text = format!("{}. {}; lets in {people}{later}", at + 1, way.text);
            lines.push(line(if at == 0 { "to allow" } else { "" }, &text));
        }
        let forbidden: Vec<Value> = found
            .forbidden
            .iter()
            .map(|forbids| {
                let facts: Vec<Value> = forbids
                    .facts
                    .iter()
                    .map(|fact| {
                        let place = fact.span.map(|span| findings::place(self.sources, span));
                        json!({"path": fact.path, "value": fact.value, "place": place})
                    })
                    .collect();
                let by = self.policies(std::slice::from_ref(&forbids.policy));
                json!({"by": by, "facts": facts})
            })
            .collect();
        let principals = match found.can {
            true => vec![json!({"handle": who, "because": self.edges(&found.granted), "until": null})],
            false => Vec::new(),
        };
        let ways: Vec<Value> =
            found.to_allow.iter().map(|way| json!({"text": way.text, "lets_in": way.lets_in})).collect();
        let json = json!({
            "question": format!("why {who} {action} {}", self.model.path(found.resource)),
            "as_of": found.as_of.to_string(),
            "answer": word,
            "principals": principals,
            "granted": self.edges(&found.granted),
            "refused": forbidden,
            "open_doors": [],
            "to_allow": ways,
        });
        Answer { text: lines.join("\n"), json, number: usize::from(found.can), depends: false }
    }
}
