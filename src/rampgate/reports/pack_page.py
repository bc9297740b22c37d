"""A pack as pages: one over all of its decisions, and one for each, with no script and nothing to load.

Every decision answers the five questions of an auditor in words; the files that prove them lie beside the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from rampgate.model.history_views import Entry
from rampgate.model.record import Record
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from rampgate.reports.history_csv import landed_as_judged
from rampgate.reports.html import Content, Html, code, foreign, joined, link, page, prose, table, tag
from rampgate.reports.pack_answers import ASKED, EXCUSED, MET, UNJUDGED, FiveFold, Question, answers
from rampgate.reports.pack_style import STYLE
from rampgate.reports.packed import Pack, PackedDecision, PackedFile
from rampgate.reports.words import MEANING, ORDER, compared_beyond

MOST_IN_ONE: Final = 100
"""The most decisions that the page over all tells whole; of more it lists them, and each has its own page."""

_SETTLED: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED)
_LISTED_AT_MOST: Final = 12
_CLASS: Final = {Verdict.ALLOW: "good", Verdict.DENY: "bad", Verdict.HOLD: "care", Verdict.UNDECIDED: "care"}


def index_page(pack: Pack) -> str:
    """Return the page over all decisions of a pack."""
    whole = len(pack.decisions) <= MOST_IN_ONE
    title = f"Decisions of {pack.repository}"
    return page(
        title,
        STYLE,
        tag("a", "Skip to the list of decisions", href="#decisions", class_="skip"),
        tag("header", tag("h1", title), tag("p", foreign(pack.selection), class_="soft"), _facts(pack)),
        tag(
            "main",
            _overview(pack, whole=whole),
            [_article(each, f"{each.folder}/") for each in pack.decisions if whole],
        ),
        _foot(pack),
    )


def decision_page(told: PackedDecision, repository: str) -> str:
    """Return the page of one decision, which stands in the folder of its files."""
    title = f"Record {told.record.seq} of {repository}"
    back = tag("nav", link("../../index.html", "All decisions of this pack"))
    return page(title, STYLE, back, tag("main", _article(told, "", "h1", "h2")))


def _facts(pack: Pack) -> Html:
    rows: list[tuple[str, Content]] = [
        ("Repository", code(pack.repository)),
        ("Decisions here", _totals(pack.decisions)),
        ("History", joined(f"{pack.size} records on the branch ", code(pack.branch), ", the newest ", code(pack.head))),
        ("Tables", joined(link("decisions.csv", "decisions.csv"), ", ", link("findings.csv", "findings.csv"))),
        ("Written by", f"rampgate {pack.engine_version}"),
    ]
    return tag("dl", [[tag("dt", name), tag("dd", value)] for name, value in rows])


def _totals(decisions: Sequence[PackedDecision]) -> str:
    counted = Counter(_verdict(each) for each in decisions)
    parts = [f"{count} {word}" for word, count in sorted(counted.items())]
    bypassed = sum(1 for each in decisions if each.record.past_the_gate)
    parts += [f"{bypassed} of them past the gate"] if bypassed else []
    return f"{len(decisions)}: {', '.join(parts)}" if decisions else "none"


def _overview(pack: Pack, *, whole: bool) -> Html:
    header = ("Record", "When", "What", "Verdict", "Approved by", "Landed as judged", "What became of it")
    rows = [_overview_row(each, f"#{each.name}" if whole else "") for each in pack.decisions]
    return tag(
        "section",
        tag("h2", "The decisions", id="decisions", tabindex="-1"),
        table("In the order in which they were recorded; moments are in UTC", header, rows, class_="overview"),
        aria_labelledby="decisions",
    )


def _overview_row(told: PackedDecision, anchor: str) -> list[Content]:
    record, name = told.record, f"Record {told.record.seq}"
    counted = record.decision.counted if record.decision else ()
    return [
        tag("a", name, href=anchor) if anchor else link(f"{told.folder}/index.html", name),
        f"{record.at[:10]} {record.at[11:16]}",
        foreign(_title(told)),
        [
            _colour(_verdict(told), _tone(told)),
            [tag("br"), _colour("past the gate", "bad")] if record.past_the_gate else "",
        ],
        foreign(
            ", ".join(dict.fromkeys(each.person for each in counted)) or ("nobody" if record.decision else "not asked")
        ),
        landed_as_judged(record) or _not_as_judged(record),
        _colour(told.fate, "care" if told.fate in ("rolled back", "corrected") else ""),
    ]


def _not_as_judged(record: Record) -> str:
    if record.decision is None:
        return "not judged"
    return "judged only then" if record.landed else "did not land"


def _article(told: PackedDecision, folder: str, heading: str = "h2", below: str = "h3") -> Html:
    return tag(
        "article",
        tag(heading, f"Record {told.record.seq}: ", foreign(_title(told)), id=told.name),
        _lead(told),
        [_answer(each, told, folder, below) for each in answers(told)],
        tag(below, "What became of it", class_="answer"),
        tag("p", prose(_sentence(told.fate_words))),
        aria_labelledby=told.name,
    )


def _lead(told: PackedDecision) -> Html:
    decision = told.record.decision
    if decision is None:
        why = UNJUDGED.get(told.record.kind, "Nothing could be judged.")
        rest = "Who asked for it, what was reviewed and tested, and who approved can not be told from this history."
        return joined(tag("p", _colour("not decided", "care", "verdict"), ": ", why), tag("p", rest))
    ends = f" What it rests on stands until {decision.valid_until}." if decision.valid_until else ""
    parts = [_colour(str(decision.verdict), _tone(told), "verdict"), f": {MEANING[decision.verdict]}.{ends}"]
    past = told.record.past_the_gate
    if past:
        parts = [*parts, " ", tag("strong", _colour("It went past the gate", "bad"), ": ", prose("; ".join(past))), "."]
    return tag("p", *parts)


def _answer(answer: FiveFold, told: PackedDecision, folder: str, heading: str) -> Html:
    number = f"{list(Question).index(answer.question) + 1}. "
    tone = "good" if answer.short == MET else "care" if answer.short == EXCUSED else "bad" if answer.is_open else "soft"
    return joined(
        tag(
            heading,
            f"{number}{answer.question}",
            tag("span", " ", _colour(answer.short, tone), class_="short"),
            class_="answer",
        ),
        tag("p", ASKED[answer.question], class_="asked"),
        [tag("p", prose(each)) for each in answer.sentences],
        _findings(answer),
        _files(answer.files, folder),
        _command(told, folder) if answer.question is Question.RECORD else "",
    )


def _findings(answer: FiveFold) -> Content:
    ordered = sorted(answer.findings, key=lambda each: ORDER.index(Outcome(each["outcome"])))
    spoke = [each for each in ordered if each["outcome"] != Outcome.NOT_APPLICABLE]
    silent = [str(each["rule"]) for each in ordered if each["outcome"] == Outcome.NOT_APPLICABLE]
    parts: list[Content] = []
    if spoke:
        caption = f"{answer.question}: what each rule said"
        rows = [_finding(each) for each in spoke]
        parts.append(table(caption, ("Rule", "Answer", "In words"), rows, class_="findings"))
    if silent:
        parts.append(tag("p", "Do not apply here: ", foreign(", ".join(silent)), ".", class_="soft"))
    return parts


def _finding(each: Any) -> list[Content]:
    outcome = Outcome(each["outcome"])
    tone = "good" if outcome is Outcome.PASS else "care" if outcome is Outcome.WAIVED else "bad"
    word = str(outcome).replace("_", " ")
    extra = "" if each["effect"] == Effect.BLOCK else f" ({each['effect']}, does not block)"
    told = [prose(str(each["message"]))]
    compared = compared_beyond(str(each["message"]), str(each["found"]), str(each["expected"]))
    told += [tag("br"), tag("span", prose(compared), class_="soft")] if compared else []
    told += [tag("br"), foreign(f"excused by {each['waiver']}")] if each.get("waiver") else []
    told += [tag("br"), tag("span", "on a person's word, not checked", class_="soft")] if each.get("attested") else []
    name = [tag("span", foreign(str(each["title"]))), tag("br"), code(str(each["rule"]))]
    return [name, [_colour(word, tone), extra], told]


def _files(files: Sequence[PackedFile], folder: str) -> Content:
    if not files:
        return ""
    items = [_file(each, folder) for each in files]
    listed = tag("ul", items, class_="files")
    if len(items) <= _LISTED_AT_MOST:
        return listed
    return tag("details", tag("summary", f"{len(items)} files"), listed)


def _file(each: PackedFile, folder: str) -> Html:
    side = {"base": ", as it stood before", "landing": ", as it was to land"}.get(each.source.partition(":")[0], "")
    label = f" {each.role}{side}, {each.size:,} bytes, sha256 {each.sha256[:12]}…"
    return tag("li", link(f"{folder}{each.path}", foreign(each.path)), tag("span", label, class_="soft"))


def _command(told: PackedDecision, folder: str) -> Html:
    where = f"in `{folder.rstrip('/')}`" if folder else "in the folder of this page"
    return joined(
        tag("p", prose(f"To check the signature, {where}:")), tag("pre", tag("code", foreign(verify_command(told))))
    )


def verify_command(told: PackedDecision) -> str:
    """Return the command that checks the signature of a record, to be run in the folder of its files."""
    return (
        f"ssh-keygen -Y verify -f allowed_signers -I {told.signer} -n rampgate-decision "
        "-s record.signed.sig < record.signed"
    )


def _foot(pack: Pack) -> Html:
    return tag(
        "footer",
        tag("h2", "How to check this pack"),
        tag("p", "Every file is listed in ", link("MANIFEST", "MANIFEST"), " with its digest:"),
        tag("pre", tag("code", "sha256sum --check --strict MANIFEST")),
        tag("p", "The digests of a decision's inputs stand in its signed record. Whose key may sign comes from ",
            code("policies/history.yaml"), " as it was in the clone that this pack was made from: compare the "
            "fingerprints with those that you were given on another way. That no record was left out is proved on a "
            "clone, not on a pack:"),
        tag("pre", tag("code", "rampgate audit verify")),
        tag("p", f"The newest record when this was written: {pack.size - 1}, ", code(pack.head), ".", class_="soft"),
    )  # fmt: skip


def _title(told: PackedDecision) -> str:
    return Entry(told.record, told.digest).title.replace(": - -> ", ": at ").replace("->", "→")


def _verdict(told: PackedDecision) -> str:
    return str(told.record.decision.verdict) if told.record.decision else "not decided"


def _tone(told: PackedDecision) -> str:
    decision = told.record.decision
    if told.record.past_the_gate:
        return "bad"
    return _CLASS[decision.verdict] if decision is not None else "soft"


def _colour(words: str, tone: str, *more: str) -> Html:
    return tag("span", words, class_=" ".join(each for each in (tone, *more) if each) or False)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
