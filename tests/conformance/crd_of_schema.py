#!/usr/bin/env python3
"""usage: crd_of_schema.py SCHEMA.json GROUP/KIND   prints a CustomResourceDefinition with that schema unrolled, in all its versions.

A CRD knows no references and no `additionalProperties: false` beside properties: unknown fields are refused by strict apply instead.
Groups hold groups: they are unrolled four levels deep, other repeating things once; below that anything may stand.
"""
import json
import sys

DEPTH = {"GroupRepresentation": 4}


def unroll(node, definitions, seen):
    if isinstance(node, list):
        return [unroll(item, definitions, seen) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        if seen.count(name) >= DEPTH.get(name, 1):
            return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        return unroll(definitions[name], definitions, seen + [name])
    if len(node.get("allOf", [])) == 1:
        node = {key: value for key, value in node.items() if key != "allOf"} | node["allOf"][0]
        return unroll(node, definitions, seen)
    if "const" in node:
        return {"type": "string", "enum": [node["const"]]}
    out = {key: unroll(value, definitions, seen) for key, value in node.items() if key != "uniqueItems"}
    if "properties" in out:
        out.pop("additionalProperties", None)
    if isinstance(out.get("enum"), list) and "type" not in out:
        out["type"] = "string"
    if out.get("type") == "object" and len(out) == 1 or not out:
        out["x-kubernetes-preserve-unknown-fields"] = True
    return out


source, wanted = sys.argv[1:]
group, kind = wanted.split("/")
schema = json.load(open(source, encoding="utf-8"))
versions = []
for known, reference in schema["kinds"].items():
    if known.split("/")[0] == group and known.split("/")[-1] == kind:
        name = reference.rsplit("/", 1)[1]
        root = unroll(schema["definitions"][name], schema["definitions"], [name])
        root["properties"]["apiVersion"] = root["properties"]["kind"] = {"type": "string"}
        root["properties"]["metadata"] = {"type": "object"}
        versions.append({"name": known.split("/")[1], "served": True, "storage": not versions, "schema": {"openAPIV3Schema": root}})
plural = kind.lower() + "s"
json.dump({
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{plural}.{group}"},
    "spec": {"group": group, "scope": "Namespaced", "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": kind + "List"},
             "versions": versions}}, sys.stdout)
