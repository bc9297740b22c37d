"""What comes up is not the very content that came up before.

## Why it exists
Git can take back a rollback: the revert of a revert brings every byte of an old promotion back, the reason of the
rollback gone. What was approved then was approved for that day. So content that came up once, by the decision history,
does not come up by itself again.

## Example
```text
git revert --no-edit HEAD
```
where HEAD is the revert of a promotion. Applied by rampgate itself to every promotion and restore, where
`policies/history.yaml` declares a decision history; a policy does not name it. Content is compared by its key: the
moves, and every file of the version's folder. A changed byte makes it other content, which is judged anew.

## How to satisfy it
After a rollback, bring the version back with `rampgate restore`, which says why; or measure again, attach the new
evidence, and promote it as for the first time. Leave the event of the rollback where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind
from rampgate.rules._history import told_by

_FIX = (
    "bring it back with `rampgate restore`, which says why; or promote it with new evidence, and leave the event of "
    "the rollback where it is"
)


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail where a record says that this content came up already."""
    history = told_by(facts)
    if isinstance(history, Answer):
        yield history
        return
    content = facts.reviews.content
    if not content:
        # Before there is a commit there is nothing to compare; the gate always has one.
        planned = not facts.reviews.head
        outcome = Outcome.NOT_APPLICABLE if planned else Outcome.INSUFFICIENT
        yield Answer(outcome, "there is no commit yet to compare" if planned else "what would land has no content key")
        return
    before = history.contents.get(content)
    if before is None:
        yield Answer(Outcome.PASS, "this content has not come up before", f"{history.size} records")
        return
    message = f"this very content came up before, by record {before}; an old decision is no decision about today"
    yield Answer(Outcome.FAIL, message, f"record {before}", "content of its own", fix=_FIX)


KIND = RuleKind("stage.not_replayed", Nothing, check, __doc__, may_be_waived=False, built_in=True)
