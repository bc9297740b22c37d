"""Where GitHub is and who asks: nothing is accepted that would carry the token elsewhere or show it."""

from __future__ import annotations

import base64

import pytest

from rampgate.adapters.github.settings import Settings, settings_from
from rampgate.errors import UsageProblem

TOKEN = "ghs_SECRETSECRET"
PLAIN = {"GITHUB_REPOSITORY": "acme/models", "GITHUB_TOKEN": TOKEN}


def test_the_environment_of_a_workflow_is_enough():
    settings = settings_from(
        PLAIN | {"GITHUB_API_URL": "https://ghe.acme.test/api/v3/", "GITHUB_SERVER_URL": "https://ghe.acme.test"}
    )
    assert (settings.api_url, settings.server_url) == ("https://ghe.acme.test/api/v3", "https://ghe.acme.test")
    assert (settings.repository, settings.owner, settings.token) == ("acme/models", "acme", TOKEN)
    assert settings.git_url == "https://ghe.acme.test/acme/models.git"


def test_without_addresses_it_is_github_com():
    settings = settings_from(PLAIN)
    assert (settings.api_url, settings.server_url) == ("https://api.github.com", "https://github.com")


def test_the_token_of_the_command_line_tool_is_taken_where_there_is_no_other():
    assert settings_from({"GITHUB_REPOSITORY": "acme/models", "GH_TOKEN": "gho_x"}).token == "gho_x"
    assert settings_from(PLAIN | {"GH_TOKEN": "gho_x"}).token == TOKEN


def test_a_repository_can_be_named_beside_the_environment():
    assert settings_from(PLAIN, repository="acme/other").repository == "acme/other"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "LOCALHOST"])
def test_http_is_taken_on_this_machine(host):
    assert Settings(f"http://{host}", f"http://{host}", "a/b").api_url == f"http://{host}"


REFUSED = {
    "http to another machine": ({"GITHUB_API_URL": "http://api.github.com"}, "over https only"),
    "http to a host that starts like this one": ({"GITHUB_API_URL": "http://localhost.acme.test"}, "over https only"),
    "http to a host behind a user name": ({"GITHUB_API_URL": "http://localhost@acme.test"}, "names a user"),
    "a password": ({"GITHUB_API_URL": "https://rita:hunter2@acme.test"}, "names a user or a password"),
    "another scheme": ({"GITHUB_API_URL": "ftp://acme.test"}, "over https only"),
    "no scheme": ({"GITHUB_API_URL": "api.github.com"}, "no plain address"),
    "a query": ({"GITHUB_API_URL": "https://acme.test/?x=1"}, "no plain address"),
    "a line break": ({"GITHUB_API_URL": "https://acme.test/\nX: y"}, "no plain address"),
    "a port that is none": ({"GITHUB_API_URL": "https://acme.test:port"}, "is no address"),
    "pages in the clear": ({"GITHUB_SERVER_URL": "http://acme.test"}, "GITHUB_SERVER_URL is `http://acme.test`"),
    "a repository without an owner": ({"GITHUB_REPOSITORY": "models"}, "called `owner/name`"),
    "a repository that climbs": ({"GITHUB_REPOSITORY": "acme/.."}, "called `owner/name`"),
    "a repository with a query": ({"GITHUB_REPOSITORY": "acme/models?x"}, "called `owner/name`"),
    "no repository": ({"GITHUB_REPOSITORY": ""}, "the repository is not known"),
    "no token": ({"GITHUB_TOKEN": ""}, "there is no token"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_is_refused(case):
    changed, words = REFUSED[case]
    both = {"GITHUB_API_URL": "https://acme.test", "GITHUB_SERVER_URL": "https://acme.test"}
    with pytest.raises(UsageProblem) as raised:
        settings_from(PLAIN | both | changed)
    assert words in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("alone", ["GITHUB_API_URL", "GITHUB_SERVER_URL"])
def test_one_address_alone_is_refused(alone):
    """Else the token of one company's server would be sent to github.com."""
    with pytest.raises(UsageProblem, match="set both"):
        settings_from(PLAIN | {alone: "https://ghe.acme.test"})


@pytest.mark.parametrize(
    "token", ["ghs_SECRET x", "ghs_SECRET\n", "ghs_SECRET\r\nX: y", "\tghs_SECRET", "ghs_SECRETé", "ghs_SECRET\0"]
)
def test_a_token_with_white_space_is_refused_and_not_repeated(token):
    with pytest.raises(UsageProblem) as raised:
        settings_from(PLAIN | {"GITHUB_TOKEN": token})
    assert "GITHUB_TOKEN" in str(raised.value)
    assert "SECRET" not in str(raised.value)


def test_no_text_of_the_settings_shows_the_token():
    settings = settings_from(PLAIN)
    assert TOKEN not in f"{settings!r} {settings} {[settings]}"
    assert "token=<hidden>" in repr(settings)
    assert "token=<none>" in repr(Settings("https://a.test", "https://a.test", "a/b"))


def test_redacting_hides_the_token_in_both_spellings():
    settings = settings_from(PLAIN)
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    assert settings.redact(f"a {TOKEN} b {basic} c") == "a <hidden> b <hidden> c"
