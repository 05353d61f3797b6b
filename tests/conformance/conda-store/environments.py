#!/usr/bin/env python3
"""usage: environments.py FILE…   judges environment files by conda-store's own model; prints {FILE: null | MESSAGE}.

The model drops unknown keys in silence, so a key it does not keep is a message too.
"""
import json
import sys

import yaml
from conda_store_server._internal.schema import CondaSpecification


def message(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    try:
        kept = CondaSpecification.model_validate(document)
    except ValueError as error:
        return str(error)
    unknown = sorted(set(document) - set(type(kept).model_fields))
    return f"keys that conda-store drops: {unknown}" if unknown else None


print(json.dumps({path: message(path) for path in sys.argv[1:]}))
