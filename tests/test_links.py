"""Every relative link of the documentation leads to a file, and to a heading where it names one."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"^( *)(`{3,}).*?^ *\2 *$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^()<>\s]+)>?(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
FENCE = re.compile(r"^( *)(`{3,}).*?^ *\2 *$", re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """The relative targets of a page, those in code left out."""
    targets = LINK.findall(CODE.sub("", text))
    return [each for each in targets if not re.match(r"[a-z][a-z0-9+.-]*:|//", each)]


def anchors(text: str) -> set[str]:
    """The names under which GitHub lets the headings of a page be linked."""
    found: dict[str, int] = {}
    names = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = [c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LN"]
        name = "".join(kept).replace(" ", "-")
        again = found.get(name, 0)
        found[name] = again + 1
        names.add(f"{name}-{again}" if again else name)
    return names


def broken(page: Path) -> list[str]:
    faults = []
    for target in links(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        place = (page.parent / unquote(path)).resolve() if path else page
        if not place.exists():
            faults.append(f"{target}: there is no such file")
        elif anchor and (place.suffix != ".md" or anchor not in anchors(place.read_text(encoding="utf-8"))):
            faults.append(f"{target}: there is no such heading")
    return faults


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_the_page_leads_somewhere(page):
    assert broken(page) == []


def test_every_page_can_be_reached_from_the_map():
    """A page that nothing links to is found by nobody."""
    start = ROOT / "docs" / "index.md"
    seen, waiting = {start}, [start]
    while waiting:
        page = waiting.pop()
        for target in links(page.read_text(encoding="utf-8")):
            place = (page.parent / unquote(target.partition("#")[0])).resolve()
            if place.suffix == ".md" and place.is_file() and place not in seen:
                seen.add(place)
                waiting.append(place)
    assert [
        str(page.relative_to(ROOT)) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in seen
    ] == []


PLANTED = {
    "a file that is not there": ("[a](missing.md)", ["missing.md: there is no such file"]),
    "a heading that is not there": ("# Here\n\n[a](#there)", ["#there: there is no such heading"]),
    "a heading of another page": ("[a](other.md#nowhere)", ["other.md#nowhere: there is no such heading"]),
    "a heading in a block of code": ("```yaml\n# no heading\n```\n[a](#no-heading)", ["#no-heading: there is no such heading"]),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_is_found(case, tmp_path):
    text, expected = PLANTED[case]
    (tmp_path / "other.md").write_text("# Some `card.yaml` words\n", encoding="utf-8")
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert broken(tmp_path / "page.md") == expected


GRANTED = {
    "an address": "[a](https://example.com/x)",
    "a heading of its own": "# A heading, with `code`\n\n[a](#a-heading-with-code)",
    "a heading of another page": "[a](other.md#some-cardyaml-words)",
    "a second heading of the same words": "# A\n\n# A\n\n[a](#a-1)",
    "a folder": "[a](.)",
    "a link that is only shown": "`[a](missing.md)`\n\n```text\n[a](missing.md)\n```\n",
}


@pytest.mark.parametrize("case", GRANTED)
def test_what_leads_somewhere_is_left_alone(case, tmp_path):
    (tmp_path / "other.md").write_text("# Some `card.yaml` words\n", encoding="utf-8")
    (tmp_path / "page.md").write_text(GRANTED[case], encoding="utf-8")
    assert broken(tmp_path / "page.md") == []
