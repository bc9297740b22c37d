"""Whether records follow each other: each names the one before it by digest, over the whole log and for each model."""

from __future__ import annotations

from dataclasses import dataclass, field

from rampgate.errors import Problem
from rampgate.formats.record import log_path
from rampgate.model.record import Record


@dataclass
class Chain:
    """The records so far, from the first on; `take` the next one."""

    _last: str | None = None
    _of_model: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def take(self, record: Record, digest: str) -> Problem | None:
        """Return why a record does not follow the one before it, None where it does; it is then the newest.

        digest: of its envelope, 64 hexadecimal digits.
        """
        path = log_path(record)
        if record.seq != self._count:
            return Problem(path, "it has another place than its name says", found=str(record.seq))
        if record.prev != self._last:
            what = "it does not name the record before it" if self._count else "the first record names one before it"
            return Problem(path, what, found=str(record.prev), expected=str(self._last))
        for model, before in record.model_prev.items():
            if before != self._of_model.get(model):
                return Problem(path, f"it does not name the record of `{model}` before it", found=str(before))
        self._last, self._count = digest, self._count + 1
        self._of_model |= dict.fromkeys(record.model_prev, digest)
        return None
