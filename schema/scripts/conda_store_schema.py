"""usage: conda_store_schema.py OUT   an environment and the settings as conda-store's own models read them, and the namespace roles of its REST API."""
import sys

from conda_store_server._internal import schema

from strict import closure, strict, write

NAMESPACE = {"type": "string", "pattern": "^[A-Za-z0-9-+_@$&?^~.=]+$"}


def models(*roots):
    definitions = {}
    for model in roots:
        described = model.model_json_schema()
        definitions |= described.pop("$defs", {})
        definitions[model.__name__] = described
    return {name: strict(schema) for name, schema in definitions.items()}


definitions = models(schema.CondaSpecification, schema.Settings)
# Body of POST /api/v1/namespace/{namespace}/role, per namespace; the server stores `editor` as `developer`, so it is not offered.
definitions["Roles"] = {"type": "object", "propertyNames": NAMESPACE, "additionalProperties": {"type": "array", "uniqueItems": True, "items": {
    "type": "object", "additionalProperties": False, "required": ["other_namespace", "role"],
    "properties": {"other_namespace": NAMESPACE, "role": {"enum": ["viewer", "developer", "admin"]}}}}}
kinds = {"environment": "CondaSpecification", "settings": "Settings", "roles": "Roles"}
write(sys.argv[1], kinds, closure(definitions, kinds.values()))
