"""The decision history at 1,000 and 10,000 records: verifying, asking, judging and replaying, beside what Git takes.

Histories are generated (`tests/worlds/history_bulk.py`): two commits of `main` for each record, 50 models, records of
50 findings with what they name. The floor of verifying is `git log --raw` of both branches and as many signature checks
inside one process; `git fsck` and GTO's history of as many events are measured in the same rounds.

    python benchmarks/history.py --rounds 3
    python benchmarks/history.py --gto /tmp/venv/bin/gto     # a `gto` that is installed already
    python benchmarks/history.py --quick                     # everything small, to see that it works
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from environments import environment  # noqa: E402 - see above
from run import RAMPGATE, Program, Ratio, judge, judged_as, measure, write_report  # noqa: E402 - see above

MODELS = 50
BEHIND = 100
"""Records that came after the checkpoint of an incremental verification."""
GIT = ("git", "log", "--raw", "-z", "--first-parent", "-m", "--no-renames", "--no-abbrev", "--format=%H")


def python(*words: str) -> list[str]:
    """This program again, as a process of its own."""
    return [sys.executable, str(HERE / "history.py"), *words]


def programs(root: Path, records: int) -> list[Program]:
    """What is measured on one history."""
    log = " ".join(GIT)
    kept = str(root.with_suffix(".checkpoint"))
    day = "2020-01-03"
    return [
        Program(f"git log --raw, {records}", ["sh", "-c", f"{log} main; {log} decisions"], root),
        Program(f"git fsck, {records}", ["git", "fsck", "--strict", "--no-dangling"], root),
        Program(f"signatures, {records}", python("--signatures", str(root), "--records", str(records)), root),
        Program(f"audit verify, {records}", [RAMPGATE, "audit", "verify"], root),
        Program(f"audit verify --since, {records}", [RAMPGATE, "audit", "verify", "--since", kept], root),
        Program(f"audit asof, {records}", [RAMPGATE, "audit", "asof", day], root),
        Program(f"history for one judgement, {records}", python("--judgement", str(root)), root),
    ]


def ratios(few: int, many: int) -> list[Ratio]:
    """What the figures are to show."""
    growth = many / few
    verify, since = (f"audit verify, {many}", f"audit verify, {few}"), "audit verify --since"
    return [
        Ratio("`audit verify` over `git fsck`", verify[0], f"git fsck, {many}"),
        Ratio(f"`audit verify` with {many:,} records over {few:,}", *verify, at_most=1.3 * growth),
        Ratio(f"`audit verify --since` with {many:,} records over {few:,}", f"{since}, {many}", f"{since}, {few}", 2.0),
        Ratio(f"`audit asof` with {many:,} records over {few:,}", f"audit asof, {many}", f"audit asof, {few}"),
        Ratio(
            f"history for one judgement with {many:,} records over {few:,}",
            *(f"history for one judgement, {many}", f"history for one judgement, {few}"),
        ),
    ]


# Programs of their own, started by the measurement


def check_signatures(root: Path, records: int) -> None:
    """Check so many signatures in this process: those of some records, again and again."""
    from rampgate.adapters.git_objects import GitObjects
    from rampgate.adapters.ledger import Ledger
    from rampgate.app.history.governed_tip import trusted_settings
    from rampgate.app.judging.trust import Trust
    from rampgate.formats.record import read_record
    from rampgate.model.sourced import Missing

    with GitObjects.open(root) as git:
        trust = Trust(trusted_settings(git, None)[0])
        ledger = Ledger.on(git, "decisions")
        assert ledger is not None
        entries = ledger.entries(0, 100)
        read = [read_record(data, each.path) for each, data in zip(entries, list(ledger.read(entries)), strict=True)]
    for number in range(records):
        assert not isinstance(trust.signer(read[number % len(read)]), Missing)


def read_for_judgement(root: Path) -> None:
    """Read what a judge reads of the history before it decides about one model."""
    from rampgate.adapters.git_objects import GitObjects
    from rampgate.app.history.governed_tip import trusted_settings
    from rampgate.app.judging.chronicle import chronicle_of, history_of
    from rampgate.model.sourced import Missing, Sourced

    with GitObjects.open(root) as git:
        settings, governed = trusted_settings(git, None)
        chronicle = chronicle_of(git, settings)
        assert not isinstance(chronicle, Missing)
        declared = Sourced.__new__(Sourced)
        object.__setattr__(declared, "noun", settings)
        found = history_of(git, declared, "model-007", governed.commit, chronicle)
        assert not isinstance(found, Missing), found
        assert found.size == chronicle.size


def generate(root: Path, records: int) -> None:
    """Write a history, and a checkpoint some records before its end."""
    import base64

    from worlds.history_bulk import BulkHistory
    from worlds.history_world import HASH_CHAIN, REPOSITORY, Step, sha256
    from worlds.ssh_signer import WITNESS

    BulkHistory(root, records, MODELS).generate()
    size = max(records - BEHIND, 1)
    words = ("git", "-C", str(root), "rev-list", "--first-parent", "--reverse", "decisions")
    commit = subprocess.check_output(words, text=True).split()[size - 1]
    listed = ("git", "-C", str(root), "diff-tree", "--root", "-r", "--name-only", "--no-commit-id", commit, "--", "log")
    path = subprocess.check_output(listed, text=True).strip()
    data = subprocess.check_output(["git", "-C", str(root), "cat-file", "blob", f"{commit}:{path}"])
    covered = Step(path, data).predicate["git"]["covered"]
    head = base64.b64encode(bytes.fromhex(sha256(data))).decode()
    origin = f"{REPOSITORY}/decisions"
    text = f"{origin}\n{size}\n{head}\n{HASH_CHAIN}\ndecisions {commit}\ncovered {covered}\n"
    root.with_suffix(".checkpoint").write_bytes(WITNESS.note(text, f"{origin}/witness/{WITNESS.name}"))


def generate_replayable(root: Path, records: int) -> None:
    """Write a small history of real decisions, which can be decided again."""
    from worlds.history_world import HistoryWorld

    world = HistoryWorld(root)
    # Each record brings the commits of its request, as those of the recorder do.
    world.packs = True
    world.begin(at="2026-11-01T08:00:00Z")
    for number in range(records):
        at = f"2026-11-{2 + number // 20:02d}T{number % 20:02d}:00:00Z"
        if number % 3:
            path = f"model_cards/credit-risk/2.0.0/note-{number}.md"
            world.land(lambda path=path: world.write(path, "seen\n"), at=at)  # type: ignore[misc]
        else:
            world.deny(at=at, stage="canary")


def generate_gto(root: Path, events: int) -> None:
    """Write as many events of GTO: registered versions and assigned stages, each an annotated tag of a commit."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    with subprocess.Popen(
        ["git", "-C", str(root), "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE
    ) as process:
        stream = process.stdin
        assert stream is not None
        for number in range(events):
            when, name, turn = 1577836800 + 7200 * number, f"model-{number % MODELS:03d}", number // MODELS
            tag = f"{name}@v{turn // 2 + 1}.0.0" if turn % 2 == 0 else f"{name}#canary#{turn // 2 + 1}"
            who = f"Recorder <recorder@example.com> {when} +0000"
            text = f"{number}\n"
            stream.write(
                f"commit refs/heads/main\nmark :{number + 1}\ncommitter {who}\ndata 6\nchange\n"
                f"M 100644 inline model.txt\ndata {len(text)}\n{text}\n"
                f"tag {tag}\nfrom :{number + 1}\ntagger {who}\ndata 5\nevent\n".encode()
            )
        stream.write(b"done\n")
    assert process.returncode == 0


# The measurement


def made(folder: Path, what: str, records: int) -> Path:
    """Generate in another process: this one must stay small, for what it starts inherits its peak."""
    root = folder / f"{what}-{records}"
    begun = time.perf_counter()
    subprocess.run(python(f"--{what}", str(root), "--records", str(records)), check=True)
    print(f"{what}: {records} records in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return root


def run(asked: argparse.Namespace, folder: Path) -> int:
    """Generate, measure, and write the report."""
    few, many, replayed = (60, 120, 6) if asked.quick else (1000, 10_000, 100)
    rounds = 1 if asked.quick else asked.rounds
    groups = {
        f"{records:,} records": measure(programs(made(folder, "generate", records), records), rounds)
        for records in (few, many)
    }
    replayable = made(folder, "replayable", replayed) / "repo"
    words = [RAMPGATE, "audit", "replay", "--all", "--engine", "current"]
    groups["Replay"] = measure([Program(f"audit replay --all, {replayed}", words, replayable)], rounds)
    programs_of_gto = None if asked.without_gto or asked.gto else environment(folder / "gto", "gto")
    gto = asked.gto or (str(programs_of_gto / "gto") if programs_of_gto else "")
    judged = ratios(few, many)
    if gto:
        events = [Program(f"gto history, {n}", [gto, "history"], made(folder, "events", n)) for n in (few, many)]
        groups["GTO, as many events"] = measure(events, rounds)
        judged.append(Ratio("GTO's `history` over `audit verify`", f"gto history, {many}", f"audit verify, {many}"))
    found = {name: each for group in groups.values() for name, each in group.items()}
    results = [judge(each, found) for each in judged]
    results += [floor(found, records) for records in (few, many)]
    print(write_report(asked.out / "history", "The decision history", groups, results, rounds))
    return 0


def floor(found: dict, records: int) -> dict[str, object]:
    """Return the ratio of verifying to what it can not do without: both logs, and every signature."""
    least = found[f"git log --raw, {records}"].median() + found[f"signatures, {records}"].median()
    statement = f"`audit verify` of {records:,} records over `git log --raw` and as many signature checks"
    ratio = Ratio(statement, f"audit verify, {records}", "", at_most=3.0)
    return judged_as(ratio, found[ratio.above].median() / least)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of each program")
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: shows that it works")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="folder of the report")
    parser.add_argument("--gto", default="", metavar="PROGRAM", help="a `gto` that is installed already")
    parser.add_argument("--without-gto", action="store_true", help="measure no GTO, and install none")
    for step in ("generate", "replayable", "events", "signatures", "judgement"):
        parser.add_argument(f"--{step}", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--records", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.generate:
        generate(asked.generate, asked.records)
    elif asked.replayable:
        generate_replayable(asked.replayable, asked.records)
    elif asked.events:
        generate_gto(asked.events, asked.records)
    elif asked.signatures:
        check_signatures(asked.signatures, asked.records)
    elif asked.judgement:
        read_for_judgement(asked.judgement)
    else:
        with tempfile.TemporaryDirectory(prefix="rampgate-bench-") as temporary:
            return run(asked, Path(temporary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
