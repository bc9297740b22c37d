"""Reads what a step printed as the runner does: annotations, masks, and commands that are switched off.

Source: the runner's ActionCommand and ActionCommandManager; docs.github.com, "Workflow commands".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LEVELS = ("error", "warning", "notice")
PER_LEVEL = 10
"""So many annotations of each level are kept of a step; the steps of a composite action share them."""
LONGEST = 4096

COMMAND = re.compile(r"\s*::([A-Za-z0-9_.-]+)(?:\s+(.*?))?::(.*)", re.DOTALL)
ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


@dataclass(frozen=True)
class Annotation:
    """One annotation as the forge would keep it."""

    level: str
    message: str
    file: str = ""
    line: str = ""
    title: str = ""


@dataclass
class Log:
    """What a job printed so far, and what the runner made of it."""

    lines: list[str] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    dropped: int = 0
    masks: list[str] = field(default_factory=list)
    groups: int = 0
    unknown: list[str] = field(default_factory=list)
    _stopped: str | None = None

    def feed(self, text: str) -> None:
        """Take what a step printed."""
        for line in re.split(r"\r?\n|\r", text):
            self._take(line)

    def end_of_step(self) -> None:
        """A step that leaves commands switched off leaves them so for itself alone."""
        self._stopped = None

    @property
    def text(self) -> str:
        """What a reader of the log sees."""
        return "\n".join(self.lines)

    def _take(self, line: str) -> None:
        found = COMMAND.fullmatch(line)
        if self._stopped is not None:
            if found and found[1] == self._stopped:
                self._stopped = None
            else:
                self._show(line)
            return
        if not found:
            self._show(line)
            return
        self._obey(found[1], _properties(found[2] or ""), _unescaped(found[3], ("%0D", "%0A", "%25")))

    def _obey(self, name: str, properties: dict[str, str], message: str) -> None:
        if name in LEVELS:
            self._annotate(name, properties, message)
        elif name == "add-mask":
            self.masks += [part for part in message.splitlines() if part]
        elif name == "stop-commands":
            self._stopped = message
        elif name == "group":
            self.groups += 1
            self._show(message)
        elif name not in {"endgroup", "debug", "echo"}:
            self.unknown.append(name)

    def _annotate(self, level: str, properties: dict[str, str], message: str) -> None:
        if sum(each.level == level for each in self.annotations) >= PER_LEVEL:
            self.dropped += 1
            return
        kept = {key: properties.get(key, "") for key in ("file", "line", "title")}
        self.annotations.append(Annotation(level, self._masked(message)[:LONGEST], **kept))

    def _show(self, line: str) -> None:
        self.lines.append(self._masked(line))

    def _masked(self, text: str) -> str:
        for mask in self.masks:
            text = text.replace(mask, "***")
        return text


def _unescaped(text: str, signs: tuple[str, ...]) -> str:
    for sign in signs:
        text = text.replace(sign, ESCAPES[sign])
    return text


def _properties(text: str) -> dict[str, str]:
    parts = (part.split("=", 1) for part in text.split(",") if "=" in part)
    return {name.strip(): _unescaped(value, tuple(ESCAPES)) for name, value in parts}
