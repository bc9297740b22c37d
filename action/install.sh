#!/usr/bin/env bash
# Installs the locked requirements into a folder of this job's own, and says in the output `python` which Python has them.
# Wheels only: building from source would fetch build tools that no lock names.
set -euo pipefail

home=$RUNNER_TEMP/rampgate
python=$home/bin/python
lock=$GITHUB_ACTION_PATH/requirements/runtime.txt

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "::error title=rampgate::rampgate needs Python 3.11 or newer; give one by the input python"
    exit 2
fi
# A job that calls the action twice finds the first installation; another lock is another installation.
if ! cmp -s "$lock" "$home/lock.txt"; then
    rm -rf -- "$home"
    "$PYTHON" -m venv "$home"
    "$python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --only-binary :all: \
        --require-hashes --requirement "$lock"
    cp -- "$lock" "$home/lock.txt"
fi
echo "python=$python" >> "$GITHUB_OUTPUT"
