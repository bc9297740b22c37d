"""The rule reference as text: one page for each kind, from its docstring and its typed parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rampgate.rules._base import RuleKind


def rule_page(kind: RuleKind[Any], schema: Mapping[str, Any]) -> str:
    """Return the reference page of one kind as Markdown; `schema` is the JSON Schema of its parameters."""
    first, _, rest = kind.page.strip().partition("\n")
    lines = [f"# `{kind.id}`", "", first, "", *_notes(kind), "", "## Parameters", ""]
    lines += parameter_table(schema)
    return "\n".join([*lines, "", rest.strip(), ""])


def parameter_table(schema: Mapping[str, Any]) -> list[str]:
    """Return the lines of a Markdown table of a kind's parameters, or one that says that there are none."""
    rows = list(parameters(schema))
    if not rows:
        return ["None."]
    lines = ["| parameter | type | default | meaning |", "|---|---|---|---|"]
    return lines + [f"| `{name}` | {type_} | {default} | {meaning} |" for name, type_, default, meaning in rows]


def parameters(schema: Mapping[str, Any]) -> Iterable[tuple[str, str, str, str]]:
    """Yield name, type, default and meaning of every parameter, each as text for a table."""
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        default = "required" if name in required else _default(field)
        yield (
            name,
            _type(field, schema),
            default,
            " ".join(str(field.get("description", "")).split()).replace("|", "\\|"),
        )


def index_page(kinds: Iterable[RuleKind[Any]]) -> str:
    """Return the list of all kinds as Markdown."""
    lines = ["# Rule kinds", "", "A rule of a policy names one of the first list by `kind`.", ""]
    every = list(kinds)
    lines += [_line(kind) for kind in every if not kind.built_in]
    lines += ["", "These hold in every repository; rampgate applies them by itself, and no policy names them.", ""]
    lines += [_line(kind) for kind in every if kind.built_in]
    return "\n".join([*lines, ""])


def _line(kind: RuleKind[Any]) -> str:
    return f"- [`{kind.id}`]({kind.id}.md): {kind.summary}"


def _notes(kind: RuleKind[Any]) -> list[str]:
    if kind.built_in:
        return ["Applied by rampgate itself in every repository; it always blocks and can not be waived."]
    if not kind.may_be_waived:
        return ["Can not be waived."]
    return ["Can be waived where the rule says `waivable`."]


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    if value is None:
        return "none"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def _type(field: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Return a JSON Schema type in a few words."""
    if "$ref" in field:
        return _type(root["$defs"][field["$ref"].rsplit("/", 1)[-1]], root)
    words = [f"`{each}`" for each in (*field.get("enum", ()), *([field["const"]] if "const" in field else ()))]
    if "anyOf" in field:
        kinds = [_type(each, root) for each in field["anyOf"] if each.get("type") != "null"]
        words = ["number"] if "number" in kinds else list(dict.fromkeys(kinds))
    if words:
        return " or ".join(words)
    match field.get("type"):
        case "array":
            items = field.get("items") or (field.get("prefixItems") or [{}])[0]
            return f"list of {_type(items, root)}"
        case "object":
            names = ", ".join(f"`{name}`" for name in field.get("properties", {}))
            return f"mapping ({names})" if names else "mapping"
        case kind:
            return str(kind or "anything")
