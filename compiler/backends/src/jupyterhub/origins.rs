//! Where each part of `profiles.json` comes from.

use nbc_model::value::OriginId;
use nbc_platform::bounds;
use nbc_platform::kinds::{Choice, LauncherOption, PlatformKind, Profile, Theme};

use super::hub_roles;
use crate::lines::escape;
use crate::site::{Site, contact_from, origin};
use crate::writer::{Origins, below, entries};

pub(super) fn of_platform(site: &Site<'_, '_>, settings: &PlatformKind<'_>, out: &mut Origins) {
    let server = &settings.server.value;
    let servers = Some(settings.servers_per_user.origin);
    let fields = [
        ("", Some(site.declared(settings.id.entity))),
        ("/time_zone", Some(settings.time_zone.origin)),
        ("/isolation", Some(settings.isolation.origin)),
        ("/hub_namespace", Some(settings.hub_namespace.origin)),
        ("/charge", Some(settings.charge.origin)),
        ("/servers_per_user", servers),
        ("/config/JupyterHub/allow_named_servers", servers),
        ("/config/JupyterHub/named_server_limit_per_user", servers),
        ("/config/JupyterHub/active_server_limit", origin(&settings.running_servers)),
        ("/config/KubeSpawner/namespace", Some(settings.hub_namespace.origin)),
        ("/config/KubeSpawner/default_url", Some(server.default_url.origin)),
        ("/config/KubeSpawner/start_timeout", Some(server.start_timeout.origin)),
        ("/config/KubeSpawner/image", origin(&server.image)),
    ];
    out.extend(below("", fields));
    out.push(("/contact".to_owned(), contact_from(site, None)));
    out.extend(entries("/config/KubeSpawner/environment", &server.variables.value));
    if let Some(theme) = &settings.theme {
        out.extend(of_theme(&theme.value, "/config/JupyterHub/template_vars"));
    }
    of_sign_in(site, settings, "/config/GenericOAuthenticator", out);
    for (at, (_, role)) in hub_roles::roles(site).iter().enumerate() {
        out.push((format!("/config/JupyterHub/load_roles/{at}"), role.from.clone()));
    }
}

/// The settings by which the hub signs people in, wherever they stand.
pub(super) fn of_sign_in(site: &Site<'_, '_>, settings: &PlatformKind<'_>, at: &str, out: &mut Origins) {
    let Some(service) = super::values::hub(site) else { return };
    let keycloak = super::values::keycloak_from(site, settings);
    for key in ["authorize_url", "token_url", "userdata_url", "logout_redirect_url"] {
        out.push((format!("{at}/{key}"), keycloak.iter().copied().chain([settings.realm.origin]).collect()));
    }
    let callback = origin(&service.url).into_iter().chain(service.redirect_paths.value.first().map(|path| path.origin));
    out.push((format!("{at}/oauth_callback_url"), callback.collect()));
    let declared = Some(site.declared(service.id.entity));
    out.extend(below(at, [("", declared), ("/client_id", Some(service.client_id.origin))]));
    let actions = &site.draft().actions;
    for (action, groups, users) in [
        (actions.service_open, "allowed_groups", "allowed_users"),
        (actions.service_administer, "admin_groups", "admin_users"),
    ] {
        let holders = site.holders(action, service.id.entity);
        let named = [(groups, &holders.groups), (users, &holders.users)];
        for (list, rows) in named {
            out.extend(rows.iter().enumerate().map(|(nth, (_, from))| (format!("{at}/{list}/{nth}"), from.clone())));
        }
    }
}

pub(super) fn of_theme(theme: &Theme<'_>, at: &str) -> Vec<(String, Vec<OriginId>)> {
    let texts = super::values::theme_texts(theme).into_iter();
    let said = texts.filter_map(|(name, text)| Some((format!("{at}/{name}"), vec![text.as_ref()?.origin])));
    said.chain([(format!("{at}/display_version"), vec![theme.show_version.origin])]).collect()
}

pub(super) fn of_groups(site: &Site<'_, '_>, out: &mut Origins) {
    for group in site.groups() {
        let at = format!("/groups/{}", escape(&site.group_claim(group.id.entity)));
        let fields = [
            ("", Some(site.declared(group.id.entity))),
            ("/title", Some(group.title.origin)),
            ("/parent", origin(&group.parent)),
            ("/namespace", Some(group.namespace.origin)),
        ];
        out.extend(below(&at, fields));
        out.push((format!("{at}/contact"), contact_from(site, Some(group))));
        for quota in bounds::quotas_of(site.draft(), group) {
            let extras = bounds::extras(site.draft(), quota).filter_map(|extra| origin(&extra.servers));
            out.push((format!("{at}/servers"), origin(&quota.servers).into_iter().chain(extras).collect()));
            out.push((format!("{at}/servers_per_user"), origin(&quota.servers_per_user).into_iter().collect()));
        }
    }
}

pub(super) fn of_users(site: &Site<'_, '_>, out: &mut Origins) {
    for user in site.active_users() {
        let at = format!("/users/{}", escape(user.username.value));
        let fields = [
            ("", Some(site.declared(user.id.entity))),
            ("/primary_group", origin(&user.primary_group)),
            ("/namespace", Some(user.username.origin)),
        ];
        out.extend(below(&at, fields));
        if let Some(quota) = user.quota.and_then(|quota| site.platform.declared().get(quota.value)) {
            let servers = origin(&quota.servers_per_user).or(origin(&quota.servers));
            out.push((format!("{at}/servers_per_user"), servers.into_iter().collect()));
        }
    }
}

pub(super) fn of_profile(site: &Site<'_, '_>, profile: &Profile<'_>, at: &str, out: &mut Origins) {
    let entry = [
        ("", Some(site.declared(profile.id.entity))),
        ("/slug", Some(profile.slug.origin)),
        ("/entry/slug", Some(profile.slug.origin)),
        ("/entry/display_name", Some(profile.title.origin)),
        ("/entry/description", origin(&profile.description)),
        ("/entry/default", Some(profile.default.origin)),
        ("/volumes", origin(&profile.shared_memory)),
        ("/open", profile.open.as_ref().map(|open| open.origin)),
    ];
    out.extend(below(at, entry));
    if let Some(open) = profile.open.as_ref().map(|open| &open.value) {
        let fields = [
            ("/from", origin(&open.from)),
            ("/until", origin(&open.until)),
            ("/days", Some(open.days.origin)),
            ("/hours", origin(&open.hours)),
        ];
        out.extend(below(&format!("{at}/open"), fields));
    }
    overrides(site, profile, &format!("{at}/entry/kubespawner_override"), out);
    for option in &profile.options.value {
        let at = format!("{at}/entry/profile_options/{}", escape(option.key));
        of_option(profile, &option.value, option.origin, &at, out);
    }
    access(site, profile, at, out);
}

fn overrides(site: &Site<'_, '_>, profile: &Profile<'_>, set: &str, out: &mut Origins) {
    let pool = site.pool_of(profile);
    let resources: Vec<OriginId> = [profile.gpu.origin].into_iter().chain(origin(&profile.disk)).collect();
    let pod = [
        ("/cpu_limit", Some(profile.cpu.origin)),
        ("/cpu_guarantee", Some(profile.cpu_guarantee.origin)),
        ("/mem_limit", Some(profile.memory.origin)),
        ("/mem_guarantee", Some(profile.memory_guarantee.origin)),
        ("/image", origin(&profile.image)),
        ("/image_pull_secrets", origin(&profile.image_secret)),
        ("/node_selector", origin(&profile.node_pool)),
        ("/tolerations", pool.map(|pool| pool.taints.origin)),
        ("/priority_class_name", Some(profile.priority.origin)),
        ("/allow_privilege_escalation", Some(profile.privilege_escalation.origin)),
        ("/extra_labels/nbc~1network", Some(profile.network.origin)),
        ("/extra_labels/nbc~1profile", Some(profile.slug.origin)),
        ("/environment/OMP_NUM_THREADS", origin(&profile.threads)),
        ("/extra_pod_config", origin(&profile.max_age)),
        ("/args/0", Some(profile.idle_stop.origin)),
    ];
    out.extend(below(set, pod));
    for part in ["extra_resource_limits", "extra_resource_guarantees"] {
        out.push((format!("{set}/{part}"), resources.clone()));
        out.push((format!("{set}/{part}/ephemeral-storage"), origin(&profile.disk).into_iter().collect()));
    }
    if let Some(pool) = pool {
        out.extend(entries(&format!("{set}/node_selector"), &pool.select.value));
        let taints = pool.taints.value.iter().enumerate();
        out.extend(taints.map(|(nth, taint)| (format!("{set}/tolerations/{nth}"), vec![taint.origin])));
    }
    out.extend(entries(&format!("{set}/extra_labels"), &profile.labels.value));
    out.extend(entries(&format!("{set}/environment"), &profile.variables.value));
    // Each time has two arguments but the first.
    let times = [origin(&profile.kernel_idle_stop), origin(&profile.terminal_idle_stop)];
    for (nth, from) in times.into_iter().flatten().enumerate() {
        out.push((format!("{set}/args/{}", 1 + 2 * nth), vec![from]));
        out.push((format!("{set}/args/{}", 2 + 2 * nth), vec![from]));
    }
}

fn of_option(profile: &Profile<'_>, option: &LauncherOption<'_>, whole: OriginId, at: &str, out: &mut Origins) {
    out.extend(below(at, [("", Some(whole)), ("/display_name", origin(&option.title))]));
    for choice in &option.choices.value {
        of_choice(profile, &choice.value, choice.origin, &format!("{at}/choices/{}", escape(choice.key)), out);
    }
    if let Some(free) = &option.free {
        let fields = [
            ("", Some(free.origin)),
            ("/display_name", Some(free.value.title.origin)),
            ("/validation_regex", Some(free.value.matching.origin)),
            ("/validation_message", Some(free.value.matching.origin)),
        ];
        out.extend(below(&format!("{at}/unlisted_choice"), fields));
    }
}

fn of_choice(profile: &Profile<'_>, choice: &Choice<'_>, whole: OriginId, at: &str, out: &mut Origins) {
    let (cpu, memory) = (origin(&choice.cpu), origin(&choice.memory));
    let fields = [
        ("", Some(whole)),
        ("/display_name", origin(&choice.title)),
        ("/default", Some(choice.default.origin)),
        ("/kubespawner_override/image", origin(&choice.image)),
        ("/kubespawner_override/cpu_limit", cpu),
        ("/kubespawner_override/mem_limit", memory),
        ("/kubespawner_override/extra_resource_limits", Some(choice.gpu.origin)),
        ("/kubespawner_override/extra_resource_guarantees", Some(choice.gpu.origin)),
    ];
    out.extend(below(at, fields));
    // A guarantee that the choice does not say is the profile's, cut to the choice's limit.
    let guarantees = [
        ("cpu_guarantee", origin(&choice.cpu_guarantee), [cpu, Some(profile.cpu_guarantee.origin)]),
        ("mem_guarantee", origin(&choice.memory_guarantee), [memory, Some(profile.memory_guarantee.origin)]),
    ];
    for (key, own, others) in guarantees {
        let from = own.map_or_else(|| others.into_iter().flatten().collect(), |own| vec![own]);
        out.push((format!("{at}/kubespawner_override/{key}"), from));
    }
    out.extend(entries(&format!("{at}/kubespawner_override/environment"), &choice.variables.value));
}

/// Who is offered the profile, and whom a policy refuses it.
fn access(site: &Site<'_, '_>, profile: &Profile<'_>, at: &str, out: &mut Origins) {
    let launch = site.holders(site.draft().actions.profile_launch, profile.id.entity);
    out.push((format!("{at}/access"), launch.origins()));
    for (number, (_, from)) in launch.groups.iter().enumerate() {
        out.push((format!("{at}/access/groups/{number}"), from.clone()));
    }
    for (user, from) in &launch.users {
        if let Some(user) = site.user(*user) {
            out.push((format!("{at}/access/users/{}", escape(user.username.value)), from.clone()));
        }
    }
}
