//! What is wrong with declared grants: forbidden to everyone they name, narrowed where a target cannot write a list,
//! refused by a policy that does not bind, excused by a waiver; and policies that failed.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::expression::RuleLevel;
use nbc_model::value::OriginId;
use nbc_model::world::EntityId;
use nbc_platform::Finding;
use nbc_platform::decisions::{CohortAnswer, Reason};
use nbc_platform::finding::Broken;
use nbc_source::{About, Diagnostic, Surplus};

use crate::access::{Access, Force, Verdict};
use crate::codes;
use crate::facts::facts;
use crate::holders::Holder;
use crate::load::Policies;
use crate::shape::ActionShape;

/// Collected while one action is decided.
#[derive(Debug, Default)]
pub(super) struct Found {
    grants: BTreeMap<GrantKey, Grant>,
    failed: BTreeMap<String, String>,
}

/// One declared grant that some policy has something against.
#[derive(Debug)]
struct Grant {
    holder: EntityId,
    resource: EntityId,
    action: String,
    members: usize,
    /// By policy: how many it refuses, and the first of them.
    refused: BTreeMap<usize, (usize, EntityId)>,
    refused_people: usize,
    reported: BTreeMap<usize, (usize, EntityId)>,
    waived: BTreeSet<(usize, EntityId)>,
    cohort: Option<(CohortAnswer, Vec<usize>)>,
}

impl Found {
    /// A declared grant with the people whose answer is not simply yes.
    pub(super) fn entry(
        &mut self,
        action: &ActionShape,
        resource: EntityId,
        holder: &Holder,
        members: usize,
        notable: &[(EntityId, &Verdict)],
    ) {
        let Reason::Grant { origin, .. } = holder.reason else { return };
        if !holder.declared || notable.is_empty() {
            return;
        }
        let grant = self.grant(action, resource, holder, origin);
        grant.members = members;
        for (person, verdict) in notable {
            for policy in &verdict.refused_by {
                grant.refused.entry(*policy).or_insert((0, *person)).0 += 1;
            }
            grant.refused_people += usize::from(!verdict.allowed && !verdict.refused_by.is_empty());
            for policy in &verdict.reported {
                grant.reported.entry(*policy).or_insert((0, *person)).0 += 1;
            }
            grant.waived.extend(verdict.waived.iter().map(|waiver| (waiver.policy, waiver.on)));
        }
    }

    /// The answer for people of an open group that a grant names.
    pub(super) fn cohort(
        &mut self,
        action: &ActionShape,
        resource: EntityId,
        holder: &Holder,
        answer: &CohortAnswer,
        refused_by: &[usize],
    ) {
        let Reason::Grant { origin, .. } = holder.reason else { return };
        if *answer != CohortAnswer::Yes && !refused_by.is_empty() {
            self.grant(action, resource, holder, origin).cohort = Some((answer.clone(), refused_by.to_vec()));
        }
    }

    pub(super) fn failed(&mut self, verdict: &Verdict) {
        for (policy, why) in &verdict.failed {
            self.failed.entry(policy.clone()).or_insert_with(|| why.clone());
        }
    }

    fn grant(&mut self, action: &ActionShape, resource: EntityId, holder: &Holder, origin: OriginId) -> &mut Grant {
        let name = action.id.rsplit('.').next().unwrap_or_default().to_owned();
        self.grants.entry((origin, resource, action.id.clone())).or_insert_with(|| Grant {
            holder: holder.who,
            resource,
            action: name,
            members: 0,
            refused: BTreeMap::new(),
            refused_people: 0,
            reported: BTreeMap::new(),
            waived: BTreeSet::new(),
            cohort: None,
        })
    }
}

/// What is to be said of one action.
#[derive(Debug)]
pub(super) struct Said {
    /// In the order of the grants.
    grants: Vec<(GrantKey, Finding)>,
    failed: BTreeMap<String, String>,
}

/// The place of the grant, the resource and the action.
type GrantKey = (OriginId, EntityId, String);

/// Puts into words what was collected.
pub(super) fn said(access: &Access<'_>, found: Found) -> Said {
    let mut grants = Vec::new();
    for (key, grant) in &found.grants {
        let writer = Writer { access, grant, origin: key.0 };
        let mut findings = Vec::new();
        writer.forbidden(&mut findings);
        writer.narrowed_open(&mut findings);
        writer.reported(&mut findings);
        writer.waived(&mut findings);
        grants.extend(findings.into_iter().map(|finding| (key.clone(), finding)));
    }
    Said { grants, failed: found.failed }
}

/// The findings of all actions, sorted by place.
pub(super) fn settle<'s>(policies: &Policies, said: impl Iterator<Item = &'s Said>) -> Vec<Finding> {
    let (mut grants, mut failed): (Vec<&(GrantKey, Finding)>, BTreeMap<&str, &str>) = Default::default();
    for said in said {
        grants.extend(&said.grants);
        for (policy, why) in &said.failed {
            failed.entry(policy).or_insert(why);
        }
    }
    grants.sort_by(|a, b| a.0.cmp(&b.0));
    let mut findings: Vec<Finding> = grants.into_iter().map(|(_, finding)| finding.clone()).collect();
    for (policy, why) in failed {
        let written = policies.written.iter().find(|written| written.id == policy);
        let message = format!("policy `{policy}` failed while it was asked: {why}");
        let diagnostic = match written {
            Some(written) => Diagnostic::new(&codes::POLICY_FAILED, written.span, message),
            None => Diagnostic::without_place(&codes::POLICY_FAILED, message),
        };
        findings.push(Finding::plain(
            diagnostic.help("what it was asked about is refused; make it compare only what is there"),
        ));
    }
    findings
        .sort_by(|a, b| (a.diagnostic.span, &a.diagnostic.message).cmp(&(b.diagnostic.span, &b.diagnostic.message)));
    findings
}

struct Writer<'w, 'm> {
    access: &'w Access<'m>,
    grant: &'w Grant,
    origin: OriginId,
}

impl Writer<'_, '_> {
    /// Policies forbid it to everyone whom it names: an error where it is written.
    fn forbidden(&self, out: &mut Vec<Finding>) {
        let grant = self.grant;
        if grant.members == 0 || grant.refused_people < grant.members {
            return;
        }
        // The policy that refuses most; of equals the first in the files.
        let Some((policy, (_, person))) =
            grant.refused.iter().max_by_key(|(at, (count, _))| (*count, std::cmp::Reverse(*at)))
        else {
            return;
        };
        let people = &self.access.people;
        let nobody = if people.is_group(grant.holder) {
            format!("nobody of {} can", people.model.handle(grant.holder))
        } else {
            format!("{} cannot", people.model.handle(grant.holder))
        };
        out.extend(self.finding(*policy, *person, &nobody, RuleLevel::Hard));
    }

    fn narrowed_open(&self, out: &mut Vec<Finding>) {
        let Some((answer, policies)) = &self.grant.cohort else { return };
        let Some(policy) = policies.first().and_then(|at| self.access.written(*at)) else { return };
        let group = self.access.people.model.handle(self.grant.holder);
        let (code, message) = match answer {
            CohortAnswer::Yes => return,
            CohortAnswer::No => (
                &codes::GRANT_FORBIDDEN,
                format!("policy `{}` forbids this grant: nobody of {group} can {}", policy.id, self.what()),
            ),
            CohortAnswer::DependsOn(attributes) => (
                &codes::GRANT_NARROWED_OPEN,
                format!(
                    "policy `{}` lets only some people of {group} {}: it depends on {}",
                    policy.id,
                    self.what(),
                    attributes.join(", ")
                ),
            ),
        };
        let diagnostic = Diagnostic::new(code, self.access.people.model.origin(self.origin).span, message);
        // What only some of them may is no grant too much.
        let diagnostic = if *answer == CohortAnswer::No { diagnostic.surplus(Surplus::Element) } else { diagnostic };
        let diagnostic = diagnostic
            .label(policy.sentence.clone())
            .related(policy.span, format!("policy {}", policy.id))
            .help(format!("{group} is open: its people come from an identity provider, so there is no list to write"))
            .help("grant it to a group whose members stand in files, or change the policy");
        out.push(self.broken(diagnostic, policy.id.clone(), policy.pack.clone(), RuleLevel::Hard, &[]));
    }

    /// A policy of a pack that is not hard would have refused somebody.
    fn reported(&self, out: &mut Vec<Finding>) {
        for (policy, (count, person)) in &self.grant.reported {
            let Some(Force::Reported(level)) = self.access.force.get(*policy) else { continue };
            let people = &self.access.people;
            let who = if people.is_group(self.grant.holder) {
                format!(
                    "{count} of {} people of {} would not",
                    self.grant.members,
                    people.model.handle(self.grant.holder)
                )
            } else {
                format!("{} could not", people.model.handle(*person))
            };
            out.extend(self.finding(*policy, *person, &who, *level));
        }
    }

    /// Said so that the waiver counts as used and reports list it.
    fn waived(&self, out: &mut Vec<Finding>) {
        for (policy, on) in &self.grant.waived {
            let Some(written) = self.access.written(*policy) else { continue };
            let handle = self.access.people.model.handle(*on);
            let message = format!("a waiver on {handle} lifts policy `{}`: {}", written.id, self.what());
            let span = self.access.people.model.origin(self.origin).span;
            let diagnostic = Diagnostic::new(&codes::GRANT_FORBIDDEN, span, message).label(written.sentence.clone());
            out.push(self.broken(diagnostic, written.id.clone(), written.pack.clone(), RuleLevel::Hard, &[*on]));
        }
    }

    fn finding(&self, policy: usize, person: EntityId, who: &str, level: RuleLevel) -> Option<Finding> {
        let written = self.access.written(policy)?;
        let forbids = if level == RuleLevel::Hard { "forbids" } else { "would forbid" };
        let message = format!("policy `{}` {forbids} this grant: {who} {}", written.id, self.what());
        let span = self.access.people.model.origin(self.origin).span;
        let mut diagnostic = Diagnostic::new(&codes::GRANT_FORBIDDEN, span, message)
            .label(written.sentence.clone())
            .surplus(Surplus::Element);
        for fact in facts(self.access, written, person, self.grant.resource) {
            diagnostic = match fact.span {
                Some(place) => diagnostic.related(place, format!("`{}` is {}", fact.path, fact.value)),
                None => diagnostic.help(fact.to_string()),
            };
        }
        diagnostic = diagnostic
            .related(written.span, format!("policy {}", written.id))
            .help("take the grant out, or make an exception with a reason and a last day:")
            .help(format!(
                "waiver {} on {} {{ until: …, because: \"…\", approved-by: … }}",
                written.id,
                self.access.people.model.path(person)
            ))
            .about(About::Rule { name: written.id.clone(), on: self.access.people.model.path(person) });
        Some(self.broken(diagnostic, written.id.clone(), written.pack.clone(), level, &[]))
    }

    fn broken(
        &self,
        diagnostic: Diagnostic,
        rule: String,
        pack: Option<String>,
        level: RuleLevel,
        more: &[EntityId],
    ) -> Finding {
        let on = [self.grant.holder, self.grant.resource].iter().chain(more).copied().collect();
        Finding::of_rule(diagnostic, Broken { rule, pack, level, on })
    }

    /// `read data-source cohort-7`
    fn what(&self) -> String {
        let people = &self.access.people;
        let kind = people.model.text(people.model.kinds.kinds[people.kind(self.grant.resource)].name);
        format!("{} {kind} {}", self.grant.action, people.model.handle(self.grant.resource))
    }
}
