//! What a pod must be to start in a group's namespace: made of a profile that the group has, no larger than it, and of
//! one of its images. The hub asks for nothing else; whoever gets at the hub's account is stopped here.
//!
//! A refusal is read by people, so it says the bound and whom to ask.

use k8s_openapi::api::admissionregistration::v1::{
    MatchCondition, MatchResources, NamedRuleWithOperations, ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicySpec, Validation,
    Variable,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use nbc_model::value::OriginId;
use nbc_platform::kinds::{Choice, Profile};

use super::object::{self, document};
use super::places::{Holder, Place};
use super::quantity;
use crate::site::{Site, contact_from, origin};
use crate::writer::{Document, Origins};

pub(crate) fn documents(site: &Site<'_, '_>, place: &Place<'_, '_>) -> Vec<Document> {
    let profiles: Vec<&Profile<'_>> =
        place.profiles.iter().filter_map(|profile| site.platform.declared().find(*profile)).collect();
    if profiles.is_empty() {
        return Vec::new();
    }
    let group = match place.holder {
        Holder::Group(group) => Some(group),
        Holder::Hub | Holder::User(_) => None,
    };
    let ask = site.contact(group).map_or_else(String::new, |contact| format!("; ask {contact}"));
    let known = profiles.iter().map(|profile| profile.slug.origin).chain(contact_from(site, group)).collect();
    let mut origins: Origins = vec![("/spec/validations/0".to_owned(), known)];
    let mut validations = vec![known_profile(place, &profiles, &ask)];
    for profile in &profiles {
        for (validation, from) in bounds(site, profile, &ask) {
            let at = format!("/spec/validations/{}", validations.len());
            let told = from.iter().copied().chain(contact_from(site, group)).collect();
            origins.push((format!("{at}/message"), told));
            origins.push((at, from));
            validations.push(validation);
        }
    }
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let name = format!("nbc-profiles-{}", place.namespace);
    let metadata = || object::meta(&name, None, object::labels(part_of, &[]));
    let mut policy = document(&ValidatingAdmissionPolicy {
        metadata: metadata(),
        spec: Some(ValidatingAdmissionPolicySpec {
            failure_policy: Some("Fail".to_owned()),
            match_constraints: Some(pods_that_start()),
            match_conditions: Some(vec![servers_only()]),
            variables: Some(vec![variable(
                "profile",
                format!("'{0}' in object.metadata.labels ? object.metadata.labels['{0}'] : ''", object::PROFILE),
            )]),
            validations: Some(validations),
            ..ValidatingAdmissionPolicySpec::default()
        }),
        status: None,
    });
    policy.origins = origins;
    let namespace = [("kubernetes.io/metadata.name".to_owned(), place.namespace.clone())];
    let binding = ValidatingAdmissionPolicyBinding {
        metadata: metadata(),
        spec: ValidatingAdmissionPolicyBindingSpec {
            policy_name: name.clone(),
            validation_actions: vec!["Deny".to_owned()],
            match_resources: Some(MatchResources {
                namespace_selector: Some(LabelSelector {
                    match_labels: Some(namespace.into_iter().collect()),
                    ..LabelSelector::default()
                }),
                // What the server adds by itself, written so that a live diff stays quiet.
                match_policy: Some("Equivalent".to_owned()),
                object_selector: Some(LabelSelector::default()),
                ..MatchResources::default()
            }),
            ..ValidatingAdmissionPolicyBindingSpec::default()
        },
    };
    vec![policy, document(&binding)]
}

fn pods_that_start() -> MatchResources {
    let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    MatchResources {
        resource_rules: Some(vec![NamedRuleWithOperations {
            api_groups: texts(&[""]),
            api_versions: texts(&["v1"]),
            operations: texts(&["CREATE"]),
            resources: texts(&["pods"]),
            scope: Some("*".to_owned()),
            ..NamedRuleWithOperations::default()
        }]),
        match_policy: Some("Equivalent".to_owned()),
        namespace_selector: Some(LabelSelector::default()),
        object_selector: Some(LabelSelector::default()),
        ..MatchResources::default()
    }
}

/// Servers of people carry this label of KubeSpawner; jobs and workers are bounded by the quota.
fn servers_only() -> MatchCondition {
    let expression = "has(object.metadata.labels) && 'component' in object.metadata.labels && \
                      object.metadata.labels['component'] == 'singleuser-server'";
    MatchCondition { name: "servers".to_owned(), expression: expression.to_owned() }
}

fn known_profile(place: &Place<'_, '_>, profiles: &[&Profile<'_>], ask: &str) -> Validation {
    let slugs: Vec<String> = profiles.iter().map(|profile| text(profile.slug.value)).collect();
    let names: Vec<&str> = profiles.iter().map(|profile| profile.slug.value).collect();
    let whose = match place.holder {
        Holder::Group(group) => format!("group {}", group.handle),
        Holder::User(user) => format!("user {}", user.handle),
        Holder::Hub => "this platform".to_owned(),
    };
    let message = format!("{whose} may start servers of these profiles only: {}{ask}", names.join(", "));
    validation(format!("variables.profile in [{}]", slugs.join(", ")), message)
}

/// The bounds of one profile, its choices included.
fn bounds(site: &Site<'_, '_>, profile: &Profile<'_>, ask: &str) -> Vec<(Validation, Vec<OriginId>)> {
    let slug = profile.slug.value;
    let choices: Vec<&Choice<'_>> =
        profile.options.value.iter().flat_map(|option| &option.value.choices.value).map(|entry| &entry.value).collect();
    let cpu = choices.iter().filter_map(|choice| choice.cpu).map(|cpu| cpu.value).chain([profile.cpu.value]).max();
    let memories = choices.iter().filter_map(|choice| choice.memory).map(|memory| memory.value);
    let memory = memories.chain([profile.memory.value]).max();
    let mut rows = Vec::new();
    if let Some(cpu) = cpu {
        let most = quantity::cpu(cpu).0;
        let expression = at_most(slug, "cpu", &most);
        let message = format!("profile {slug} has at most {most} CPU{ask}");
        let from = of_all(profile.cpu.origin, choices.iter().filter_map(|choice| origin(&choice.cpu)));
        rows.push((validation(expression, message), from));
    }
    if let Some(memory) = memory {
        let most = quantity::bytes(memory).0;
        let expression = at_most(slug, "memory", &most);
        let message = format!("profile {slug} has at most {most} of memory{ask}");
        let from = of_all(profile.memory.origin, choices.iter().filter_map(|choice| origin(&choice.memory)));
        rows.push((validation(expression, message), from));
    }
    for resource in site.platform.declared().node_pools.iter().filter(|pool| !pool.gpu.value.is_empty()) {
        let name = resource.gpu_resource.value;
        let of = |gpus: &[(&str, i64)]| site.gpu_amounts(gpus).get(name).copied().unwrap_or(0);
        let listed = |entries: &[nbc_platform::values::Entry<&'_ str, i64>]| -> i64 {
            of(&entries.iter().map(|entry| (entry.key, entry.value)).collect::<Vec<_>>())
        };
        let most = choices.iter().map(|choice| listed(&choice.gpu.value)).chain([listed(&profile.gpu.value)]).max();
        let most = most.unwrap_or(0);
        let message = match most {
            0 => format!("profile {slug} has no {name}{ask}"),
            most => format!("profile {slug} has at most {most} {name}{ask}"),
        };
        let from = of_all(profile.gpu.origin, choices.iter().map(|choice| choice.gpu.origin));
        let row = (validation(at_most_if_any(slug, name, most), message), from);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows.extend(images(profile, &choices, ask));
    rows
}

/// Which images the server's container may run, where the profile says any.
fn images(profile: &Profile<'_>, choices: &[&Choice<'_>], ask: &str) -> Option<(Validation, Vec<OriginId>)> {
    let own = profile.image?;
    let mut images: Vec<&str> = choices.iter().filter_map(|choice| choice.image).map(|image| image.value).collect();
    images.push(own.value);
    images.sort_unstable();
    images.dedup();
    let slug = profile.slug.value;
    let listed = images.iter().map(|image| text(image)).collect::<Vec<_>>().join(", ");
    let mut allowed = format!("c.image in [{listed}]");
    for free in profile.options.value.iter().filter_map(|option| option.value.free.as_ref()) {
        allowed.push_str(&format!(" || c.image.matches({})", text(&format!("^(?:{})$", free.value.matching.value))));
    }
    let expression = format!(
        "variables.profile != {} || object.spec.containers.all(c, c.name != 'notebook' || {allowed})",
        text(slug)
    );
    let message = format!("profile {slug} runs only the images it lists{ask}");
    let from = of_all(own.origin, choices.iter().filter_map(|choice| origin(&choice.image)));
    Some((validation(expression, message), from))
}

/// A profile's own field, and the same field of its choices.
fn of_all(own: OriginId, choices: impl Iterator<Item = OriginId>) -> Vec<OriginId> {
    [own].into_iter().chain(choices).collect()
}

/// No container of the pod goes beyond `most`, and each says its limit.
fn at_most(slug: &str, resource: &str, most: &str) -> String {
    format!(
        "variables.profile != {slug} || object.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && \
         '{resource}' in c.resources.limits && \
         quantity(string(c.resources.limits['{resource}'])).compareTo(quantity('{most}')) <= 0)",
        slug = text(slug)
    )
}

fn at_most_if_any(slug: &str, resource: &str, most: i64) -> String {
    format!(
        "variables.profile != {slug} || object.spec.containers.all(c, !has(c.resources) || !has(c.resources.limits) || \
         !('{resource}' in c.resources.limits) || \
         quantity(string(c.resources.limits['{resource}'])).compareTo(quantity('{most}')) <= 0)",
        slug = text(slug)
    )
}

fn validation(expression: String, message: String) -> Validation {
    Validation { expression, message: Some(message), reason: Some("Forbidden".to_owned()), ..Validation::default() }
}

fn variable(name: &str, expression: String) -> Variable {
    Variable { name: name.to_owned(), expression }
}

/// Text as CEL writes it. What people type is data: quotes and backslashes cannot end the literal.
fn text(value: &str) -> String {
    let mut quoted = String::from("'");
    for character in value.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            other if other.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_literal() {
        assert_eq!(text("a'b\\c\nd"), r"'a\'b\\c\nd'");
    }

    #[test]
    fn a_bound_names_the_profile_and_the_amount() {
        insta::assert_snapshot!(at_most("small", "cpu", "2"), @"variables.profile != 'small' || object.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'cpu' in c.resources.limits && quantity(string(c.resources.limits['cpu'])).compareTo(quantity('2')) <= 0)");
    }
}
