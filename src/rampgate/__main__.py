"""Runs rampgate as `python -m rampgate`."""

from rampgate.cli.main import run

if __name__ == "__main__":
    run()
