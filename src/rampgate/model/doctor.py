"""What a repository on GitHub looks like from outside, and the holes that are found in it.

A part that could not be read is `Unread`, never None or empty: what nobody could see is not taken for sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding about the set-up matters, the worst first."""

    HOLE = "hole"
    """A promotion could get past the gate, or the gate's rules past the people who own them."""
    WEAKNESS = "weakness"
    """No way past the gate, but one lock fewer, a late verdict or a rollback that has to wait."""
    UNKNOWN = "unknown"
    """Could not be read with this token; it may be a hole."""
    ADVICE = "advice"
    """Worth doing."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be read. needs: the permission of a token that could, such as `administration: read`.

    first: what to try before another token, where the answer has another cause as likely, "" for nothing.
    """

    why: str
    needs: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class BranchRule:
    """One rule that holds for a branch. source: the ruleset's name in words, or `branch protection`.

    ruleset: the ruleset's number, 0 for classic branch protection.
    """

    kind: str
    parameters: Mapping[str, Any]
    ruleset: int
    source: str


@dataclass(frozen=True, slots=True)
class BypassActor:
    """Who may pass a ruleset by. mode: `always`, `pull_request` or `exempt`."""

    who: str
    mode: str


@dataclass(frozen=True, slots=True)
class RulesetSeen:
    """A ruleset and who may pass it by; `enforcement` is `active`, `evaluate` or `disabled`."""

    number: int
    name: str
    enforcement: str
    actors: tuple[BypassActor, ...] | Unread


@dataclass(frozen=True, slots=True)
class WorkflowSeen:
    """A workflow file of the governed branch; `problem` says why it could not be read, and `value` is then empty."""

    path: str
    value: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentSeen:
    """A deployment environment.

    protected_only: open to branches with protection rules. patterns: the names of branches and tags that may use it,
    None where any may. admins_bypass: None where GitHub does not say.
    """

    name: str
    protected_only: bool
    patterns: tuple[str, ...] | Unread | None
    admins_bypass: bool | None


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """An account of the people file beside what GitHub says of its login.

    found: the numeric id that the login has now, None where nobody has it. permission: what it may do here.
    """

    person: str
    login: str
    number: int
    found: int | Unread | None
    permission: str | Unread


@dataclass(frozen=True, slots=True)
class Bypassed:
    """A push or merge that passed rules by."""

    who: str
    when: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogSeen:
    """The records of a decision history, as the clone has them.

    size: how many there are. signer: the key of the newest, "" where there is none; why_not_next: why that key may not
    sign the next one, "" where it may. unrecorded: governed commits of the governed branch that no record accounts for,
    oldest first. is_cut: whether the newest commit on record is not on the governed branch any more.
    """

    size: int
    signer: str
    why_not_next: str = ""
    unrecorded: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class HistorySeen:
    """The decision history that the governed branch declares.

    able: the keys that may sign the next record. log: the records, None where the branch is not there.
    """

    branch: str
    able: tuple[str, ...]
    log: LogSeen | Unread | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the doctor looks at; times are RFC 3339 in UTC.

    commit: the commit of the clone whose files were read. rules: those that hold for the governed branch, protection
    of the classic kind included; history_rules: the same of the branch of the history, None where there is none, and
    none declared. history: what the governed branch declares, None for none.
    rebase: whether the repository allows rebase merging. token_writes, actions_approve: what workflows' own tokens may.
    environments: by name, those that the jobs of gate and record use. owners: the text of CODEOWNERS, None where there
    is none; owner_errors: what GitHub says is wrong with it. policies: what is wrong with people and governance, "" for
    nothing.
    teams: `organisation/slug` -> why its members can not be read. monitor: when its last run ended, None for never.
    unseen: what else may hold for the branch and could not be read, "" for nothing; it is taken not to hold.
    context: of the commit status that carries the verdict.
    """

    repository: str
    branch: str
    default_branch: str
    commit: str
    now: str
    rules: tuple[BranchRule, ...]
    history_rules: tuple[BranchRule, ...] | Unread | None
    rulesets: tuple[RulesetSeen, ...] | Unread
    rebase: bool | Unread
    token_writes: bool | Unread
    actions_approve: bool | Unread
    workflows: tuple[WorkflowSeen, ...]
    environments: Mapping[str, EnvironmentSeen | Unread | None]
    owners: str | None
    owner_errors: tuple[str, ...] | Unread
    policies: str
    persons: int
    accounts: tuple[AccountSeen, ...]
    teams: Mapping[str, Unread]
    bypassed: tuple[Bypassed, ...] | Unread
    monitor: str | Unread | None
    history: HistorySeen | None = None
    unseen: str = ""
    context: str = "rampgate/verdict"


@dataclass(frozen=True, slots=True)
class Hole:
    """One finding about the set-up, of whatever severity.

    check: stable id. found: what is there. why: why it matters, one sentence. fix: a command, or the setting to change.
    needs: the permission of a token that could read it, where the severity is `unknown`.
    """

    check: str
    severity: Severity
    found: str
    why: str
    fix: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How the verdict is published: `strong` by an App of its own, `light` by the workflow's token, or `none`."""

    name: str
    because: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor says of one repository; `checks` is how many were made."""

    repository: str
    branch: str
    commit: str
    profile: Profile
    holes: tuple[Hole, ...]
    checks: int

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(hole.severity is severity for hole in self.holes)
