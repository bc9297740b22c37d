"""What a card's schema can not say, on plain values: `check` holds thousands of cards against it without pydantic.

The nouns of `rampgate.model.card` refuse the same, in the same words; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rampgate.errors import Problem
from rampgate.formats.documents import Document
from rampgate.model.placeholder import PLACEHOLDER_DIGEST, PLACEHOLDER_MESSAGE

_TIERS: Final = ("low", "medium", "high")


def shape_problems(document: Document) -> Iterator[Problem]:
    """Yield what contradicts itself in a card that its schema accepts."""
    yield from _artifact_problems(document, document.value["artifact"])
    seen: set[str] = set()
    for index, reference in enumerate(document.value.get("evidence", ())):
        path = reference["path"].casefold()
        if path in seen:
            yield document.problem(
                ("evidence", index, "path"), f"evidence `{path}` is listed twice", fix="remove one entry"
            )
        seen.add(path)


def _artifact_problems(document: Document, artifact: Mapping[str, Any]) -> Iterator[Problem]:
    parts = artifact.get("parts")
    if parts is None and artifact.get("digest") is None:
        yield document.problem(("artifact",), "an artifact needs `digest`, or `parts`", fix="write its `digest`")
    if artifact.get("digest") == PLACEHOLDER_DIGEST:
        fix = "write the digest of what is served: `sha256sum FILE`, after `sha256:`"
        yield document.problem(("artifact", "digest"), PLACEHOLDER_MESSAGE, fix=fix)
    if parts is None:
        return
    if artifact.get("digest") is not None or artifact.get("uri") is not None:
        fix = "keep one of the two"
        yield document.problem(("artifact",), "an artifact has either `uri` and `digest`, or `parts`", fix=fix)
    for index, part in enumerate(parts):
        if (part.get("digest") is None) == (part.get("provider_version") is None):
            message = f"part `{part['name']}` needs either `digest` or `provider_version`"
            yield document.problem(("artifact", "parts", index), message, fix="write exactly one of them")


def registry_problems(document: Document, models: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield where a card's tier is laxer, or its task another, than `policies/models.yaml` fixes.

    models: that file's entries; a model without one is judged as high, and nothing is said here.
    """
    card = document.value
    entry = models.get(card["model"])
    if entry is None:
        return
    if _TIERS.index(card["tier"]) < _TIERS.index(entry["tier"]):
        message = f"the tier of `{card['model']}` is fixed in `policies/models.yaml`; a card may only be stricter"
        yield _fixed(document, "tier", message, entry)
    if card["task"] != entry["task"]:
        yield _fixed(document, "task", f"the task of `{card['model']}` is fixed in `policies/models.yaml`", entry)


def _fixed(document: Document, key: str, message: str, entry: Mapping[str, Any]) -> Problem:
    found, expected = document.value[key], entry[key]
    return document.problem((key,), message, found=found, expected=expected, fix=f"write `{expected}`")
