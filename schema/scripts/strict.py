"""Makes a schema strict and small: unknown keys are refused, prose is dropped, only what is reached from the roots is kept."""
import json

PROSE = {"description", "example", "examples", "title", "default", "deprecated", "readOnly", "writeOnly", "nullable", "format"}


def strict(node):
    """The same schema without prose and vendor extensions, with `additionalProperties: false` wherever properties are listed."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key in ("properties", "definitions", "$defs"):
            out[key] = {name: strict(schema) for name, schema in value.items()}
        elif key in ("required", "enum", "const"):
            out[key] = value
        elif key == "$ref":
            out[key] = "#/definitions/" + value.rsplit("/", 1)[1]
        elif key == "pattern":
            out[key] = without_flags(value)
        elif key not in PROSE and not key.startswith("x-"):
            out[key] = strict(value)
    if out.get("properties"):
        out.setdefault("additionalProperties", False)
    return out


def without_flags(pattern):
    """The same pattern in ECMA's dialect, which JSON Schema speaks and which has no inline `(?i)`: each letter in both cases."""
    if "(?i)" not in pattern:
        return pattern
    assert not any(c in pattern for c in "\\["), f"classes and escapes are not handled: {pattern}"
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in pattern.replace("(?i)", ""))


def reached(node):
    """Names of the definitions that this schema refers to directly."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value.rsplit("/", 1)[1]
            else:
                yield from reached(value)
    elif isinstance(node, list):
        for item in node:
            yield from reached(item)


def closure(definitions, roots):
    """The roots and everything they reach, by name."""
    kept, waiting = {}, list(roots)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = definitions[name]
            waiting.extend(reached(definitions[name]))
    return dict(sorted(kept.items()))


def write(path, kinds, definitions):
    """One definition a line, sorted: small, and a change is a readable diff. `kinds` says which definition judges which document."""
    def line(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    with open(path, "w", encoding="utf-8") as file:
        file.write('{"$schema":"http://json-schema.org/draft-07/schema#",\n"kinds":{\n')
        file.write(",\n".join(f"{line(kind)}:{line('#/definitions/' + name)}" for kind, name in sorted(kinds.items())))
        file.write('\n},\n"definitions":{\n')
        file.write(",\n".join(f"{line(name)}:{line(schema)}" for name, schema in sorted(definitions.items())))
        file.write("\n}}\n")
