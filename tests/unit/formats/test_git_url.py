"""Addresses of Git remotes: every way to write one names the same host and repository, and nothing else passes."""

from __future__ import annotations

import pytest

from rampgate.formats.git_url import Remote, parse

ADDRESSES = {
    "https://github.com/acme/models.git": ("https", "github.com", "acme/models"),
    "https://github.com/acme/models": ("https", "github.com", "acme/models"),
    "https://github.com/acme/models/": ("https", "github.com", "acme/models"),
    "https://alice:secret@github.com/acme/models.git": ("https", "github.com", "acme/models"),
    "git@github.com:acme/models.git": ("ssh", "github.com", "acme/models"),
    "github.com:acme/models": ("ssh", "github.com", "acme/models"),
    "ssh://git@github.com/acme/models.git": ("ssh", "github.com", "acme/models"),
    "ssh://git@ssh.github.com:443/acme/models.git": ("ssh", "github.com", "acme/models"),
    "git@GIT.acme.example:risk/models.v2.git": ("ssh", "git.acme.example", "risk/models.v2"),
    "https://git.acme.example:8443/risk/models": ("https", "git.acme.example:8443", "risk/models"),
    "http://127.0.0.1:4711/acme/models.git": ("http", "127.0.0.1:4711", "acme/models"),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_names_a_host_and_a_repository(address):
    assert parse(address) == Remote(*ADDRESSES[address])


@pytest.mark.parametrize(
    "address",
    ["", "../models.git", "/srv/git/models.git", "file:///srv/git/acme/models.git", "C:\\models", "C:/acme/models",
     "https://github.com/acme", "https://github.com/a/b/c", "git@github.com:models.git", "https://github.com/../models",
     "ftp://github.com/acme/models", "https://[broken/acme/models", "https://github.com/acme/mo dels"],
)  # fmt: skip
def test_what_is_no_repository_on_a_host_is_none(address):
    assert parse(address) is None
