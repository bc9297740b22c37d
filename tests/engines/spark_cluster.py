"""A real Spark cluster on this machine: one master, two workers and one Connect server, all on 127.0.0.1.

`make cluster` starts it for a person and stops it with Ctrl-C; the tests start it through `started`. Spark itself is
installed into a virtual environment of its own, from hash-locked requirements, for it is half a gigabyte of programs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("RAMPGATE_SPARK", ROOT / ".venv" / "spark"))
HOST = "127.0.0.1"
# Whoever is killed can end nothing; the kernel then ends what it started.
WITH_PARENT = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
PATIENCE = 240.0
"""Seconds that a program gets to listen at its port; a busy machine needs many."""


@dataclass
class Cluster:
    """A running cluster. workers: their process groups, by which they can be killed."""

    port: int
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"spark+connect://{HOST}:{self.port}"


def spark_home() -> Path:
    """Return the folder of Spark, installed first where it is absent; raises LookupError without Java."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise LookupError("Spark needs Java 17 or newer; on Debian: apt-get install openjdk-17-jre-headless")
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs of tests may want it at once
        return installed()


def installed() -> Path:
    found = list(HOME.glob("lib/python3*/site-packages/pyspark/jars"))
    if not found:
        environ = {name: text for name, text in os.environ.items() if not name.endswith("_proxy")}
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True, env=environ)
        pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for name, more in (("spark-build", []), ("spark-server", ["--no-build-isolation"])):
            words = [*pip, *more, "--require-hashes", "-r", str(ROOT / "requirements" / f"{name}.txt")]
            subprocess.run(words, check=True, env=environ)
        found = list(HOME.glob("lib/python3*/site-packages/pyspark/jars"))
    return found[0].parent


@contextlib.contextmanager
def started(workers: int = 2) -> Iterator[Cluster]:
    """Give a running cluster, and end every program of it."""
    spark = spark_home()
    folder = Path(tempfile.mkdtemp(prefix="rampgate-spark-"))
    master_port, connect_port = free_port(), free_port()
    master = f"spark://{HOST}:{master_port}"
    programs: list[subprocess.Popen[bytes]] = []

    def run(name: str, *words: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            program = subprocess.Popen(
                [*WITH_PARENT, str(spark / "bin" / words[0]), *words[1:]],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(spark, folder),
                start_new_session=True, cwd=folder,
            )  # fmt: skip
        programs.append(program)
        return program

    cluster = Cluster(connect_port, folder)
    deploy = "org.apache.spark.deploy"
    try:
        class_of_master = f"{deploy}.master.Master"
        run("master", "spark-class", class_of_master, "--host", HOST, "--port", str(master_port), "--webui-port", "0")
        wait_for(master_port, folder / "master.log")
        for place in range(workers):
            place_of = ["--host", HOST, "--webui-port", "0", "--work-dir", str(folder / f"work-{place}")]
            words = [f"{deploy}.worker.Worker", *place_of, "--cores", "1", "--memory", "1g", master]
            cluster.workers.append(run(f"worker-{place}", "spark-class", *words))
        run("connect", "spark-submit", *server(master, connect_port, folder), "spark-internal")
        wait_for(connect_port, folder / "connect.log")
        yield cluster
    finally:
        for program in reversed(programs):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        shutil.rmtree(folder, ignore_errors=True)


def server(master: str, port: int, folder: Path) -> list[str]:
    """Return the words that start the Connect server."""
    settings = {
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.driver.memory": "1g",
        "spark.executor.memory": "512m",
        "spark.executor.cores": "1",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.files.maxPartitionBytes": "1m",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.connect.progress.reportInterval": "100ms",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.task.maxFailures": "8",
    }
    words = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", master]
    return [*words, *(word for name, text in settings.items() for word in ("--conf", f"{name}={text}"))]


def environment(spark: Path, folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LANG") if name in os.environ}
    return kept | {
        "SPARK_HOME": str(spark),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_PUBLIC_DNS": HOST,
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "HOME": str(folder),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "PYSPARK_PYTHON": sys.executable,
    }


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def wait_for(port: int, log: Path) -> None:
    """Return when somebody listens; raises RuntimeError with the end of the log when nobody does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens at {HOST}:{port}:\n{log.read_text(errors='replace')[-3000:]}")


def main() -> None:
    """Start a cluster for a person, until Ctrl-C; a `kill` and a closed terminal tidy up as well."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.default_int_handler)
    with started() as cluster, contextlib.suppress(KeyboardInterrupt):
        told = f"one master, two workers, one Connect server: --engine {cluster.address}"
        sys.stdout.write(f"{told}\nlogs: {cluster.folder}; Ctrl-C ends it\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
