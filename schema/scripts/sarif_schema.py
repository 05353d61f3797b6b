"""usage: sarif_schema.py SCHEMA OUT   the schema of SARIF 2.1.0, small: a log and what it reaches."""
import json
import sys

from strict import closure, strict, write

# The pattern of a language is no regular expression in the published schema: a bracket is never opened. This is what its prose says.
FAULTY, MEANT = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.loads(file.read().replace(json.dumps(FAULTY), json.dumps(MEANT)))
definitions = {name: strict(definition) for name, definition in schema.pop("definitions").items()}
definitions["log"] = strict({key: value for key, value in schema.items() if not key.startswith("$")})
write(sys.argv[2], {"log": "log"}, closure(definitions, ["log"]))
