//! Differences as findings: what would happen on the server, the emitted line that makes it so, and the declaration
//! behind that line.

use std::collections::BTreeMap;

use nbc_backends::{Artifact, Sourced, coverage};
use nbc_platform::Platform;
use nbc_platform::codes::STORAGE_OUT_OF_REACH;
use nbc_platform::kinds::AcceptedGap;
use nbc_source::{Diagnostic, Span};

use crate::codes::{MISREAD_OUTPUT, NARROWER_THAN_DECIDED, UNUSED_ACCEPTANCE, WIDER_BY_NATURE, WIDER_THAN_DECIDED};
use crate::compare::{Difference, Kind};
use crate::decided::Decided;
use crate::grant::{Permission, Place};
use crate::validate::{Gap, Validated};

/// Things that are told one by one; one slip often makes hundreds.
const MOST: usize = 5;

pub(crate) fn write(
    platform: &Platform<'_>,
    decided: &Decided<'_, '_>,
    artifacts: &[Artifact],
    validated: &mut Validated,
) {
    let reporter = Reporter { platform, decided, artifacts };
    for problem in &validated.problems {
        let mut found = reporter.at(&MISREAD_OUTPUT, &problem.place, None, reporter.problem(problem));
        found = found.help("nothing is written: what was decided would not be what is granted");
        validated.findings.push(found);
    }
    let mut told: BTreeMap<(&str, Option<Permission>, Kind), Vec<&Difference>> = BTreeMap::new();
    for difference in validated.differences.iter().filter(|difference| !reporter.is_told(difference)) {
        told.entry((difference.target, difference.permission, difference.kind)).or_default().push(difference);
    }
    for ((target, permission, kind), rows) in told {
        match (kind, permission) {
            (Kind::ByNature, Some(permission)) => {
                let accepted = reporter.accepted(target, permission);
                let gap = Gap { target, permission, is_accepted: accepted.is_some() };
                validated.accepted.extend(accepted);
                if !gap.is_accepted {
                    validated.findings.push(reporter.by_nature(target, permission, &rows));
                }
                validated.gaps.push(gap);
            }
            _ => {
                let more = rows.len().saturating_sub(MOST);
                for (at, row) in rows.iter().take(MOST).enumerate() {
                    let mut found = reporter.difference(row);
                    if more > 0 && at + 1 == MOST {
                        found = found.help(format!("the same of {more} more"));
                    }
                    validated.findings.push(found);
                }
            }
        }
    }
    validated.unneeded = reporter.unneeded(&validated.targets, &validated.accepted);
    validated.findings.settle();
}

struct Reporter<'r, 'm> {
    platform: &'r Platform<'m>,
    decided: &'r Decided<'r, 'm>,
    artifacts: &'r [Artifact],
}

impl Reporter<'_, '_> {
    /// Whether a check said it already: that a storage lies elsewhere can be told without files.
    fn is_told(&self, difference: &Difference) -> bool {
        let span = difference.entity.map(|entity| self.platform.model().entities[entity].span);
        let waived = self.platform.waived().iter().map(|waived| &waived.diagnostic);
        let mut told = self.platform.findings().iter().chain(waived);
        difference.kind == Kind::Elsewhere
            && told.any(|found| *found.code == STORAGE_OUT_OF_REACH && found.span == span)
    }

    fn problem(&self, problem: &crate::grant::Problem) -> String {
        format!("`{}` would not be read as it is meant: {}", problem.place.path, problem.message)
    }

    fn difference(&self, row: &Difference) -> Diagnostic {
        let (code, label, help) = match row.kind {
            Kind::Narrower => (&NARROWER_THAN_DECIDED, "was decided here", "they would be refused"),
            Kind::Elsewhere => (
                &NARROWER_THAN_DECIDED,
                "lies in another namespace than their servers",
                "a volume is mounted in its own namespace only: put it on a file server (`at: nfs { … }`), or let a group that may read it pay",
            ),
            Kind::Wider | Kind::ByNature => (
                &WIDER_THAN_DECIDED,
                "became this grant",
                "nothing is written: a target must not grant more than was decided",
            ),
        };
        let who = who(row);
        let message = match (row.permission, row.kind, row.thing.as_str()) {
            (None, Kind::Narrower, "") => format!("{who} could not sign in, and should"),
            (None, _, "") => format!("{who} could sign in, and should not"),
            (None, Kind::Narrower, group) => format!("the sign-in would not put {who} into {group}"),
            (None, _, group) => format!("the sign-in would put {who} into {group}, where they do not belong"),
            (Some(permission), Kind::Narrower | Kind::Elsewhere, thing) => {
                format!("{} would not let {who} do what was decided: `{permission}` on `{thing}`", row.target)
            }
            (Some(permission), _, thing) => {
                format!("{} would let {who} do what was not decided: `{permission}` on `{thing}`", row.target)
            }
        };
        let span = row.entity.map(|entity| self.platform.model().entities[entity].span);
        let found = self.at(code, &row.place, span, message);
        let found = if found.span.is_some() { found.label(label) } else { found };
        found.help(help)
    }

    /// A target that is wider by nature, once for all that it is wider about.
    fn by_nature(&self, target: &'static str, permission: Permission, rows: &[&Difference]) -> Diagnostic {
        let row = coverage::of(target).find(|row| (row.kind, row.action) == (permission.kind, permission.action));
        let things: Vec<String> = rows.iter().take(3).map(|row| format!("`{}`", row.thing)).collect();
        let more = rows.len().saturating_sub(things.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let who = rows.first().map(|row| who(row)).unwrap_or_default();
        let message =
            format!("{target} lets {who} do more than was decided: `{permission}` on {}{more}", things.join(", "));
        let place = rows.first().map(|row| row.place.clone()).unwrap_or_default();
        let span = self.platform.draft().platform().map(|platform| platform.span);
        let found = self.at(&WIDER_BY_NATURE, &place, span, message);
        let found = row.map_or(found.clone(), |row| found.help(format!("because {} ({})", row.why, row.source)));
        found.help(format!(
            "if that is acceptable, say so once: `accepts: [{{ target: {target}, permission: {permission}, because: \"…\" }}]`"
        ))
    }

    /// What the platform accepts, each with its place.
    fn accepts(&self) -> impl Iterator<Item = (&AcceptedGap<'_>, Span)> {
        let draft = self.platform.draft();
        let accepts = draft.platform().map(|platform| platform.accepts.value.as_slice());
        accepts.unwrap_or_default().iter().map(move |item| (&item.value, draft.span(item.origin)))
    }

    /// Where the platform accepts it.
    fn accepted(&self, target: &str, permission: Permission) -> Option<Span> {
        let action = self.decided.action(permission);
        let is_it = |gap: &AcceptedGap<'_>| gap.target.value.text() == target && Some(gap.permission.value) == action;
        self.accepts().find(|(gap, _)| is_it(gap)).map(|(_, span)| span)
    }

    /// Lines of `accepts` about targets that were read, beyond those that name a gap.
    fn unneeded(&self, targets: &[&str], accepted: &[Span]) -> Vec<Diagnostic> {
        let model = self.platform.model();
        let judged =
            self.accepts().filter(|(gap, span)| targets.contains(&gap.target.value.text()) && !accepted.contains(span));
        let found = judged.map(|(gap, span)| {
            let action = &model.kinds.actions[gap.permission.value];
            let permission = format!("{}.{}", model.text(model.kinds.kinds[action.kind].name), model.text(action.name));
            let target = gap.target.value.text();
            let message =
                format!("nothing to accept: {target} grants `{permission}` to nobody beyond what was decided");
            Diagnostic::new(&UNUSED_ACCEPTANCE, span, message)
                .label("accepts what nobody has")
                .help("take this line out: if it becomes so one day, it is told again")
        });
        found.collect()
    }

    /// A finding at the declaration behind a place of an emitted file, else at `otherwise`.
    fn at(
        &self,
        code: &'static nbc_source::Code,
        place: &Place,
        otherwise: Option<Span>,
        message: String,
    ) -> Diagnostic {
        let sourced = self.sourced(place);
        let origin = sourced.and_then(|sourced| sourced.from.first());
        let span = origin.map(|origin| self.platform.draft().span(*origin)).or(otherwise);
        let found = match span {
            Some(span) => Diagnostic::new(code, span, message),
            None => Diagnostic::without_place(code, message),
        };
        if place.path.is_empty() {
            return found;
        }
        let line = sourced.filter(|sourced| sourced.line > 0).map(|sourced| format!(":{}", sourced.line));
        let pointer = if place.pointer.is_empty() { String::new() } else { format!(" at `{}`", place.pointer) };
        found.help(format!("it would stand in {}{}{pointer}", place.path, line.unwrap_or_default()))
    }

    /// The nearest known origin at or above a place, by the side-car map.
    fn sourced(&self, place: &Place) -> Option<&Sourced> {
        let artifact = self.artifacts.iter().find(|artifact| artifact.path == place.path)?;
        let encloses = |sourced: &&Sourced| {
            let rest = place.pointer.strip_prefix(sourced.pointer.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        artifact.origins.iter().filter(encloses).max_by_key(|sourced| sourced.pointer.len())
    }
}

/// `ana, bob and 3 more`
fn who(row: &Difference) -> String {
    let more = row.count.saturating_sub(row.who.len());
    match (more, row.who.as_slice()) {
        (0, [one]) => one.clone(),
        (0, [first @ .., last]) => format!("{} and {last}", first.join(", ")),
        (_, some) => format!("{} and {more} more", some.join(", ")),
    }
}
