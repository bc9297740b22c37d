"""Which GitHub a remote's address means, and which token is sent there: never that of github.com to another host."""

from __future__ import annotations

import pytest

from rampgate.app.github.upstream import settings_of
from rampgate.errors import UsageProblem

TOKEN = {"GH_TOKEN": "t-of-github.com"}
ENTERPRISE = {"GH_ENTERPRISE_TOKEN": "t-of-acme"}
SERVER = {"GITHUB_SERVER_URL": "https://git.acme.example", "GITHUB_API_URL": "https://git.acme.example/api/v3"}
ACME = "git@git.acme.example:risk/models.git"

FOUND = {
    "https": ("https://github.com/acme/models.git", TOKEN, ("https://api.github.com", "acme/models", "t-of-github.com")),
    "scp": ("git@github.com:acme/models.git", TOKEN, ("https://api.github.com", "acme/models", "t-of-github.com")),
    "GITHUB_TOKEN first": (
        "git@github.com:acme/models", {**TOKEN, "GITHUB_TOKEN": "t"}, ("https://api.github.com", "acme/models", "t"),
    ),
    "a repository that is named": (
        "../models.git", {**TOKEN, "GITHUB_REPOSITORY": "acme/models"},
        ("https://api.github.com", "acme/models", "t-of-github.com"),
    ),
    "a host by an alias of ssh, with its repository named": (
        "git@work:acme/models", {**TOKEN, "GITHUB_REPOSITORY": "acme/models"},
        ("https://api.github.com", "acme/models", "t-of-github.com"),
    ),
    "an enterprise server": (ACME, ENTERPRISE, ("https://git.acme.example/api/v3", "risk/models", "t-of-acme")),
    "an enterprise server that GH_HOST names": (
        ACME, {**TOKEN, "GH_HOST": "git.acme.example"},
        ("https://git.acme.example/api/v3", "risk/models", "t-of-github.com"),
    ),
    "an enterprise server that the job names": (
        ACME, {**TOKEN, **SERVER}, ("https://git.acme.example/api/v3", "risk/models", "t-of-github.com"),
    ),
    "data residency": (
        "https://acme.ghe.com/risk/models", ENTERPRISE, ("https://api.acme.ghe.com", "risk/models", "t-of-acme"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_the_address_of_origin_says_where_the_pull_request_goes(case):
    address, environ, expected = FOUND[case]
    found = settings_of(address, environ)
    assert (found.api_url, found.repository, found.token) == expected


REFUSED = {
    "no token": ("git@github.com:acme/models", {}, r"export GH_TOKEN=\$\(gh auth token\), or use --local"),
    "another host, and only the token of github.com": (
        ACME, TOKEN, r"export GH_ENTERPRISE_TOKEN=\$\(gh auth token --hostname git\.acme\.example\)",
    ),
    "plain http": ("http://git.acme.example/risk/models", {**TOKEN, **ENTERPRISE}, "names the host `git.acme.example`"),
    "a host without a dot": ("git@work:acme/models", TOKEN, "names the host `work`"),
    "a folder": ("../models.git", TOKEN, "names no GitHub repository; set GITHUB_REPOSITORY, or use --local"),
    "two repositories": (
        "git@github.com:acme/models", {**TOKEN, "GITHUB_REPOSITORY": "acme/other"}, "GITHUB_REPOSITORY says `acme/other`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_missing_is_said_with_the_way_to_it(case):
    address, environ, words = REFUSED[case]
    with pytest.raises(UsageProblem, match=words):
        settings_of(address, environ)
