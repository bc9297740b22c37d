"""What the decision history says to the rules that go by it, or their answer where it says nothing."""

from __future__ import annotations

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.history import History
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import missing


def told_by(facts: Facts) -> History | Answer:
    """Return the history; where none is declared, that the rule does not apply; where none can be read, why."""
    if not isinstance(facts.history, Missing):
        return facts.history
    if not facts.records:
        return Answer(Outcome.NOT_APPLICABLE, "no decision history is declared: there is no `policies/history.yaml`")
    return missing(facts.history)
