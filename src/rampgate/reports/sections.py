"""A page as sections, and how it is made to fit: the least important items go first, and the page says how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Size = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page.

    lead: lines that stay. items: Markdown of one line each, any of which may be left out from the end. tail: lines that
    stay, after the items. of: what the items are, such as `findings`. rank: the greater, the earlier it is cut.
    """

    title: str
    items: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    of: str = "items"
    rank: int = 0
    left_out: int = 0

    def lines(self) -> list[str]:
        """Return the lines of the section, an empty one at its end."""
        head = [f"#### {self.title}", ""] if self.title else []
        cut = ["", f"*{self.left_out} more {self.of} are left out for length.*"] if self.left_out else []
        return [*head, *self.lead, *self.items, *cut, *self.tail, ""]

    def first(self, count: int) -> Section:
        """Return the section with that many of its items."""
        return replace(self, items=self.items[:count], left_out=self.left_out + len(self.items[count:]))


def page(sections: Sequence[Section]) -> str:
    """Return the sections as one text, ending in a newline."""
    return "\n".join(line for each in sections for line in each.lines()).rstrip() + "\n"


def fitted(sections: Sequence[Section], limit: int, size: Size = len) -> str:
    """Return the page within a limit, cut where it is least important and as little as need be.

    size: how the limit counts. What is not an item is never cut, so a page of nothing but leads may pass the limit.
    """
    kept = list(sections)
    for place in sorted(range(len(kept)), key=lambda each: -kept[each].rank):
        if size(page(kept)) <= limit:
            break
        whole = kept[place]
        low, high = 0, len(whole.items)
        while low < high:
            middle = (low + high + 1) // 2
            kept[place] = whole.first(middle)
            low, high = (middle, high) if size(page(kept)) <= limit else (low, middle - 1)
        kept[place] = whole.first(low)
    return page(kept)
