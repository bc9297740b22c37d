"""The branch of a change stands in this repository, and not in a fork.

## Why it exists
Whoever owns a fork decides alone who may write to it, and none of this repository's rules on pushing hold there. So a
change that lets something new serve is asked for from a branch of this repository.

## Example
Applied by rampgate itself to every change that is reviewed; a policy does not name it. `policies/governance.yaml` may
let forks in:

```yaml
forks: allowed
```
The numbers of the two repositories at the forge decide. A fork that was deleted is a fork. Where the reviews file says
nothing of repositories, the rule has nothing to judge. Rollback and retire may come from anywhere.

## How to satisfy it
Push the branch to this repository, and open the pull request from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer once."""
    allowed = not isinstance(facts.governance, Missing) and facts.governance.forks == "allowed"
    match facts.reviews.from_fork:
        case None:
            yield Answer(Outcome.NOT_APPLICABLE, "nobody says from which repository the branch comes")
        case False:
            yield Answer(Outcome.PASS, "the branch stands in this repository")
        case True if allowed:
            words = "the branch stands in a fork, and `policies/governance.yaml` allows that"
            yield Answer(Outcome.NOT_APPLICABLE, words)
        case True:
            message = "the branch stands in a fork, and forks are refused"
            fix = "push the branch to this repository, and open the pull request from there"
            yield Answer(Outcome.FAIL, message, "a fork", "this repository", fix=fix)


KIND = RuleKind("change.own_branch", Nothing, check, __doc__, may_be_waived=False, built_in=True)
