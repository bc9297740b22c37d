"""Measuring beside what people have today: Fairlearn, Aequitas, scikit-learn, Evidently, and rows pulled from a server.

Every program is started anew and reads the same generated tables (`measure_data.py`). Those of a size run in turns, and
what counts are ratios of medians: of seconds of the processor, which a busy machine leaves as they are, or of peak
memory. What takes minutes runs once. The numbers themselves are compared too: a faster answer must be the same answer.

    python benchmarks/measure.py --rounds 3                  # an hour of a machine of two processors
    python benchmarks/measure.py --sizes 100000,1000000      # tables of so many rows
    python benchmarks/measure.py --only drift,postgres
    python benchmarks/measure.py --quick                     # everything small, to see that it works
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from environments import environment  # noqa: E402
from run import ENVIRONMENT, NOW, RAMPGATE, Measured, Program, Ratio, judge, judged_as, make, measure, write_report  # noqa: E402

from engines import postgres_server, spark_cluster  # noqa: E402 - see above

ONE, SIXTY = "sex", "sex,race,age"
GROUPS = {ONE: "2 groups", SIXTY: "60 groups"}
IMPORT = "import fairlearn.metrics"
OUTLIER = "n13"
WANTED = {
    "aequitas": ("aequitas==1.1.0", "pandas==2.3.3", "pyarrow"),
    "evidently": ("evidently==0.7.23", "pandas==2.3.3", "pyarrow"),
}
TRUTH_AND_PREDICTION = ("--y-true", "y_true", "--y-pred", "y_pred")


@dataclass
class Bench:
    """What the parts share. sizes: rows of the scored tables, rising. raw: no more rows go to what is slowest."""

    folder: Path
    repository: Path
    peers: Path | None
    rounds: int
    sizes: tuple[int, ...]
    raw: int
    drift_rows: int
    postgres_rows: int
    groups: dict[str, dict[str, Measured]] = field(default_factory=dict)
    judged: list[dict[str, object]] = field(default_factory=list)

    def run(self, heading: str, programs: list[Program], *ratios: Ratio) -> dict[str, Measured]:
        """Measure programs in turns, and judge the ratios of those that are there."""
        found = self.groups[heading] = measure(programs, self.rounds)
        for name, each in found.items():  # an hour is long: whoever waits sees what there is
            told = f"{each.median('processor'):.2f} s of the processor, {max(each.memory):.0f} MB"
            print(f"{name}: {told}", file=sys.stderr)
        self.judged += [judge(each, found) for each in ratios if {each.above, each.below} <= set(found)]
        return found

    def holds(self, statement: str, value: float, *, at_most: float) -> None:
        """Judge a number that is no ratio of two programs."""
        self.judged.append(judged_as(Ratio(statement, "", "", at_most=at_most), value))

    def scored(self, rows: int) -> Path:
        """Return the table of so many scored rows, made in another process."""
        path = self.folder / f"scored-{rows}.parquet"
        if not path.exists():
            made("scored", path, rows)
        return path

    def ours(self, name: str, out: str, kind: str, *words: str) -> Program:
        """Return a command of rampgate that writes evidence to a file named `out`."""
        version = ("--model", "model-00000", "--model-version", "1.0.0", "--as", "alice", "--now", NOW)
        more = ("--out", str(self.folder / out), "--replace")
        return Program(name, [RAMPGATE, "measure", kind, *words, *version, *more], self.repository)

    def peer(self, name: str, script: str, out: str, *words: str, heavy: bool = False, home: str = "") -> list[Program]:
        """Return another program, one of `peers/`, unless its environment can not be had."""
        python = sys.executable
        if home:
            programs = self.peers and environment(self.peers / home, *WANTED[home], imports=home)
            if programs is None:
                return []
            python = str(programs / "python")
        script_and_words = [str(HERE / "peers" / f"{script}.py"), *words, "--out", str(self.folder / out)]
        return [Program(name, [python, "-W", "ignore", *script_and_words], self.repository, heavy=heavy)]

    def read(self, out: str) -> Any:
        """Return what a program wrote."""
        return json.loads((self.folder / out).read_text(encoding="utf-8"))


def made(what: str, place: object, rows: int, *words: str) -> None:
    """Make a table in another process: this one must stay small, for what it starts inherits its peak."""
    print(f"{what}: {rows:,} rows", file=sys.stderr)
    script = [sys.executable, str(HERE / "measure_data.py"), what, str(place), "--rows", str(rows), *words]
    subprocess.run(script, check=True, env=ENVIRONMENT)


# What is measured, one function a part


def fairness(bench: Bench) -> None:
    """Scored rows of all sizes, by one column and by three together, beside Fairlearn and Aequitas."""
    for rows in bench.sizes:
        for by, words in GROUPS.items():
            of_size(bench, rows, by, f"{rows:,} rows, {words}")


def of_size(bench: Bench, rows: int, by: str, told: str) -> None:
    data = str(bench.scored(rows))
    given = ("--data", data, "--by", by, *TRUTH_AND_PREDICTION)
    ours, checked = f"rampgate, {told}", f"rampgate with its cross-check, {told}"
    raw, mended, aequitas = f"Fairlearn, {told}", f"Fairlearn, mended, {told}", f"Aequitas, crosstabs alone, {told}"
    whole = f"Aequitas, {told}"
    start = f"{IMPORT} beside {told}"
    programs = [
        Program(start, [sys.executable, "-c", IMPORT], bench.repository),
        bench.ours(ours, "ours.json", "fairness", *given, "--no-cross-check"),
        bench.ours(checked, "checked.json", "fairness", *given),
    ]
    if rows <= bench.raw:
        # Sixty groups cost Fairlearn little more than two: its time goes by rows, and is spent once.
        if by == ONE or rows < bench.raw:
            heavy = rows >= 1_000_000
            programs += bench.peer(raw, "fairlearn_rows", "raw.json", data, "--by", by, heavy=heavy)
        heavy = rows >= 10_000_000
        programs += bench.peer(mended, "fairlearn_rows", "mended.json", data, "--by", by, "--mended", heavy=heavy)
        programs += bench.peer(
            aequitas, "aequitas_rows", "aequitas.json", data, "--by", by, heavy=heavy, home="aequitas"
        )
        if by == ONE:
            heavy = rows >= 1_000_000
            words = (data, "--by", by, "--disparities")
            programs += bench.peer(whole, "aequitas_rows", "whole.json", *words, heavy=heavy, home="aequitas")
    aimed = rows == bench.raw
    found = bench.run(
        f"Fairness, {told}",
        programs,
        Ratio(f"Fairlearn's CPU over rampgate's, {told}", raw, ours, at_least=300 if aimed else None, of="processor"),
        Ratio(f"Fairlearn's memory over rampgate's, {told}", raw, ours, at_least=40 if aimed else None, of="memory"),
        Ratio(f"mended Fairlearn's CPU, {told}", mended, ours, at_least=40 if aimed else None, of="processor"),
        Ratio(f"mended Fairlearn's memory, {told}", mended, ours, of="memory"),
        Ratio(f"Aequitas's CPU, {told}", whole, ours, at_least=10 if aimed else None, of="processor"),
        Ratio(f"Aequitas's memory, {told}", whole, ours, of="memory"),
        Ratio(f"CPU of Aequitas's crosstabs alone, {told}", aequitas, ours, of="processor"),
        Ratio(f"memory of Aequitas's crosstabs alone, {told}", aequitas, ours, of="memory"),
    )
    names = {raw: "raw.json", mended: "mended.json", aequitas: "aequitas.json", whole: "whole.json"}
    for name in set(names) & set(found):
        apart = largest_difference(bench.read("ours.json"), bench.read(names[name]))
        bench.holds(f"largest difference from what it says: {name}", apart, at_most=1e-12)
    if rows == bench.sizes[-1]:
        bench.judged.append(judge(Ratio(f"`rampgate measure` over `{IMPORT}`, {told}", ours, start, 1.5), found))
        bench.judged.append(judge(Ratio(f"the same in CPU, {told}", ours, start, of="processor"), found))
        bench.holds(f"peak MB of `rampgate measure`, {told}", max(found[ours].memory), at_most=250)


def largest_difference(evidence: Any, told: list[Any]) -> float:
    """Return how far the rates that a peer told of groups lie from those of evidence, at most.

    Rates without a denominator are undefined in evidence, and 0 in what the peers say; they are left out.
    """
    counted = {
        (tuple(each["group"].values()), each["metric"]): (each["k"], each["n"])
        for each in evidence["measures"]
        if "k" in each
    }
    pairs = [(counted[tuple(group), metric], value) for group, metric, value in told]
    assert len(pairs) == len(told) >= 12, "six rates of each group are told"
    return max(abs(k / n - value) for (k, n), value in pairs if n)


def scores(bench: Bench) -> None:
    """Ranking and probabilities from scores, beside scikit-learn on the rows."""
    rows = bench.raw
    data, told = str(bench.scored(rows)), f"{rows:,} scored rows"
    ours, theirs = f"rampgate measure performance, {told}", f"scikit-learn, {told}"
    given = ("--data", data, "--by", ONE, "--y-true", "y_true", "--y-score", "score", "--threshold", "0.5")
    bench.run(
        "Scores",
        [
            bench.ours(ours, "scores.json", "performance", *given, "--no-cross-check"),
            *bench.peer(theirs, "sklearn_scores", "sklearn.json", data, "--by", ONE, heavy=rows >= 1_000_000),
        ],
        Ratio(f"scikit-learn's CPU over rampgate's, {told}", theirs, ours, of="processor"),
        Ratio(f"scikit-learn's memory over rampgate's, {told}", theirs, ours, of="memory"),
    )
    said = bench.read("sklearn.json")["all"]
    apart = [
        abs(float(each["value"]) - said[each["metric"]])
        for each in bench.read("scores.json")["measures"]
        if not each["group"] and each["metric"] in ("accuracy", "precision", "f1", "brier", "roc_auc")
    ]
    assert len(apart) == 5
    bench.holds("largest difference from what scikit-learn says of all rows", max(apart), at_most=1e-6)


def drift(bench: Bench) -> None:
    """Two months of twenty columns, beside Evidently's preset; then one value far out."""
    rows = bench.drift_rows
    months = [bench.folder / f"month-{rows}-{month}.parquet" for month in (0, 1)]
    for month, path in enumerate(months):
        if not path.exists():
            made("drifting", path, rows, "--month", str(month))
    reference, current = map(str, months)
    profile = str(bench.folder / "profile.json")
    told = f"20 columns of {rows:,} rows"
    profiled, ours, theirs = (
        f"rampgate measure profile, {told}",
        f"rampgate measure drift, {told}",
        f"Evidently, {told}",
    )
    words = [RAMPGATE, "measure", "profile", "--data", reference, "--out", profile, "--replace", "--now", NOW]
    found = bench.run(
        "Drift",
        [
            Program(profiled, words, bench.repository),
            bench.ours(ours, "drift.json", "drift", "--data", current, "--profile", profile),
            *bench.peer(
                theirs,
                "evidently_drift",
                "evidently.json",
                reference,
                current,
                heavy=rows >= 1_000_000,
                home="evidently",
            ),
        ],
        Ratio(f"Evidently's CPU over rampgate's, {told}", theirs, ours, at_least=60, of="processor"),
        Ratio(f"Evidently's memory over rampgate's, {told}", theirs, ours, of="memory"),
    )
    if theirs in found:
        both = found[profiled].median("processor") + found[ours].median("processor")
        statement = f"Evidently's CPU over profile and drift together, {told}"
        bench.judged.append(judged_as(Ratio(statement, theirs, ours), found[theirs].median("processor") / both))
    spoilt = str(months[1].with_stem(f"{months[1].stem}-outlier"))
    program = bench.ours("one value far out", "outlier.json", "drift", "--data", spoilt, "--profile", profile)
    subprocess.run(program.words, cwd=program.folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    before, after = psi_of(bench.read("drift.json")), psi_of(bench.read("outlier.json"))
    assert before != after, "the outlier is in the window"
    bench.holds(
        f"share of a PSI of {before:.4f} by which one value far out moves it, {told}",
        abs(after / before - 1),
        at_most=0.01,
    )


def psi_of(evidence: Any) -> float:
    found = [each for each in evidence["measures"] if (each["metric"], each["group"].get("column")) == ("psi", OUTLIER)]
    return float(found[0]["value"])


def postgres(bench: Bench) -> None:
    """A table of a real server, counted there and pulled from there."""
    try:
        postgres_server.programs()
    except LookupError as why:
        print(f"PostgreSQL is not measured: {why}", file=sys.stderr)
        return
    rows = bench.postgres_rows
    told = f"{rows:,} rows in PostgreSQL"
    ours, raw, mended = (
        f"rampgate, {told}",
        f"rows pulled to Fairlearn, {told}",
        f"rows pulled to Fairlearn, mended, {told}",
    )
    with postgres_server.started() as server:
        ENVIRONMENT["PGPASSWORD"] = postgres_server.PASSWORD
        made("to-postgres", server.address, rows)
        heavy = rows >= 1_000_000
        given = ("--engine", server.address, "--table", "public.scored", "--by", ONE, *TRUTH_AND_PREDICTION)
        pulled = ("fairlearn_rows", "pulled.json", server.address, "--table", "public.scored", "--by", ONE)
        bench.run(
            "PostgreSQL",
            [
                bench.ours(ours, "postgres.json", "fairness", *given, "--no-cross-check"),
                *bench.peer(raw, *pulled, heavy=heavy),
                *bench.peer(mended, *pulled, "--mended", heavy=heavy),
            ],
            Ratio("rows pulled from PostgreSQL to Fairlearn over rampgate, by the clock", raw, ours, at_least=30),
            Ratio("the same in CPU of the client", raw, ours, of="processor"),
            Ratio("the same in memory of the client", raw, ours, of="memory"),
            Ratio("rows pulled to mended Fairlearn over rampgate, by the clock", mended, ours),
        )
    apart = largest_difference(bench.read("postgres.json"), bench.read("pulled.json"))
    bench.holds("largest difference from what the pulled rows say", apart, at_most=1e-12)


def spark(bench: Bench) -> None:
    """A cluster of two workers on this machine, at the two largest sizes; the cells are those of DuckDB."""
    try:
        spark_cluster.spark_home()
    except (LookupError, OSError, subprocess.SubprocessError) as why:
        print(f"Spark is not measured: {why}", file=sys.stderr)
        return
    sizes = bench.sizes[-2:]
    names = {rows: f"rampgate on Spark, {rows:,} rows, 60 groups" for rows in sizes}
    with spark_cluster.started() as cluster:
        programs = [
            bench.ours(
                names[rows], f"spark-{rows}.json", "fairness", "--engine", cluster.address,
                "--table", f"parquet:{bench.scored(rows)}", "--by", SIXTY, *TRUTH_AND_PREDICTION, "--no-cross-check",
            )
            for rows in sizes
        ]  # fmt: skip
        found = bench.run("Spark", programs)
    for rows in sizes:
        given = ("--data", str(bench.scored(rows)), "--by", SIXTY, *TRUTH_AND_PREDICTION, "--no-cross-check")
        program = bench.ours("the same cells", "duckdb.json", "fairness", *given)
        subprocess.run(program.words, cwd=program.folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        one, other = bench.read(f"spark-{rows}.json")["counts"], bench.read("duckdb.json")["counts"]
        differing = len({*map(tuple, one["rows"])} ^ {*map(tuple, other["rows"])})
        assert one["rows"], "there are cells"
        bench.holds(f"cells that Spark and DuckDB count differently, {rows:,} rows", differing, at_most=0)
    few, many = (found[names[rows]].median() / rows for rows in sizes)
    bench.holds(f"time for a row on Spark, {sizes[1]:,} rows over {sizes[0]:,}", many / few, at_most=1.2)


PARTS: dict[str, Callable[[Bench], None]] = {
    "fairness": fairness, "scores": scores, "drift": drift, "postgres": postgres, "spark": spark,
}  # fmt: skip


def versions(peers: Path | None) -> Iterator[str]:
    """Yield the name and version of every package that is compared."""
    from importlib.metadata import version

    for name in ("rampgate", "duckdb", "fairlearn", "scikit-learn", "pandas", "pyarrow"):
        yield f"{name} {version(name)}"
    for name, wanted in WANTED.items():
        if peers and (peers / name / "complete").exists():
            yield f"{wanted[0].replace('==', ' ')} (with {wanted[1].replace('==', ' ')})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of each program that does not take minutes")
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: shows that it works")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,PART", help="parts: %(default)s")
    parser.add_argument("--sizes", metavar="ROWS,ROWS", help="rows of the scored tables; else 10^5 to 10^8")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="folder of the report")
    parser.add_argument("--peers", type=Path, help="where environments of other programs are kept; else OUT/peers")
    parser.add_argument("--without-peers", action="store_true", help="install nothing: no Aequitas, no Evidently")
    parser.add_argument("--data", type=Path, help="where tables are kept for the next run; else a temporary folder")
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    if unknown := [part for part in chosen if part not in PARTS]:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    sizes = (2000, 20_000) if asked.quick else (100_000, 1_000_000, 10_000_000, 100_000_000)
    if asked.sizes:
        sizes = tuple(sorted(int(rows) for rows in asked.sizes.split(",")))
    raw = max((rows for rows in sizes if rows <= 10_000_000), default=0)
    small = 2000 if asked.quick else 1_000_000
    peers = None if asked.without_peers else (asked.peers or asked.out / "peers").resolve()
    ENVIRONMENT["DO_NOT_TRACK"] = "1"  # Evidently sends usage data unless it is told not to
    with ExitStack() as stack:
        folder = asked.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rampgate-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rampgate-bench-")))
        bench = Bench(
            folder.resolve(), make(work / "repo", 1, 1, checkout=True), peers, 1 if asked.quick else asked.rounds,
            sizes, raw, small, small,
        )  # fmt: skip
        report = ""
        for part in chosen:
            PARTS[part](bench)
            # After each part: an hour's figures are not lost to what fails in the next one.
            title = f"Measuring: {', '.join(versions(bench.peers))}"
            report = write_report(asked.out / "measure", title, bench.groups, bench.judged, bench.rounds)
        print(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
