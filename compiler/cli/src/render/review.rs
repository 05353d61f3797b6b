//! A review for a terminal, and as the comment on a change: the verdict first, short rows, the rest folded.

use nbc_source::markdown::{code, escape};

use super::difference::{self, Parts};
use super::{count, human, thousands};
use crate::views::difference::Page;
use crate::views::review::{NeedRow, ReviewPage};

/// Forges cut a comment after 65,536 characters.
const LONGEST: usize = 60_000;
/// Parts of a change that one row names.
const ABOUT: usize = 8;
/// By this a job finds the comment that it wrote before.
const MARK: &str = "<!-- nbc review -->";

/// What was asked, to ask it again: `nbc review 4f2c1d9..8a31b70 --author anasilva --as-of 2026-11-20`.
pub(crate) struct Asked<'a> {
    pub(crate) command: String,
    pub(crate) page: &'a ReviewPage,
}

impl Asked<'_> {
    /// For a terminal.
    pub(crate) fn lines(&self) -> Vec<String> {
        let page = self.page;
        let rest = if page.headline.is_empty() { page.change.clone() } else { page.headline.clone() };
        let mut lines = vec![human::line(page.verdict, &rest)];
        for need in page.needs.iter() {
            let word = if need.is_met { "approved" } else { "needs" };
            let who = if need.is_met { need.given.join(", ") } else { need.ask.join(" or ") };
            lines.push(human::line(word, format!("{who} ({})", need.role).trim_start()));
            for about in need.about.iter().take(ABOUT) {
                let text = format!("  {}", about.what);
                lines.push(format!("{text:<72} {}", about.place.as_deref().unwrap_or_default()).trim_end().to_owned());
            }
            lines.extend((!need.way_out.is_empty()).then(|| format!("  = {}", need.way_out)));
        }
        lines.extend(difference::lines(&page.difference, Parts(&[])));
        lines.extend(ignored(page).map(|text| human::line("ignored", &text)));
        lines.push(human::line("not", &page.not_judged.join(" · ")));
        lines
    }

    /// The comment. What users wrote is data in it; where it grows too long, folded parts go first, the verdict never.
    pub(crate) fn comment(&self) -> String {
        let parts = [self.head(), self.foot()];
        let mut left = LONGEST - parts.iter().map(|part| part.chars().count()).sum::<usize>().min(LONGEST) - 200;
        let mut middle = String::new();
        let mut left_out = 0;
        for part in self.middle() {
            let size = part.chars().count() + 2;
            if part.is_empty() {
                continue;
            }
            match left.checked_sub(size) {
                Some(rest) => {
                    left = rest;
                    middle += &format!("{part}\n\n");
                }
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            middle += &format!("{} did not fit; `--format json` has all.\n\n", count(left_out, "part"));
        }
        format!("{}{middle}{}", parts[0], parts[1])
    }

    fn head(&self) -> String {
        let page = self.page;
        let headline = escape(&page.headline);
        let change = escape(&super::table::shortened(&page.change, 200));
        let first = match page.verdict {
            "refused" | "fails" => format!("**nbc: {}.** {headline}", page.verdict),
            "waits" => {
                let (who, role) = headline.split_once(" \\(").unwrap_or((&headline, ""));
                let role = if role.is_empty() { String::new() } else { format!(" \\({role}") };
                format!("**nbc: waits for {who}**{role} · {change}")
            }
            word => format!("**nbc: {word}** · {change}"),
        };
        format!("{MARK}\n{}\n\n", super::table::shortened(&first, 2_000))
    }

    /// In the order in which people need it.
    fn middle(&self) -> Vec<String> {
        let page = self.page;
        let mut parts = vec![needs(page)];
        for stage in &page.difference.stages {
            parts.extend(stage.stage.as_ref().map(|name| format!("### {}", escape(name))));
            parts.push(difference::access_table(stage));
            parts.extend(stage.money.as_ref().map(difference::money_table));
        }
        parts.push(affected(&page.difference));
        parts.extend(page.difference.output.as_ref().map(|output| difference::output_sentence(output)));
        parts.push(standing(page));
        parts.extend(page.difference.stages.iter().map(|stage| difference::folded("value", &stage.configuration)));
        parts.push(difference::folded("rule or setting", &page.difference.statements));
        parts
    }

    fn foot(&self) -> String {
        let mut not: Vec<String> = self.page.difference.not_compared.clone();
        not.extend(
            self.page.not_judged.iter().filter(|what| !self.page.difference.not_compared.contains(what)).cloned(),
        );
        let number = not.len();
        let not: Vec<String> = not.iter().take(20).map(|what| escape(&super::table::shortened(what, 300))).collect();
        format!(
            "<details><summary>Not judged ({number}) · how to reproduce</summary>\n\n{}.\n\n{} · nbc {}\n\n</details>\n",
            not.join("; "),
            code(&self.command),
            env!("CARGO_PKG_VERSION")
        )
    }
}

fn needs(page: &ReviewPage) -> String {
    if page.needs.is_empty() {
        return "Nobody has to approve this.".to_owned();
    }
    let mut rows = vec!["| | who decides | about |".to_owned(), "|---|---|---|".to_owned()];
    for need in page.needs.iter().take(40) {
        let mark = if need.is_met { "approved" } else { "**needed**" };
        let who = if need.is_met { need.given.join(", ") } else { need.ask.join(" or ") };
        let who = [escape(&who), escape(&need.role)].into_iter().filter(|text| !text.is_empty());
        rows.push(format!("| {mark} | {} | {} |", who.collect::<Vec<_>>().join("<br>"), about(need)));
    }
    if page.needs.len() > 40 {
        rows.push(format!("| | | … and {} |", count(page.needs.len() - 40, "more row")));
    }
    let ways: Vec<String> = page.needs.iter().filter(|need| !need.is_met).map(|need| need.way_out.clone()).collect();
    let mut ways = ways;
    ways.dedup();
    let ways = ways.iter().take(5).map(|way| format!("\n- To do: {}", escape(way)));
    format!("{}\n{}", rows.join("\n"), ways.collect::<String>())
}

fn about(need: &NeedRow) -> String {
    let shown = need.about.iter().take(ABOUT).map(|about| {
        let place = about.place.as_ref().map_or_else(String::new, |place| format!(", {}", code(place)));
        format!("{}{place}", escape(&super::table::shortened(&about.what, 300)))
    });
    let mut lines: Vec<String> = shown.collect();
    if let Some(more) = need.about.len().checked_sub(ABOUT).filter(|more| *more > 0) {
        lines.push(format!("… and {more} more"));
    }
    lines.join("<br>")
}

fn affected(page: &Page) -> String {
    let mut people: Vec<&str> = page.stages.iter().flat_map(difference::affected).collect();
    people.sort_unstable();
    people.dedup();
    format!("{} affected; {} decisions compared.", difference::people(people.len()), thousands(page.compared))
}

fn standing(page: &ReviewPage) -> String {
    let rules = match page.errors {
        0 => "all hold".to_owned(),
        errors => format!("**{}**", count(errors, "error")),
    };
    let [passed, all] = page.tests;
    let author = match (&page.author.handle, page.author.gains) {
        (None, _) => format!("{} is nobody of the base.", escape(&page.author.login)),
        (Some(handle), 0) => format!("{} gains nothing from this.", escape(handle)),
        (Some(handle), 1) => format!("{} **gains 1 thing**.", escape(handle)),
        (Some(handle), number) => format!("{} **gains {number} things**.", escape(handle)),
    };
    let mut text =
        format!("**Rules:** {rules}, {} waived. **Tests:** {passed} of {all}. **Author:** {author}", page.waived);
    text.extend(ignored(page).map(|text| format!("\n\nDoes not count: {}.", escape(&text))));
    text
}

/// Approvals that do not count, and why.
fn ignored(page: &ReviewPage) -> Option<String> {
    let without = page.approvals.iter().filter(|approval| !approval.counts);
    let each: Vec<String> = without.map(|approval| format!("{} ({})", approval.login, approval.because)).collect();
    (!each.is_empty()).then(|| each.join(", "))
}
