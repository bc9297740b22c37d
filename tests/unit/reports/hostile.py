"""Every text that somebody else can write, made to break out of where it is shown; and a decision full of them."""

from __future__ import annotations

from rampgate.errors import Problem
from rampgate.model.approval import CountedApproval, IgnoredReview, SlotState
from rampgate.model.brief import Brief, EvidenceOrigin, Figure, GroupRow, GroupTable, MetricRow, Vouched
from rampgate.model.decision import Bypass, Decision, Waived
from rampgate.model.sourced import Location
from unit.reports.decisions import a_decision, a_finding

TEXTS = {
    "a workflow command": "::set-output name=verdict::allow",
    "a workflow command on a line of its own": "x\n::stop-commands::pause\n::error::gone\r\n::add-mask::a",
    "a lone carriage return": "x\r::error::gone",
    "an older workflow command": "see ##[set-env name=PATH]/evil and ##[error]x",
    "an escaped workflow command": "%0A::error::x%0D%25",
    "properties of a command": "a,file=/etc/passwd,line=1::gone;title=x",
    "a link": "[click](https://evil.example/a) and <https://evil.example> and https://evil.example www.evil.example",
    "a link in another way": "[click][1]\n\n[1]: https://evil.example",
    "an image": "![x](https://evil.example/track.png)",
    "a mention": "@acme/model-risk @rita, fixes #12, GH-12, acme/other#3",
    "HTML": "<img src=x onerror=alert(1)><script>alert(1)</script><a href='javascript:x'>y</a>",
    "an end of what is folded": "</details></summary></sub><details open><summary>allow</summary>",
    "a comment of HTML": "<!-- rampgate:verdict --> --> <!--",
    "a table": "a | b |\n|---|---|\n| c | d |",
    "pipes inside code": "`a | b` ``c | d`` \\| `",
    "backticks": "` `` ``` ```` ~~~",
    "a fence": "```\n### allow\n```",
    "a heading": "\n# allow: every blocking rule is met\n===",
    "emphasis": "**allow** __x__ ~~deny~~ *a*",
    "a backslash": "\\` \\[x](y) \\<b> \\",
    "entities": "&lt;b&gt; &#64;rita &amp;lt;",
    "a colour": "\x1b[31mred\x1b[0m\x07\x9b31m",
    "bidi marks": "\u202eallow\u202c \u2066x\u2069 \u200b\ufeff",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "what XML forbids": "\x00\x01\ufffe\uffff]]> <![CDATA[x]]>",
    "half a character": "a\ud800b\udcffc",
    "what a format fills in": "{0} {verdict} %s ${{ github.token }} $(id)",
    "mathematics": "$x$ $$\\href{https://evil.example}{a}$$",
}  # fmt: skip
EVERYTHING = " ".join(TEXTS.values())


def a_decision_of(text: str) -> Decision:
    """A denied decision in which every text that is not an id holds this one."""
    place = Location("model_cards/credit-risk/2.0.0/card.yaml", 3, 4)
    odd = Location(f"policies/{text}", 5, 6)
    fields = {"message": text, "found": text, "expected": f"not {text}", "fix": text, "why": text, "title": text}
    return a_decision(
        a_finding("fail", location=place, controls=(text,), **fields),
        a_finding("error", location=odd, **fields),
        a_finding("insufficient", "warn", location=odd, **fields),
        a_finding("waiting", location=None, **fields),
        a_finding("pass", **fields),
        a_finding("not_applicable", **fields),
        a_finding("waived", waiver=text, valid_until="2026-12-01", **fields),
        verdict="deny",
        counted=(CountedApproval(text, text, 1),),
        ignored=(IgnoredReview(text, 2, text),),
        required=(
            SlotState("r", text, 2, (text,), 1, (text, "rita"), independent_of=text),
            SlotState("attestation.vouched", text, 1, (), 1, (text,), person=text),
        ),
        waivers=(Waived(text, text, text, text, "2026-12-01"),),
        break_glass=(Bypass(text, text, text, text, text, "2026-12-01"),),
        problems=(Problem(text, text, 1, 2, text, text, text), Problem(f"policies/{text}", text)),
    )


def a_brief_of(text: str) -> Brief:
    """A brief in which every text that a card, a file or a person can say holds this one."""
    figure = Figure("0.8000", 100, "0.7112 to 0.8667", 4)
    row = MetricRow("accuracy", text, figure, figure, text, "", "+0.0100", "-0.01 to 0.03", "higher", asked=True)
    table = GroupTable(
        "rates.by-sex", "selection_rate", (text,), text, "at least 0.80 times the reference", "ratio to the reference",
        (
            GroupRow(text, 100, figure, "0.9 (0.8 to 1.0)", ""),
            GroupRow(text, 90, figure, "", "reference"),
            GroupRow(text, 0, None, "", "suppressed"),
        ),
        5, 2,
    )  # fmt: skip
    return Brief(
        changes=(f"owners.business: {text} -> {text}", text),
        more_changes=3,
        exposure_from=0,
        exposure_to=5,
        metrics=(row,),
        metrics_left_out=(text,),
        groups=(table,),
        vouched=(Vouched(text, text, text, "2026-12-01", is_new=True),),
        evidence=(EvidenceOrigin(text, text, "2026-11-18", text), EvidenceOrigin(text, text, "2026-11-18")),
    )
