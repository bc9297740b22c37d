#!/usr/bin/env bash
# Resolve the dependencies of pyproject.toml into hash-pinned files, for every platform and Python that is supported.
# Needs uv; nobody but a maintainer who changes dependencies does. UPGRADE=1 moves everything to its newest version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

lock() {
    local file="requirements/$1.txt"
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes ${UPGRADE:+--upgrade} \
        --no-header --no-emit-index-url --no-emit-find-links "$@" --output-file "$file"
}

lock dev --extra measure --extra postgres --extra spark --group dev pyproject.toml
lock runtime --constraint requirements/dev.txt pyproject.toml
# A whole Spark for tests, and what builds it, in an environment of its own.
lock spark-build --group spark-build
lock spark-server --group spark-server
