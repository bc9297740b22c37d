"""Makes the bytes of a new governed file from values, and reads them back as the gate will."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from rampgate.adapters import packaged
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.edit import dump_yaml
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.ids import Noun

N = TypeVar("N", bound=Noun)


def new_file(path: str, values: Mapping[str, Any], noun: type[N], name: str) -> tuple[bytes, N]:
    """Return the YAML of a file that is not there yet, and the noun that it holds.

    name: of the noun's published schema. Raises UsageProblem with what the user's words do wrong: too long a text,
    characters that no governed file may hold.
    """
    try:
        data = dump_yaml(values)
        return data, noun_of(load_yaml(data, path), noun, name, packaged.schema(name)).noun
    except ValueError as error:
        raise UsageProblem(f"this can not be written into {path}: {error}") from None
    except InvalidInput as error:
        told = "\n".join(f"  - {problem.message}" for problem in error.problems)
        raise UsageProblem(f"this can not be written into {path}:\n{told}") from None
