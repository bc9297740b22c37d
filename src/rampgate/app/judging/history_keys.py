"""Why keys of `policies/history.yaml` could not be used: what a schema can not say of them."""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.adapters.signing import public_key_blob
from rampgate.app.judging.control import Control
from rampgate.errors import Problem
from rampgate.model.history import HistorySettings
from rampgate.model.sourced import Missing, Sourced


def history_key_problems(control: Control) -> list[Problem]:
    """Return every key of the history that can not be read, or that stands there twice in other words."""
    return [] if isinstance(control.history, Missing) else list(key_problems(control.history))


def key_problems(settings: Sourced[HistorySettings]) -> Iterator[Problem]:
    """Yield every key that can not be read, and every one whose bytes another one has already."""
    seen: dict[bytes, str] = {}
    for role in ("signers", "witnesses"):
        for index, each in enumerate(getattr(settings.noun, role)):
            place = (role, index, "key")
            blob, reason = public_key_blob(each.key)
            if blob is None:
                fix = "write type and key as in the `.pub` file"
                yield settings.problem(place, f"the key of `{each.name}` can not be used: {reason}", fix=fix)
            elif blob in seen:
                message = f"`{each.name}` has the key of `{seen[blob]}`, written in another way"
                yield settings.problem(place, message, fix="give each its own key")
            else:
                seen[blob] = each.name
