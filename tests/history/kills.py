"""Kill a recorder at one exact step: before, while or after the n-th program that it starts, with that or alone.

Programs are counted by a script that stands for `git` and `ssh-keygen` on the PATH. While Git holds a ref locked its
own hook kills: no moment is worse, for the lock stays behind.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("git", "ssh-keygen")
_SCRIPT: Final = """\
#!/bin/sh
# Stands for {real}.
place={folder}
printf . >>"$place/count"
number=$(wc -c <"$place/count")
case " $* " in
*" push "*) if [ -e "$place/race" ]; then mv "$place/race" "$place/raced" && sh "$place/raced"; fi ;;
esac
for word do
    shift
    case "$word" in core.hooksPath=*) word="core.hooksPath=$place/hooks" ;; esac
    set -- "$@" "$word"
done
[ -e "$place/$number" ] || exec {real} "$@"
case $(cat "$place/$number") in
before) ;;
beside) kill -s KILL "$RECORDER"; exec {real} "$@" ;;
during) {real} "$@" <&0 & sleep 0.00$number ;;
after) {real} "$@" ;;
esac
kill -s KILL -- "-$RECORDER"
kill -s KILL 0
"""
_HOOK: Final = """\
#!/bin/sh
place={folder}
[ "$1" = prepared ] || exit 0
printf . >>"$place/locks"
[ -e "$place/lock-$(wc -c <"$place/locks")" ] || exit 0
kill -s KILL -- "-$RECORDER"
kill -s KILL 0
"""


@dataclass
class Trap:
    """The scripts in one folder; `environ` is what a recorder needs to meet them."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir()
        (self.folder / "hooks").mkdir()
        for name in PROGRAMS:
            real = shutil.which(name)
            assert real, f"{name} is not on the PATH"
            _executable(self.folder / "bin" / name, _SCRIPT.format(real=real, folder=self.folder))
        _executable(self.hook, _HOOK.format(folder=self.folder))

    @property
    def hook(self) -> Path:
        """What Git runs while it holds refs locked."""
        return self.folder / "hooks" / "reference-transaction"

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    def clear(self) -> None:
        """Count from nothing again, and kill at nothing."""
        for each in self.folder.iterdir():
            if each.is_file():
                each.unlink()

    def set(self, number: int, how: str) -> None:
        """Kill at a program, counted from 1. how: before, during or after it; beside it, and the program goes on."""
        (self.folder / str(number)).write_text(how)

    def set_lock(self, number: int) -> None:
        """Kill where refs are locked for the n-th time, counted from 1."""
        (self.folder / f"lock-{number}").touch()

    def race(self, script: str) -> None:
        """Let something happen right before the first push."""
        (self.folder / "race").write_text(script)

    @property
    def programs(self) -> int:
        """How many programs were started."""
        return _size(self.folder / "count")

    @property
    def locks(self) -> int:
        """How often refs were locked."""
        return _size(self.folder / "locks")


def _executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
