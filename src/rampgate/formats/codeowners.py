r"""Reads CODEOWNERS: who owns a path.

The last line whose pattern matches counts, and one without owners takes ownership away. Patterns are those of
gitignore, without `!` and `[ ]`. Source: docs.github.com, "About code owners".

>>> owners_of("* @acme/all\n/policies/ @rita\n", "policies/people.yaml")
('@rita',)
"""

from __future__ import annotations

import re
from typing import Final

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file, in this order; the first one counts."""


def owners_of(text: str, path: str) -> tuple[str, ...]:
    """Return the owners of a path, empty where nobody owns it. path: relative to the root, with `/`."""
    found: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words and _pattern(words[0]).fullmatch(path):
            found = tuple(words[1:])
    return found


def _pattern(written: str) -> re.Pattern[str]:
    bare = written.strip("/")
    is_anchored = "/" in written.rstrip("/")
    parts = [_part(part) for part in re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", bare)]
    # A name alone is a file or a folder; a slash at its end says folder; `docs/*` does not reach below `docs/`.
    below = "/.+" if written.endswith("/") else "" if bare.endswith("/*") else "(?:/.+)?"
    return re.compile(("" if is_anchored else "(?:.*/)?") + "".join(parts) + below)


def _part(part: str) -> str:
    wild = {"**/": "(?:.*/)?", "/**": "/.+", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return wild.get(part, re.escape(part))
