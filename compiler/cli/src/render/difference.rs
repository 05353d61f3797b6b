//! What a change means, for a terminal and for the comment on a pull request.

use nbc_source::markdown::{code, escape};

use super::{count, human, thousands};
use crate::arguments::Part;
use crate::views::difference::{AccessHow, AccessRow, Line, OutputRow, Page, StagePage};
use crate::views::money::{self, MoneyRow, MoneyTable};

/// Names in one row; a term begins for hundreds of people at once.
const NAMES: usize = 6;
/// Lines of one list in the terminal.
const LINES: usize = 60;
/// Rows of one table in a comment: forges cut a comment after 65,536 characters.
const ROWS: usize = 100;

/// Which parts were asked for; none means all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'p>(pub(crate) &'p [Part]);

impl Parts<'_> {
    pub(crate) fn has(self, part: Part) -> bool {
        self.0.is_empty() || self.0.contains(&part)
    }
}

/// The lines for a terminal, without the first.
pub(crate) fn lines(page: &Page, parts: Parts<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for stage in &page.stages {
        let name = stage.stage.as_ref().map_or_else(String::new, |stage| format!("{stage}: "));
        if parts.has(Part::Access) {
            access(stage, &name, &mut lines);
        }
        if let (true, Some(money)) = (parts.has(Part::Money), &stage.money) {
            money_lines(money, &name, &mut lines);
        }
        if parts.has(Part::Configuration) {
            list("values", &name, &stage.configuration, "no value changes", &mut lines);
        }
    }
    if parts.has(Part::Configuration) && !page.statements.is_empty() {
        list("rules", "", &page.statements, "no rule changes", &mut lines);
    }
    if let (true, Some(output)) = (parts.has(Part::Output), &page.output) {
        output_lines(output, &mut lines);
    }
    if page.compared > 0 {
        lines.push(human::line("compared", &format!("{} decisions", thousands(page.compared))));
    }
    lines.extend(page.not_compared.iter().map(|what| human::line("not", what)));
    lines
}

fn access(stage: &StagePage, name: &str, lines: &mut Vec<String>) {
    if stage.access.is_empty() {
        lines.push(human::line("access", &format!("{name}nobody gains or loses anything")));
        return;
    }
    let affected = affected(stage);
    let who = if matches!(affected.len(), 1..=3) { format!(": {}", affected.join(", ")) } else { String::new() };
    lines.push(human::line("access", &format!("{name}{} affected{who}", people(affected.len()))));
    for row in stage.access.iter().take(LINES) {
        let place = row.place.as_deref().unwrap_or_default();
        for (at, what) in row.what.iter().enumerate() {
            let (word, who) = if at == 0 { (row.how.word(), names(&row.who)) } else { ("", String::new()) };
            let text = format!("  {word:<12} {who:<18} {what}");
            let because = if at == 0 { because(row) } else { String::new() };
            lines.push(format!("{text:<72} {because}").trim_end().to_owned());
        }
        if !place.is_empty() {
            lines.push(format!("  {:<12} {place}", ""));
        }
    }
    more(stage.access.len(), LINES, lines);
}

/// People who gain, lose or are held back, each once.
pub(super) fn affected(stage: &StagePage) -> Vec<&str> {
    let is_person = |row: &&AccessRow| matches!(row.how, AccessHow::Gain | AccessHow::Lose | AccessHow::HeldBack);
    let mut people: Vec<&str> =
        stage.access.iter().filter(is_person).flat_map(|row| row.who.iter().map(String::as_str)).collect();
    people.sort_unstable();
    people.dedup();
    people
}

fn because(row: &AccessRow) -> String {
    let because = match &row.rule {
        Some((rule, _)) => format!("rule {rule}"),
        None => row.because.clone(),
    };
    because + &from(row)
}

/// `, from 2027-02-01`
fn from(row: &AccessRow) -> String {
    row.from.as_ref().map_or_else(String::new, |day| format!(", from {day}"))
}

pub(super) fn people(number: usize) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{} people", thousands(number as u64)) }
}

/// `ana, bob and 10 more`
fn names(who: &[String]) -> String {
    let shown = who.iter().take(NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match who.len().saturating_sub(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn more(all: usize, shown: usize, lines: &mut Vec<String>) {
    if let Some(rest) = all.checked_sub(shown).filter(|rest| *rest > 0) {
        lines.push(format!("  and {}; `--format json` lists all", count(rest, "more row")));
    }
}

fn money_lines(table: &MoneyTable, name: &str, lines: &mut Vec<String>) {
    if !table.is_changed {
        lines.push(human::line("money", &format!("{name}nobody pays more or less")));
        return;
    }
    let hours = table.typical_hours;
    lines.push(human::line("money", &format!("{name}per month; typical is {hours} h for each person")));
    lines.push(format!("  {:<28} {:>23} {:>27} {:>12}", "", "typical", "all day and night", "budget"));
    for row in table.rows.iter().take(LINES) {
        let [typical, ceiling, budget] = amounts(row, &table.currency);
        let text = format!("  {:<28} {typical:>23} {ceiling:>27} {budget:>12}  {}", row.who, row.remark);
        lines.push(text.trim_end().to_owned());
    }
    more(table.rows.len(), LINES, lines);
    if !table.unpriced.is_empty() {
        lines.push(human::line("not", &format!("the cost of {} (no price)", names(&table.unpriced))));
    }
}

/// Typical, ceiling and budget: one text where nothing changes, else `€1 → €2`.
fn amounts(row: &MoneyRow, currency: &str) -> [String; 3] {
    let change = |[before, after]: [String; 2]| if before == after { after } else { format!("{before} → {after}") };
    let bounds =
        |[before, after]: [Option<i128>; 2]| change([money::bound(before, currency), money::bound(after, currency)]);
    let [before, after] = row.typical;
    let budget = match row.budget {
        [None, None] => "–".to_owned(),
        both => bounds(both),
    };
    [change([money::text(before, currency), money::text(after, currency)]), bounds(row.ceiling), budget]
}

fn list(word: &str, name: &str, changes: &[Line], nothing: &str, lines: &mut Vec<String>) {
    if changes.is_empty() {
        lines.push(human::line(word, &format!("{name}{nothing}")));
        return;
    }
    lines.push(human::line(word, &format!("{name}{}", count(changes.len(), "change"))));
    for change in changes.iter().take(LINES) {
        let text = format!("  {} {}", change.path, change.change);
        lines.push(format!("{text:<72} {}", change.place).trim_end().to_owned());
    }
    more(changes.len(), LINES, lines);
}

fn output_lines(output: &[OutputRow], lines: &mut Vec<String>) {
    if output.is_empty() {
        lines.push(human::line("output", "every file stays as it is"));
        return;
    }
    lines.push(human::line("output", &format!("{} written otherwise", count(output.len(), "file"))));
    for row in output.iter().take(LINES) {
        lines.push(format!("  {:<60} {}", row.path, row.change));
    }
    more(output.len(), LINES, lines);
}

/// The same for a pull request; what users wrote is data in it.
pub(crate) fn markdown(title: &str, page: &Page, parts: Parts<'_>) -> String {
    let mut out = vec![format!("**nbc: {}**", escape(title))];
    for stage in &page.stages {
        if let Some(name) = &stage.stage {
            out.push(format!("### {}", escape(name)));
        }
        if parts.has(Part::Access) {
            out.push(access_table(stage));
        }
        if let (true, Some(money)) = (parts.has(Part::Money), &stage.money) {
            out.push(money_table(money));
        }
        if parts.has(Part::Configuration) {
            out.push(folded("value", &stage.configuration));
        }
    }
    if parts.has(Part::Configuration) {
        out.push(folded("rule or setting", &page.statements));
    }
    if let (true, Some(output)) = (parts.has(Part::Output), &page.output) {
        out.push(output_sentence(output));
    }
    let compared = (page.compared > 0).then(|| format!("{} decisions compared.", thousands(page.compared)));
    let not = page.not_compared.iter().map(|what| format!("Not compared: {}", escape(what)));
    out.extend(compared.into_iter().chain(not));
    out.retain(|part| !part.is_empty());
    out.join("\n\n") + "\n"
}

pub(super) fn access_table(stage: &StagePage) -> String {
    if stage.access.is_empty() {
        return "Nobody gains or loses anything.".to_owned();
    }
    let mut rows = vec!["|  | who | what | because |".to_owned(), "|---|---|---|---|".to_owned()];
    for row in stage.access.iter().take(ROWS) {
        let what: Vec<String> = row.what.iter().map(|what| escape(what)).collect();
        let place = row.place.as_ref().map_or_else(String::new, |place| format!(", {}", code(place)));
        let because = match &row.rule {
            Some((rule, sentence)) => format!("rule **{}**: {}", escape(rule), escape(sentence)),
            None => format!("{}{place}", escape(&row.because)),
        } + &from(row);
        let who = escape(&names(&row.who));
        rows.push(format!("| {} | {who} | {} | {because} |", row.how.word(), what.join("<br>")));
    }
    let mut text = rows.join("\n");
    if let Some(rest) = stage.access.len().checked_sub(ROWS).filter(|rest| *rest > 0) {
        text += &format!("\n\n… and {}.", count(rest, "more row"));
    }
    if !stage.access.iter().any(|row| matches!(row.how, AccessHow::Lose | AccessHow::GroupLoses)) {
        text += "\n\nNobody loses anything.";
    }
    text
}

pub(super) fn money_table(table: &MoneyTable) -> String {
    if !table.is_changed {
        return "Nobody pays more or less.".to_owned();
    }
    let mut rows = vec![
        format!("| money per month | {} h per person | all day and night | budget |", table.typical_hours),
        "|---|---:|---:|---:|".to_owned(),
    ];
    for row in table.rows.iter().take(ROWS) {
        let [typical, ceiling, budget] = amounts(row, &table.currency).map(|text| escape(&text));
        let remark = if row.remark.is_empty() { String::new() } else { format!(" · **{}**", row.remark) };
        rows.push(format!("| {} | {typical} | {ceiling} | {budget}{remark} |", escape(&row.who)));
    }
    let unpriced = match table.unpriced.as_slice() {
        [] => String::new(),
        some => format!("\n\nWithout a price, and so not counted: {}.", escape(&names(some))),
    };
    rows.join("\n") + &unpriced
}

pub(super) fn folded(what: &str, changes: &[Line]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut lines: Vec<String> = changes
        .iter()
        .take(ROWS)
        .map(|change| {
            let place = if change.place.is_empty() { String::new() } else { format!(" {}", code(&change.place)) };
            format!("- {} {}{place}", code(&change.path), escape(&change.change))
        })
        .collect();
    if let Some(rest) = changes.len().checked_sub(ROWS).filter(|rest| *rest > 0) {
        lines.push(format!("- … and {} more", thousands(rest as u64)));
    }
    let summary =
        format!("{} {what}{} changed", thousands(changes.len() as u64), if changes.len() == 1 { "" } else { "s" });
    format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>", lines.join("\n"))
}

/// `Changes when applied: keycloak 1 file · jupyterhub 1 file.`
pub(super) fn output_sentence(output: &[OutputRow]) -> String {
    if output.is_empty() {
        return "**Changes when applied:** nothing.".to_owned();
    }
    let mut targets: Vec<&str> = output.iter().map(|row| row.target.as_str()).collect();
    targets.sort_unstable();
    targets.dedup();
    let files = |target: &&str| output.iter().filter(|row| row.target == **target).count();
    let each: Vec<String> = targets.iter().map(|target| format!("{target} {}", count(files(target), "file"))).collect();
    format!("**Changes when applied:** {}.", each.join(" · "))
}
