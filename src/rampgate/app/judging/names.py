"""The names that files of a repository may refer to, taken from its control files."""

from __future__ import annotations

from rampgate.app.judging.control import Control
from rampgate.approvals.teams import at_best
from rampgate.core.house_schemas import for_every_card
from rampgate.core.references import KnownNames
from rampgate.formats.documents import Document


def known_names(control: Control) -> KnownNames:
    """Return the stages, persons, roles and models of a repository."""
    ladder = control.ladder.noun
    return KnownNames(
        stages=ladder.names,
        former_stages={name for stage in ladder.stages for name in stage.formerly},
        persons={person.name for person in control.people.noun.people},
        roles={role for person in at_best(control.people.noun).people for role in person.roles},
        models=control.models.raw["models"],
        house_schemas=[
            Document(f"policies/schemas/{name}", b"", control.team_schemas[name])
            for name in for_every_card(control.team_schemas, [policy.raw for policy in control.policies])
        ],
    )
