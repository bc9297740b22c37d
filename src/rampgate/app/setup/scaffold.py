"""The files that `rampgate init` writes, as text, from a few answers. Nothing is read or written here but templates."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from rampgate import __version__
from rampgate.errors import UsageProblem
from rampgate.formats.yaml_write import flow_text, quoted_as
from rampgate.model.ladder import PRESETS


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as named on the command line."""

    name: str
    account: int
    login: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `rampgate init` wants to know.

    ladder: a key of `PRESETS`. technical, security, policy_owners: empty where others take the role. ratio: a decimal
    as text. start: what the rules do at first; approvals block in any case.
    """

    business: Somebody
    risk: tuple[Somebody, ...]
    technical: tuple[Somebody, ...] = ()
    security: tuple[Somebody, ...] = ()
    policy_owners: tuple[Somebody, ...] = ()
    ladder: str = "5-25-75-100"
    team: str = "models"
    branch: str = "main"
    start: Literal["warn", "block"] = "block"
    ratio: str = "0.80"
    attributes: tuple[str, ...] = ("sex",)


def scaffold(answers: Answers) -> dict[str, bytes]:
    """Return every file, path -> bytes, in the order in which they are shown. Raises UsageProblem for odd answers."""
    people = roles_of(answers)
    if len(people) < 2:
        raise UsageProblem("a quorum needs two people at least; name another one with --risk")
    words = _words(answers, people)
    files = {
        "policies/ladder.yaml": _ladder(answers.ladder),
        "policies/people.yaml": _people(answers, people),
        "policies/models.yaml": _template("models.yaml", words),
        "policies/governance.yaml": _template("governance.yaml", words),
        "policies/glossary.yaml": _template("glossary.yaml", words),
        "policies/baseline.yaml": _template("baseline.yaml", words),
        "policies/README.md": _template("policies-readme.md", words),
        "model_cards/README.md": _template("cards-readme.md", words),
        ".rampgate-version": f"{__version__}\n",
    }
    return {path: text.encode() for path, text in files.items()}


def roles_of(answers: Answers) -> list[tuple[Somebody, list[str], str]]:
    """Return each person once, with their roles and team. Raises UsageProblem where two of them share something."""
    given: list[tuple[str, Sequence[Somebody]]] = [
        ("business_owner", (answers.business,)),
        ("technical_owner", answers.technical or (answers.business,)),
        ("risk", answers.risk),
        ("security", answers.security or answers.risk[:1]),
        ("policy_owner", answers.policy_owners or (answers.business, *answers.risk)),
    ]
    people: dict[str, tuple[Somebody, list[str]]] = {}
    for role, holders in given:
        for somebody in holders:
            known, roles = people.setdefault(somebody.name, (somebody, []))
            if (known.account, known.login) != (somebody.account, somebody.login):
                raise UsageProblem(f"`{somebody.name}` is given with two accounts; one person has one name")
            roles.append(role)
    accounts = [known.account for known, _ in people.values()]
    if len(set(accounts)) < len(accounts):
        raise UsageProblem("two people are given with the same account id; quorum counts people, not accounts")
    independent = {each.name for each in (*answers.risk, *answers.security)}
    return [
        (known, roles, "model-risk" if known.name in independent else answers.team) for known, roles in people.values()
    ]


def _words(answers: Answers, people: Sequence[tuple[Somebody, list[str], str]]) -> dict[str, str]:
    """Return what stands for each `@word@` of a template."""
    rungs = PRESETS[answers.ladder]
    served = [name for name, _ in rungs[1:]]
    after_traffic = [name for (_, before), (name, _) in pairwise(rungs) if before > 0]
    policy_owners = [each for each, roles, _ in people if "policy_owner" in roles]
    independent = [each for each, roles, team in people if "risk" in roles and team != answers.team]
    return {
        "owner": answers.risk[0].name,
        "effect": answers.start,
        "served": ", ".join(served),
        "after_traffic": ", ".join(after_traffic),
        "below_last": ", ".join(served[:-1]),
        "last": served[-1],
        "lower_half": ", ".join(name for name, percent in rungs[1:] if percent < 50),
        "upper_half": ", ".join(name for name, percent in rungs[1:] if percent >= 50),
        "risk_count": str(min(2, len(independent))),
        "policy_count": str(max(1, min(2, len(policy_owners) - 1))),
        "ratio": answers.ratio,
        "attributes": ", ".join(quoted_as("", each) for each in answers.attributes),
        "branch": answers.branch,
        "team": quoted_as("", answers.team),
        "version": __version__,
    }


def _template(name: str, words: dict[str, str]) -> str:
    data = pkgutil.get_data("rampgate", f"app/templates/{name}")
    assert data is not None, "every loader that rampgate can be imported by gives data"
    text = data.decode()
    for word, replacement in words.items():
        text = text.replace(f"@{word}@", replacement)
    return text


def _ladder(preset: str) -> str:
    lines = [
        "schema: rampgate/ladder/v1",
        "# In order; the first is where versions are registered, the last serves everybody. To rename a stage later,",
        "# write `formerly: [old-name]`. `dwell_days: 7` at a rung asks that a version stays there for seven days",
        "# before it goes up; it needs decisions to be recorded (policies/history.yaml).",
        "stages:",
    ]
    lines += [f"  - {{name: {name}, exposure_percent: {percent}}}" for name, percent in PRESETS[preset]]
    return "\n".join(lines) + "\n"


def _people(answers: Answers, people: Sequence[tuple[Somebody, list[str], str]]) -> str:
    lines = [
        "schema: rampgate/people/v1",
        "# Natural persons; quorum counts persons, never accounts. The numeric id is what counts, logins may change:",
        "#   gh api users/LOGIN --jq .id",
        "# emails: the addresses that their commits carry (GitHub's own no-reply addresses need not be listed).",
        "# keys: SSH public keys with which they sign evidence, as in ~/.ssh/id_ed25519.pub.",
        "people:",
    ]
    for somebody, roles, team in people:
        account: dict[str, Any] = {"forge": "github", "id": somebody.account, "login": somebody.login}
        lines += [
            f"  - name: {quoted_as('', somebody.name)}",
            f"    accounts: [{flow_text(account)}]",
            f"    emails: {flow_text([somebody.email] if somebody.email else [])}",
            "    keys: []",
            f"    roles: [{', '.join(roles)}]",
            f"    team: {quoted_as('', team)}",
        ]
    lines += [
        "bots:",
        '  - {forge: github, id: 41898282, login: "github-actions[bot]"}',
        f"# Approvals that ask for independence look at teams; the one that owns your models is `{answers.team}` here.",
    ]
    return "\n".join(lines) + "\n"
