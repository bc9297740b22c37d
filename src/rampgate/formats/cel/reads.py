"""Which fields of its variables an expression reads, so that only those are prepared."""

from __future__ import annotations

from rampgate.formats.cel.syntax import Call, Comprehension, Constant, ListLiteral, MapLiteral, Name, Node, Select


def fields_read(tree: Node) -> dict[str, frozenset[str] | None]:
    """Return the fields that are read of each variable; None where the variable is used as a whole."""
    reads: dict[str, set[str] | None] = {}
    _collect(tree, frozenset(), reads)
    return {name: frozenset(found) if found is not None else None for name, found in reads.items()}


def _collect(node: Node, bound: frozenset[str], reads: dict[str, set[str] | None]) -> None:  # noqa: C901, PLR0912 - one branch per kind of node
    match node:
        case Select(operand=Name(name=name), field=field_name) if name not in bound:
            found = reads.setdefault(name, set())
            if found is not None:
                found.add(field_name)
        case Select(operand=operand):
            _collect(operand, bound, reads)
        case Name(name=name):
            if name not in bound:
                reads[name] = None
        case Call(arguments=nodes) | ListLiteral(elements=nodes):
            for part in nodes:
                _collect(part, bound, reads)
        case MapLiteral(entries=entries):
            for key, value in entries:
                if key is not None:
                    _collect(key, bound, reads)
                _collect(value, bound, reads)
        case Comprehension():
            _collect(node.range, bound, reads)
            inner = bound | {node.variable, node.accumulator}
            for part in (node.start, node.condition, node.step, node.result):
                _collect(part, inner, reads)
        case Constant():
            pass
