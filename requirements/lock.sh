#!/usr/bin/env bash
# Resolve the dependencies of pyproject.toml into hash-pinned files, for every platform and Python that is supported.
# Needs uv; nobody but a maintainer who changes dependencies does. UPGRADE=1 moves everything to its newest version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

lock() {
    local file="requirements/$1.txt"
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes ${UPGRADE:+--upgrade} \
        --no-header --no-emit-index-url --no-emit-find-links "$@" pyproject.toml --output-file "$file"
}

lock dev --extra measure --group dev
lock runtime --constraint requirements/dev.txt
