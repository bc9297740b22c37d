"""Reads the files that a step leaves its results in: `name=value`, and `name<<END` for values of several lines."""

from __future__ import annotations


class FileFault(Exception):
    """The runner would end the step for what is in the file."""


def pairs(text: str) -> dict[str, str]:
    """Return what GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE says; of two with one name the later counts."""
    found: dict[str, str] = {}
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        equals, arrow = line.find("="), line.find("<<")
        if equals >= 0 and (arrow < 0 or equals < arrow):
            name, value = line[:equals], line[equals + 1 :]
        elif arrow >= 0:
            name, end = line[:arrow], line[arrow + 2 :]
            if end not in lines[at:]:
                raise FileFault(f"`{end}` does not end the value of `{name}`")
            until = lines.index(end, at)
            value, at = "\n".join(lines[at:until]), until + 1
        else:
            raise FileFault(f"`{line}` is neither name=value nor name<<END")
        if not name:
            raise FileFault(f"`{line}` has no name")
        found[name] = value
    return found
