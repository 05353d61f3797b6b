"""usage: kubernetes_schema.py OPENAPI_V2.json PROMETHEUSRULES_CRD.yaml OUT   the kinds that nbc emits, from the apiserver's own description."""
import json
import sys

import yaml

from strict import closure, strict, write

KINDS = {
    "v1": ["Namespace", "ResourceQuota", "LimitRange", "PersistentVolumeClaim", "PersistentVolume", "ServiceAccount", "ConfigMap", "Secret", "Pod"],
    "rbac.authorization.k8s.io/v1": ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"],
    "networking.k8s.io/v1": ["NetworkPolicy"],
    "scheduling.k8s.io/v1": ["PriorityClass"],
    "admissionregistration.k8s.io/v1": ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
}
META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
# The description says "string" for both; the server reads numbers too. https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
WIDER = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "type": ["string", "number"],
        "pattern": r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
}


def document(schema, version, kind):
    """A top-level document states what it is, and has a name."""
    schema["properties"]["apiVersion"], schema["properties"]["kind"] = {"const": version}, {"const": kind}
    schema["properties"]["metadata"] = {"allOf": [{"$ref": "#/definitions/" + META}], "required": ["name"]}
    schema["properties"].pop("status", None)  # belongs to the server
    schema["required"] = sorted({"apiVersion", "kind", "metadata", *schema.get("required", [])})
    return schema


openapi, crd, out = sys.argv[1:]
definitions = json.load(open(openapi, encoding="utf-8"))["definitions"]
by_kind = {(k["group"], k["version"], k["kind"]): name for name, d in definitions.items()
           for k in d.get("x-kubernetes-group-version-kind", [])}
definitions = {name: strict(d) for name, d in definitions.items()} | WIDER
kinds = {}
for version, names in KINDS.items():
    group, _, v = version.rpartition("/")
    for kind in names:
        name = by_kind[group, v, kind]
        kinds[f"{version}/{kind}"] = name
        definitions[name] = document(definitions[name], version, kind)
for version in yaml.safe_load(open(crd, encoding="utf-8"))["spec"]["versions"]:
    schema = strict(version["schema"]["openAPIV3Schema"])
    name = f"com.coreos.monitoring.{version['name']}.PrometheusRule"
    kinds[f"monitoring.coreos.com/{version['name']}/PrometheusRule"] = name
    definitions[name] = document(schema, f"monitoring.coreos.com/{version['name']}", "PrometheusRule")
write(out, kinds, closure(definitions, kinds.values()))
