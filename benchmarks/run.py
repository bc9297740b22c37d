"""Measures rampgate beside what people have today, and writes benchmarks/out/report.md and report.json.

All programs of a case run in turns within one run, so that a busy machine is busy for all of them; what counts are the
ratios of medians. Memory is the peak of resident pages that the kernel reports for the process (`wait4`). This program
stays small on purpose: a started process inherits the peak of the one that starts it.

Example: `python benchmarks/run.py --rounds 5`; `--quick` runs everything small, to see that it works.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
RAMPGATE = str(BIN / "rampgate")
CHECK_JSONSCHEMA = str(BIN / "check-jsonschema")
NOW = "2026-11-20T00:00:00Z"
MEGABYTE = 1024 * (1024 if sys.platform == "darwin" else 1)  # Linux counts in KiB, macOS in bytes
# Compiled modules are kept, as on a user's machine; otherwise every start would compile all it imports.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
VERDICTS = (0, 10, 11, 12)
Of = Literal["seconds", "processor", "memory"]


@dataclass(frozen=True)
class Program:
    """A command line that one case measures; `codes` are the exit codes that mean that it did its work.

    heavy: it takes minutes, so it runs once, whatever the rounds, and not to warm up.
    """

    name: str
    words: list[str]
    folder: Path
    codes: tuple[int, ...] = (0,)
    heavy: bool = False


@dataclass
class Measured:
    """What the runs of one program took: seconds of the clock and of the processor, and peak memory in MB."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    codes: set[int] = field(default_factory=set)

    def median(self, of: Of = "seconds") -> float:
        return statistics.median(getattr(self, of))


@dataclass(frozen=True)
class Ratio:
    """A statement about two programs: the first's time over the second's, and its limit.

    of: what is compared; seconds of the processor count alike on a busy machine.
    """

    statement: str
    above: str
    below: str
    at_most: float | None = None
    at_least: float | None = None
    of: Of = "seconds"


def run_once(program: Program, into: Measured) -> None:
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        child = subprocess.Popen(
            program.words,
            cwd=program.folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        took = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in program.codes:
            output.seek(0)
            words = output.read().decode("utf-8", "replace")[-2000:]
            sys.exit(f"{program.name} ended with {child.returncode}:\n{words}")
    into.seconds.append(took)
    into.processor.append(usage.ru_utime + usage.ru_stime)
    into.memory.append(usage.ru_maxrss / MEGABYTE)
    into.codes.add(child.returncode)


def measure(programs: list[Program], rounds: int) -> dict[str, Measured]:
    """Run the programs in turns; the first round warms file caches and is not counted."""
    light = [program for program in programs if not program.heavy]
    for program in light:
        run_once(program, Measured())
    found = {program.name: Measured() for program in programs}
    for turn in range(rounds):
        # Every other round goes backwards, so that no program always runs after the same one.
        for program in programs if turn == 0 else light[:: -1 if turn % 2 else 1]:
            run_once(program, found[program.name])
    return found


def make(folder: Path, cards: int, commits: int, *, checkout: bool) -> Path:
    """Make a repository in another process: this one must stay small."""
    words = [sys.executable, str(HERE / "generate.py"), str(folder), f"--cards={cards}", f"--commits={commits}"]
    subprocess.run([*words, *(["--checkout"] if checkout else [])], check=True)
    return folder


def card_schema(folder: Path) -> Path:
    target = folder / "card.schema.json"
    done = subprocess.run([RAMPGATE, "schema", "card"], capture_output=True, check=False)
    if done.returncode:
        program = "from rampgate.formats.schemas import schema_text; print(schema_text('card'))"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    target.write_bytes(done.stdout)
    return target


def cold_programs(repository: Path) -> list[Program]:
    card = str(min(repository.glob("model_cards/*/*/card.yaml")).relative_to(repository))
    return [
        Program("python -c pass", [sys.executable, "-c", "pass"], repository),
        Program("python -c 'import click'", [sys.executable, "-c", "import click"], repository),
        Program("rampgate --version", [RAMPGATE, "--version"], repository),
        Program("rampgate check, one card", [RAMPGATE, "check", card], repository),
    ]


def check_programs(repository: Path, schema: Path) -> list[Program]:
    cards = sorted(str(path.relative_to(repository)) for path in repository.glob("model_cards/*/*/card.yaml"))
    return [
        Program("rampgate check, all cards", [RAMPGATE, "check"], repository),
        Program("check-jsonschema, all cards", [CHECK_JSONSCHEMA, "--schemafile", str(schema), *cards], repository),
    ]


def gate_program(name: str, repository: Path) -> Program:
    words = [RAMPGATE, "gate", "--base", "main", "--head", "promote", "--now", NOW, "--format", "json"]
    return Program(name, words, repository, VERDICTS)


def table(found: dict[str, Measured]) -> list[str]:
    lines = [
        "| program | median s | least s | most s | CPU s | peak MB | exit |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, each in found.items():
        seconds = f"{each.median():.3f} | {min(each.seconds):.3f} | {max(each.seconds):.3f}"
        rest = f"{statistics.median(each.processor):.3f} | {max(each.memory):.0f}"
        lines.append(f"| {name} | {seconds} | {rest} | {', '.join(map(str, sorted(each.codes)))} |")
    return [*lines, ""]


def judge(ratio: Ratio, found: dict[str, Measured]) -> dict[str, object]:
    return judged_as(ratio, found[ratio.above].median(ratio.of) / found[ratio.below].median(ratio.of))


def judged_as(ratio: Ratio, value: float) -> dict[str, object]:
    limits = [value <= ratio.at_most] if ratio.at_most is not None else []
    limits += [value >= ratio.at_least] if ratio.at_least is not None else []
    return asdict(ratio) | {"value": round(value, 3), "met": all(limits)}


def ratio_table(judged: list[dict[str, object]]) -> list[str]:
    lines = ["| statement | ratio | limit | |", "|---|---:|---:|---|"]
    for each in judged:
        limits = {"at most": each["at_most"], "at least": each["at_least"]}
        limit = ", ".join(f"{words} {value}" for words, value in limits.items() if value is not None)
        met = ("met" if each["met"] else "not met") if limit else ""
        lines.append(f"| {each['statement']} | {each['value']} | {limit} | {met} |")
    return [*lines, ""]


def machine() -> dict[str, object]:
    return {"python": platform.python_version(), "system": platform.platform(), "processors": os.cpu_count()}


def write_report(
    place: Path, title: str, groups: dict[str, dict[str, Measured]], judged: list[dict[str, object]], rounds: int
) -> str:
    """Write a report as Markdown and as JSON, and return it. place: the path of both files without their suffix."""
    text = [f"# {title}", "", ", ".join(f"{name} {value}" for name, value in machine().items()), ""]
    text += ["## Ratios of medians", "", *ratio_table(judged)]
    for heading, group in groups.items():
        text += [f"## {heading}", "", *table(group)]
    programs = {name: each for group in groups.values() for name, each in group.items()}
    data = {
        "machine": machine(),
        "rounds": rounds,
        "ratios": judged,
        "programs": {name: asdict(each) | {"codes": sorted(each.codes)} for name, each in programs.items()},
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_suffix(".md").write_text("\n".join(text), encoding="utf-8")
    place.with_suffix(".json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return "\n".join(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of each program")
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: shows that it works")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="folder of the report")
    asked = parser.parse_args()
    rounds = 1 if asked.quick else asked.rounds
    few, many, short, long = (2, 6, 3, 9) if asked.quick else (20, 2000, 50, 5000)

    with tempfile.TemporaryDirectory(prefix="rampgate-bench-") as temporary:
        folder = Path(temporary)
        pairs = [(cards, commits) for cards in (few, many) for commits in (short, long)]
        sizes = {f"gate, {cards} cards, {commits} commits": (cards, commits) for cards, commits in pairs}
        repositories = {
            name: make(folder / f"{cards}-{commits}", cards, commits, checkout=True)
            for name, (cards, commits) in sizes.items()
        }
        smallest, more_commits, more_cards, largest = sizes
        groups = {
            "Start": measure(cold_programs(repositories[smallest]), rounds),
            f"Check {many} cards": measure(check_programs(repositories[more_cards], card_schema(folder)), rounds),
            "Gate": measure([gate_program(name, repositories[name]) for name in sizes], rounds),
        }
    found = {name: each for group in groups.values() for name, each in group.items()}
    ratios = [
        Ratio(
            "cold `check` of one card over `import click`", "rampgate check, one card", "python -c 'import click'", 3.0
        ),
        Ratio(
            "check-jsonschema (schema alone) over `rampgate check` (schema, references, places)",
            *("check-jsonschema, all cards", "rampgate check, all cards"),
            at_least=6.0,
        ),
        Ratio(f"`gate` with {many} cards over {few}", more_cards, smallest, 1.5),
        Ratio(f"`gate` with {long} commits over {short}", more_commits, smallest, 1.5),
        Ratio("`gate` with many of both over few of both", largest, smallest, 1.5),
    ]
    judged = [judge(ratio, found) for ratio in ratios]
    print(write_report(asked.out / "report", "Benchmarks", groups, judged, rounds))
    codes = [each.codes for each in groups["Gate"].values()]
    if any(each != codes[0] for each in codes):
        sys.exit("the gate answered differently on repositories that differ in size alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
