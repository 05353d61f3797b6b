//! A proof, or who would gain, for a terminal and for a comment.

use nbc_source::markdown::{code, escape};

use super::{count, human, thousands};
use crate::views::proof::{Because, GainRow, ProofPage, Verdict};

/// Counterexamples of one list; a proof fails with the first.
const SHOWN: usize = 20;

/// The word that stands first.
pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "proved",
        Verdict::NewAccess => "gain",
        Verdict::NotProved => "open",
    }
}

/// What the verdict means, after the range.
pub(crate) fn sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "nobody gains anything, whoever they are",
        Verdict::NewAccess => "somebody gains what they did not have",
        Verdict::NotProved => "not proved, so take it as new access",
    }
}

/// The lines for a terminal, without the first.
pub(crate) fn lines(page: &ProofPage) -> Vec<String> {
    let mut lines = Vec::new();
    for gain in page.gains.iter().take(SHOWN) {
        lines.push(human::line("who", &who(gain)));
        lines.extend(gain.what.iter().map(|what| human::line("", &format!("may {what}"))));
        lines.extend(reasons(gain).map(|(side, because)| human::line("", &format!("{side}: {}", told(because)))));
    }
    if let Some(more) = beyond(page.gains.len()) {
        lines.push(human::line("", &format!("and {}; `--format json` lists all", count(more, "more gain"))));
    }
    lines.extend(page.not_proved.iter().map(|what| human::line("open", what)));
    for (at, line) in page.changed.iter().take(SHOWN).enumerate() {
        let word = if at == 0 { "changed" } else { "" };
        lines.push(human::line(word, format!("{} {}  {}", line.path, line.change, line.place).trim_end()));
    }
    if let Some(more) = beyond(page.changed.len()) {
        lines.push(human::line("", &format!("and {more} more")));
    }
    let [people, anybody] = covered(page);
    lines.extend([human::line("covered", &people), human::line("", &anybody)]);
    lines
}

/// How many of a list are not shown.
fn beyond(length: usize) -> Option<usize> {
    length.checked_sub(SHOWN).filter(|more| *more > 0)
}

/// `prod: somebody in students, from 2027-03-01 on`
fn who(gain: &GainRow) -> String {
    let stage = gain.stage.as_ref().map_or_else(String::new, |stage| format!("{stage}: "));
    let from = gain.from.as_ref().map_or_else(String::new, |from| format!(", from {from} on"));
    format!("{stage}{}{from}", gain.who)
}

fn covered(page: &ProofPage) -> [String; 2] {
    let covered = &page.covered;
    let people = format!("declared people: {} decisions compared", thousands(covered.decisions));
    let later = match covered.later_days {
        0 => String::new(),
        days => format!(", on {} too", count(days, "later day")),
    };
    let anybody = format!(
        "anybody else, on {} and any to come: {} with equal policies, {} compared{later}",
        count(covered.things, "thing"),
        count(covered.actions_equal, "action"),
        covered.actions_compared,
    );
    [people, anybody]
}

fn reasons(gain: &GainRow) -> impl Iterator<Item = (&'static str, &Because)> {
    gain.head.iter().map(|because| ("head", because)).chain(gain.base.iter().map(|because| ("base", because)))
}

fn told(because: &Because) -> String {
    match &because.place {
        Some(place) => format!("{}, {place}", because.why),
        None => because.why.clone(),
    }
}

/// A comment for a forge, without the first line.
pub(crate) fn markdown(page: &ProofPage) -> String {
    let mut out = String::new();
    if !page.gains.is_empty() {
        out += "\n| who | may | because | before |\n|---|---|---|---|\n";
        for gain in page.gains.iter().take(SHOWN) {
            let cell = |all: &[Because]| {
                let one = |because: &Because| match &because.place {
                    Some(place) => format!("{}, {}", escape(&because.why), code(place)),
                    None => escape(&because.why),
                };
                all.iter().map(one).collect::<Vec<_>>().join("<br>")
            };
            let what: Vec<String> = gain.what.iter().map(|what| escape(what)).collect();
            out += &format!(
                "| {} | {} | {} | {} |\n",
                escape(&who(gain)),
                what.join("<br>"),
                cell(&gain.head),
                cell(&gain.base)
            );
        }
    }
    if let Some(more) = beyond(page.gains.len()) {
        out += &format!("\nAnd {}.\n", count(more, "more gain"));
    }
    for what in &page.not_proved {
        out += &format!("\n- not proved: {}", escape(what));
    }
    if !page.not_proved.is_empty() {
        out.push('\n');
    }
    out += &format!("\nCovered: {}.\n", covered(page).map(|line| escape(&line)).join("; "));
    out
}
