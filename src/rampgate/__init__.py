"""rampgate judges the promotion of machine-learning models, from model cards and policies kept in Git.

The Python API is what `__all__` lists; see the reference of it. Nothing is imported here until it is asked for: a
program, and every command, pays only for what it uses. Example::

    import rampgate

    with rampgate.History.open("models") as history:
        print(history.asof("2026-11-20"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rampgate.api.history import History as History
    from rampgate.api.judge import examine as examine
    from rampgate.api.judge import gate as gate
    from rampgate.api.measure import measured as measured
    from rampgate.app.history.export import Exported as Exported
    from rampgate.app.history.export import ExportFormat as ExportFormat
    from rampgate.app.judging.gate import Judged as Judged
    from rampgate.app.measure_data import Measured as Measured
    from rampgate.app.packing.pack import PackWritten as PackWritten
    from rampgate.errors import InvalidInput as InvalidInput
    from rampgate.errors import NotBelieved as NotBelieved
    from rampgate.errors import Problem as Problem
    from rampgate.errors import RampgateError as RampgateError
    from rampgate.errors import Unreachable as Unreachable
    from rampgate.errors import UsageProblem as UsageProblem
    from rampgate.model.decision import Decision as Decision
    from rampgate.model.finding import Finding as Finding
    from rampgate.model.history_views import AsOf as AsOf
    from rampgate.model.history_views import Deed as Deed
    from rampgate.model.history_views import Drawn as Drawn
    from rampgate.model.history_views import Entry as Entry
    from rampgate.model.history_views import Filters as Filters
    from rampgate.model.history_views import Hand as Hand
    from rampgate.model.history_views import Listing as Listing
    from rampgate.model.history_views import Sample as Sample
    from rampgate.model.history_views import Shown as Shown
    from rampgate.model.history_views import Stood as Stood
    from rampgate.model.record import Record as Record
    from rampgate.model.record import RecordKind as RecordKind
    from rampgate.model.replay import Past as Past
    from rampgate.model.replay import PastRow as PastRow
    from rampgate.model.replay import Replayed as Replayed
    from rampgate.model.replay import ReplayReport as ReplayReport
    from rampgate.model.replay import ReplayState as ReplayState
    from rampgate.model.sourced import Missing as Missing
    from rampgate.model.verified import Mismatch as Mismatch
    from rampgate.model.verified import Verified as Verified
    from rampgate.model.vocabulary import Outcome as Outcome
    from rampgate.model.vocabulary import Verdict as Verdict

__version__ = "0.1.0"

_HOME: Final[dict[str, str]] = {
    "AsOf": "model.history_views",
    "Decision": "model.decision",
    "Deed": "model.history_views",
    "Drawn": "model.history_views",
    "Entry": "model.history_views",
    "ExportFormat": "app.history.export",
    "Exported": "app.history.export",
    "Filters": "model.history_views",
    "Finding": "model.finding",
    "Hand": "model.history_views",
    "History": "api.history",
    "InvalidInput": "errors",
    "Judged": "app.judging.gate",
    "Listing": "model.history_views",
    "Measured": "app.measure_data",
    "Mismatch": "model.verified",
    "Missing": "model.sourced",
    "NotBelieved": "errors",
    "Outcome": "model.vocabulary",
    "PackWritten": "app.packing.pack",
    "Past": "model.replay",
    "PastRow": "model.replay",
    "Problem": "errors",
    "RampgateError": "errors",
    "Record": "model.record",
    "RecordKind": "model.record",
    "ReplayReport": "model.replay",
    "ReplayState": "model.replay",
    "Replayed": "model.replay",
    "Sample": "model.history_views",
    "Shown": "model.history_views",
    "Stood": "model.history_views",
    "Unreachable": "errors",
    "UsageProblem": "errors",
    "Verdict": "model.vocabulary",
    "Verified": "model.verified",
    "examine": "api.judge",
    "gate": "api.judge",
    "measured": "api.measure",
}
"""What `import rampgate` hands out -> the module, under `rampgate`, that it comes from."""

__all__ = [
    "AsOf",
    "Decision",
    "Deed",
    "Drawn",
    "Entry",
    "ExportFormat",
    "Exported",
    "Filters",
    "Finding",
    "Hand",
    "History",
    "InvalidInput",
    "Judged",
    "Listing",
    "Measured",
    "Mismatch",
    "Missing",
    "NotBelieved",
    "Outcome",
    "PackWritten",
    "Past",
    "PastRow",
    "Problem",
    "RampgateError",
    "Record",
    "RecordKind",
    "ReplayReport",
    "ReplayState",
    "Replayed",
    "Sample",
    "Shown",
    "Stood",
    "Unreachable",
    "UsageProblem",
    "Verdict",
    "Verified",
    "__version__",
    "examine",
    "gate",
    "measured",
]


if not TYPE_CHECKING:
    # Hidden from type checkers: to them any misspelt name would be there, and be anything.

    def __getattr__(name: str) -> Any:
        """Return what the API hands out under a name, importing its module; it is kept for the next time."""
        if name not in _HOME:
            raise AttributeError(f"module `rampgate` has no `{name}`; it has {', '.join(_HOME)}")
        from importlib import import_module  # noqa: PLC0415 - most commands ask for nothing of this

        found = getattr(import_module(f"rampgate.{_HOME[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
