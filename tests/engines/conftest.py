"""Servers that the tests of engines ask, each started once and only if a test needs it."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from engines import postgres_server, spark_cluster


def pytest_collection_modifyitems(items):
    """One process asks the cluster, for a second cluster would be slower than waiting; the first test waits for it."""
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
            item.add_marker(pytest.mark.timeout(1500))


@pytest.fixture(scope="session")
def postgres_started():
    try:
        postgres_server.programs()
    except LookupError as why:
        pytest.skip(str(why))
    with postgres_server.started() as server:
        yield server


@pytest.fixture
def postgres(postgres_started, monkeypatch):
    """A server whose password is in the environment, where psql has it too."""
    monkeypatch.setenv("PGPASSWORD", postgres_server.PASSWORD)
    return postgres_started


@pytest.fixture
def database(postgres):
    """A connection of the tables' owner, who makes what is measured."""
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def spark():
    """A cluster of this run, or the one that `make cluster` started, whose address is in the environment."""
    if address := os.environ.get("RAMPGATE_SPARK_CONNECT"):
        yield spark_cluster.Cluster(int(address.rpartition(":")[2]), Path())
        return
    try:
        spark_cluster.spark_home()
    except LookupError as why:
        pytest.skip(str(why))
    with spark_cluster.started() as cluster:
        yield cluster
