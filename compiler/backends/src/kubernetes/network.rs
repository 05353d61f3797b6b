//! What servers may reach. Everything is refused, then what is needed is allowed: policies only ever add.
//!
//! Every server reaches the name service and the hub. The label `nbc/network`, which the hub sets from the profile,
//! decides the rest: `open` the internet, `site` the cluster and private addresses, `none` nothing more. No server
//! reaches the metadata address of a cloud, which hands out the machine's own credentials.

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use nbc_model::value::OriginId;
use nbc_platform::kinds::{Network, Profile};

use super::object::{self, document};
use super::places::{Holder, Place};
use crate::site::Site;
use crate::writer::Document;

/// Addresses of the metadata services of clouds, IPv4 and IPv6.
const METADATA: &str = "169.254.0.0/16";
const METADATA_6: &str = "fd00:ec2::/32";
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

pub(crate) fn documents(site: &Site<'_, '_>, place: &Place<'_, '_>) -> Vec<Document> {
    let part_of = site.settings().map_or("nbc", |settings| settings.handle);
    let hub = site.hub_namespace();
    let policy = |name: &str, spec: NetworkPolicySpec| NetworkPolicy {
        metadata: object::meta(name, Some(&place.namespace), object::labels(part_of, &[])),
        spec: Some(spec),
    };
    // The hub's own namespace has policies of its own chart for its pods; here only servers are bound there.
    let bound = match place.holder {
        Holder::Hub => selector(&[("component", "singleuser-server")]),
        Holder::Group(_) | Holder::User(_) => LabelSelector::default(),
    };
    let mut documents = vec![
        document(&policy("nbc-deny", refuse(bound.clone()))),
        document(&policy("nbc-dns", egress(bound.clone(), dns()))),
        document(&policy("nbc-hub", hub_traffic(bound, hub)))
            .from("/spec", site.settings().map(|s| s.hub_namespace.origin)),
    ];
    for network in [Network::Open, Network::Site] {
        let from = profiles_with(site, place, network);
        if from.is_empty() {
            continue;
        }
        let name = format!("nbc-{}", network.text());
        let pods = selector(&[(object::NETWORK, network.text())]);
        let rule = if network == Network::Open { internet() } else { cluster_and_private() };
        documents.push(document(&policy(&name, egress(pods, rule))).of(from));
    }
    documents
}

/// Where profiles of this place say that they want such a network.
fn profiles_with(site: &Site<'_, '_>, place: &Place<'_, '_>, network: Network) -> Vec<OriginId> {
    let profiles = place.profiles.iter().filter_map(|profile| site.platform.declared().find::<Profile<'_>>(*profile));
    profiles.filter(|profile| profile.network.value == network).map(|profile| profile.network.origin).collect()
}

fn refuse(pods: LabelSelector) -> NetworkPolicySpec {
    NetworkPolicySpec {
        pod_selector: Some(pods),
        policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
        ..NetworkPolicySpec::default()
    }
}

fn egress(pods: LabelSelector, rule: NetworkPolicyEgressRule) -> NetworkPolicySpec {
    NetworkPolicySpec {
        pod_selector: Some(pods),
        policy_types: Some(vec!["Egress".to_owned()]),
        egress: Some(vec![rule]),
        ..NetworkPolicySpec::default()
    }
}

fn dns() -> NetworkPolicyEgressRule {
    let peer = NetworkPolicyPeer {
        namespace_selector: Some(selector(&[("kubernetes.io/metadata.name", "kube-system")])),
        ..NetworkPolicyPeer::default()
    };
    NetworkPolicyEgressRule { to: Some(vec![peer]), ports: Some(vec![port("UDP", 53), port("TCP", 53)]) }
}

/// Servers call the hub's API; the hub and its proxy call servers.
fn hub_traffic(pods: LabelSelector, hub: &str) -> NetworkPolicySpec {
    let of_hub = |component: &str| NetworkPolicyPeer {
        namespace_selector: Some(selector(&[("kubernetes.io/metadata.name", hub)])),
        pod_selector: Some(selector(&[("app", "jupyterhub"), ("component", component)])),
        ..NetworkPolicyPeer::default()
    };
    NetworkPolicySpec {
        pod_selector: Some(pods),
        policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
        egress: Some(vec![
            NetworkPolicyEgressRule { to: Some(vec![of_hub("hub")]), ports: Some(vec![port("TCP", 8081)]) },
            NetworkPolicyEgressRule { to: Some(vec![of_hub("proxy")]), ports: Some(vec![port("TCP", 8000)]) },
        ]),
        ingress: Some(vec![NetworkPolicyIngressRule {
            from: Some(vec![of_hub("hub"), of_hub("proxy")]),
            ports: Some(vec![port("TCP", 8888)]),
        }]),
    }
}

fn internet() -> NetworkPolicyEgressRule {
    let peers = vec![block("0.0.0.0/0", &[METADATA]), block("::/0", &[METADATA_6])];
    NetworkPolicyEgressRule { to: Some(peers), ports: None }
}

fn cluster_and_private() -> NetworkPolicyEgressRule {
    let cluster =
        NetworkPolicyPeer { namespace_selector: Some(LabelSelector::default()), ..NetworkPolicyPeer::default() };
    let private = PRIVATE.iter().map(|addresses| block(addresses, &[]));
    NetworkPolicyEgressRule { to: Some([cluster].into_iter().chain(private).collect()), ports: None }
}

fn block(cidr: &str, except: &[&str]) -> NetworkPolicyPeer {
    let except = except.iter().map(|addresses| (*addresses).to_owned()).collect::<Vec<_>>();
    NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr: cidr.to_owned(), except: (!except.is_empty()).then_some(except) }),
        ..NetworkPolicyPeer::default()
    }
}

fn port(protocol: &str, number: i32) -> NetworkPolicyPort {
    NetworkPolicyPort {
        protocol: Some(protocol.to_owned()),
        port: Some(IntOrString::Int(number)),
        ..NetworkPolicyPort::default()
    }
}

fn selector(labels: &[(&str, &str)]) -> LabelSelector {
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    LabelSelector { match_labels: Some(labels.collect::<BTreeMap<_, _>>()), ..LabelSelector::default() }
}
