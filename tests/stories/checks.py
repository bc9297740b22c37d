"""What a story can expect of the last run and of the forge, one `Check` each; the table CHECKS is the vocabulary.

Every check knows how to falsify itself: `flips` gives expectations that must not hold where the right one does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from rampgate.reports.comment import MARKER
from stories.play import Play
from stories.words import Mismatch, fields, texts

NEVER = "what nobody ever says"
PLACE = ("pull", "at")
"""Keys of `expect` that say which pull request (1) and which commit (its head) is looked at."""


@dataclass(frozen=True)
class Check:
    """what: for the README. see: what there is. holds: whether that is as expected. flips: what must not hold."""

    what: str
    see: Callable[[Play, int, str], Any]
    holds: Callable[[Any, Any], bool]
    flips: Callable[[Any], list[Any]]


def expect(play: Play, said: Any) -> None:
    """Hold what there is against what the story expects: any key of the table below, `pull` (1), `at` (its head)."""
    f = fields(said, "verdict", **dict.fromkeys(CHECKS), **dict.fromkeys(PLACE))
    pull = f["pull"] or 1
    commit = (
        play.commit(f["at"]) if f["at"] else play.forge.state.pulls[pull].head_sha if play.forge.state.pulls else ""
    )
    wrong = []
    for name in (each for each in said if each not in PLACE):
        seen = CHECKS[name].see(play, pull, commit)
        if CHECKS[name].holds(seen, said[name]):
            play.seen.append((name, seen, said[name]))
        else:
            wrong.append(f"{name}: expected {said[name]!r}, found {seen!r}")
    if wrong:
        raise Mismatch("\n".join([*wrong, *_told(play)]))


def _told(play: Play) -> list[str]:
    """What helps to see why."""
    run = play.run
    return ["", "the last run:", run.out, run.error] if run else ["nothing was run"]


# What there is


def _run(play: Play) -> Any:
    assert play.run is not None, "nothing was run yet"
    return play.run


def _statuses(play: Play, _: int, commit: str) -> list[str]:
    return [each.state for each in play.forge.statuses(commit)]


def _description(play: Play, _: int, commit: str) -> str:
    found = play.forge.verdict(commit)
    return (found.description or "") if found else ""


def _own_comment(play: Play, pull: int, _: str) -> str:
    app = play.forge.state.accounts["rampgate-gate[bot]"].id
    mine = [c.body for c in play.forge.state.comments if c.pull == pull and c.account.id == app]
    return "\n\n".join(each for each in mine if each.startswith(MARKER))


def _awaited(play: Play, *_: Any) -> list[str]:
    slots = play.report()["approvals"]["required"]
    return sorted({name for slot in slots if slot["missing"] for name in slot["candidates"]})


def _ignored(play: Play, *_: Any) -> list[tuple[str, str]]:
    return [(each["login"], each["reason"]) for each in play.report()["approvals"]["ignored"]]


def _findings(play: Play, *_: Any) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for each in play.report()["findings"]:
        found.setdefault(each["rule"], []).append((each["outcome"], each["message"]))
    return found


def _problems(play: Play, *_: Any) -> str:
    lines = []
    for each in play.report()["problems"]:
        place = each["location"]
        lines.append(f"{place['path']}:{place['line']}:{place['column']}: {each['message']}")
    return "\n".join(lines)


def _calls(play: Play, *_: Any) -> list[str]:
    return [f"{each.method} {each.path}" for each in play.forge.calls]


def _tree(play: Play, *_: Any) -> str:
    names = (p.relative_to(play.runner.checkout) for p in play.runner.checkout.rglob("*") if ".git" not in p.parts)
    return "\n".join(sorted(map(str, names)))


# Whether it is as expected


def _equal(seen: Any, expected: Any) -> bool:
    return bool(seen == expected)


def _same_names(seen: Any, expected: Any) -> bool:
    return sorted(seen) == sorted(expected)


def _contains(seen: str, expected: Any) -> bool:
    return all(each in seen for each in texts(expected))


def _lacks(seen: str, expected: Any) -> bool:
    # Where nothing was said, nothing was shown to be left out.
    return bool(seen) and not any(each in seen for each in texts(expected))


def _same_ignored(seen: list[tuple[str, str]], expected: dict[str, Any]) -> bool:
    if sorted(login for login, _ in seen) != sorted(login for login, said in expected.items() for _ in texts(said)):
        return False
    return all(
        text in reason
        for login, said in expected.items()
        for text, reason in zip(texts(said), [r for who, r in seen if who == login], strict=True)
    )


def _has_findings(seen: dict[str, list[tuple[str, str]]], expected: dict[str, Any]) -> bool:
    def answers(rule: str, said: Any) -> bool:
        outcome, *words = texts(said)
        return any(each == outcome and all(w in message for w in words) for each, message in seen.get(rule, []))

    return all(answers(rule, said) for rule, said in expected.items())


def _counts(seen: list[str], expected: dict[str, int]) -> bool:
    return all(sum(fnmatchcase(call, pattern) for call in seen) == count for pattern, count in expected.items())


# What must not hold


def _another(expected: Any) -> list[Any]:
    return [expected + 1 if isinstance(expected, int) else f"{expected}, {NEVER}"]


def _one_more(expected: list[Any]) -> list[Any]:
    return [[*expected, NEVER], *([expected[:-1]] if expected else [])]


def _other_texts(expected: Any) -> list[Any]:
    every = texts(expected)
    return [[*every[:at], f"{each}{NEVER}", *every[at + 1 :]] for at, each in enumerate(every)]


def _held_texts(expected: Any) -> list[Any]:
    every = texts(expected)
    return [[*every[:at], "", *every[at + 1 :]] for at in range(len(every))]


def _other_values(expected: dict[str, Any]) -> list[Any]:
    changed = [{**expected, key: other} for key, said in expected.items() for other in _other_texts(said)]
    return [*changed, {**expected, NEVER: NEVER}]


def _other_counts(expected: dict[str, int]) -> list[Any]:
    return [{**expected, key: count + 1} for key, count in expected.items()]


def _of_report(key: str) -> Callable[..., Any]:
    return lambda play, *_: play.report().get(key, "no decision") or "nothing"


CHECKS: dict[str, Check] = {
    "verdict": Check("the verdict; `nothing` where nothing governed differs", _of_report("verdict"), _equal, _another),
    "change": Check("the kind of change", _of_report("change"), _equal, _another),
    "exit": Check("the exit code", lambda play, *_: _run(play).code, _equal, _another),
    "status": Check(
        "the last state of the status; `none` where there is none",
        lambda play, pull, commit: (_statuses(play, pull, commit) or ["none"])[-1], _equal, _another,
    ),
    "statuses": Check("every state of the status, oldest first", _statuses, _equal, _one_more),
    "description": Check("texts in the status' description", _description, _contains, _other_texts),
    "counted": Check(
        "the persons whose approvals count, all of them",
        lambda play, *_: [each["person"] for each in play.report()["approvals"]["counted"]], _same_names, _one_more,
    ),
    "ignored": Check("login to a text of the reason, for every review that is ignored", _ignored, _same_ignored,
                     _other_values),
    "awaited": Check("the persons who are asked, all of them", _awaited, _same_names, _one_more),
    "findings": Check("rule to its outcome, or to a list of its outcome and texts of its message", _findings,
                      _has_findings, _other_values),
    "problems": Check("texts of what is told of invalid files", _problems, _contains, _other_texts),
    "comment": Check("texts in the run's own comment", _own_comment, _contains, _other_texts),
    "comment_lacks": Check("texts that are not in it", _own_comment, _lacks, _held_texts),
    "comments": Check("how many comments there are, whoever wrote them",
                      lambda play, pull, _: sum(c.pull == pull for c in play.forge.state.comments), _equal, _another),
    "log": Check("texts in what was printed", lambda play, *_: _run(play).out + _run(play).error, _contains,
                 _other_texts),
    "log_lacks": Check("texts that were not printed", lambda play, *_: _run(play).out + _run(play).error, _lacks,
                       _held_texts),
    "waited": Check("the seconds that the client waited, in order", lambda play, *_: [int(s) for s in play.waits],
                    _equal, _one_more),
    "calls": Check("call, such as `POST */statuses/*`, to how often it was made", _calls, _counts, _other_counts),
    "checkout_lacks": Check("texts that no path in the runner's work tree holds", _tree, _lacks, _held_texts),
}  # fmt: skip
"""Key of `expect:` -> what it looks at."""
