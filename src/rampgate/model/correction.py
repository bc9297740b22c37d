"""Corrections: what a quorum says later about a record that is signed and stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import Field

from rampgate.model.history import Place
from rampgate.model.ids import Day, Noun, PersonName, Text

FOLDER: Final = "policies/corrections"
"""Where corrections stand; a control path, so that each is approved by the quorum for changes of the rules."""

_PATH: Final = re.compile(rf"{FOLDER}/([0-9]{{6}})\.yaml")


class Correction(Noun):
    """`policies/corrections/<place>.yaml`: what is to be said of a record, and so settles what went past the gate."""

    schema_: Literal["rampgate/correction/v1"] = Field(alias="schema")
    corrects: Place
    """The record, by its place; the file is named by it, in six digits."""
    conclusion: Literal["accepted", "reverted", "mistaken"]
    """`accepted`: it may stand; `reverted`: it was taken back; `mistaken`: the record says what did not happen."""
    reason: Annotated[Text, Field(min_length=10)]
    by: PersonName
    """Who looked into it."""
    date: Day


def correction_path(seq: int) -> str:
    """Return the path of the file that corrects the record at a place."""
    return f"{FOLDER}/{seq:06d}.yaml"


def corrected_by(paths: Iterable[str], seq: int) -> tuple[int, ...]:
    """Return the places that corrections at these paths are about, of those before the record at a place."""
    named = (_PATH.fullmatch(path) for path in paths)
    return tuple(place for match in named if match and (place := int(match[1])) < seq)
