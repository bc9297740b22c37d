"""The calls on the repository itself and on people: its files, who may do what, teams, users."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from forge import shapes
from forge.acts import Refusal
from forge.answers import Answer, Ask, page
from forge.git_side import Entry

LARGEST_INLINE = 1024 * 1024


def repository(ask: Ask) -> Answer:
    return Answer(200, shapes.full_repository(ask.site, ask.state))


def permission(ask: Ask) -> Answer:
    """What a user may do here; everybody may read what is public."""
    account = ask.state.accounts.get(ask.words["username"])
    if account is None:
        raise Refusal(404, f"{ask.words['username']} is not a user")
    held = ask.state.permissions.get(account.login, "none" if ask.state.private else "read")
    return Answer(200, shapes.permission(ask.site, account, held))


def commit_asked(ask: Ask) -> str:
    commit = ask.hub.git.commit_of(ask.query.get("ref", ask.state.default_branch))
    if commit is None:
        raise Refusal(404, f"No commit found for the ref {ask.query.get('ref')}")
    return commit


def contents(ask: Ask) -> Answer:
    commit, path = commit_asked(ask), ask.words["path"].strip("/")
    found = ask.hub.git.entry(commit, path)
    if found is None:
        raise Refusal(404, "Not Found")
    if found.kind == "tree":
        below = ask.hub.git.entries(commit, f"{path}/")
        return Answer(200, [{**_entry(ask, commit, each), "type": _type(each, listed=True)} for each in below])
    if found.kind == "commit":
        return Answer(200, {**_entry(ask, commit, found), "submodule_git_url": None})
    data = ask.hub.git.bytes("cat-file", "blob", found.sha)
    if "raw" in ask.accept:
        return Answer(200, data, kind="application/vnd.github.raw")
    if found.mode == "120000":
        return Answer(200, {**_entry(ask, commit, found), "target": data.decode()})
    inline = found.size <= LARGEST_INLINE
    text = base64.encodebytes(data).decode() if inline else ""
    return Answer(200, {**_entry(ask, commit, found), "content": text, "encoding": "base64" if inline else "none"})


def _type(entry: Entry, *, listed: bool = False) -> str:
    if entry.mode == "120000":
        return "symlink"
    # In a listing GitHub calls a submodule a file, until the API version of 2026-03-10.
    kinds = {"blob": "file", "tree": "dir", "commit": "file" if listed else "submodule"}
    return kinds[entry.kind]


def _entry(ask: Ask, commit: str, entry: Entry) -> dict[str, Any]:
    api, web = f"{ask.site.api}/repos/{ask.state.full_name}", f"{ask.site.web}/{ask.state.full_name}"
    path = quote(entry.path)
    links = {
        "self": f"{api}/contents/{path}?ref={commit}",
        "git": f"{api}/git/blobs/{entry.sha}",
        "html": f"{web}/blob/{commit}/{path}",
    }
    return {
        "type": _type(entry),
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size,
        "url": links["self"],
        "git_url": links["git"],
        "html_url": links["html"],
        "download_url": f"{web}/raw/{commit}/{path}" if entry.kind == "blob" else None,
        "_links": links,
    }


def team_members(ask: Ask) -> Answer:
    members = ask.state.teams.get((ask.words["org"], ask.words["team_slug"]))
    if members is None:
        raise Refusal(404, "Not Found")
    return page(ask, [shapes.user(ask.site, each) for each in members])


def viewer(ask: Ask) -> Answer:
    if ask.token.installation:
        raise Refusal(403, "Resource not accessible by integration")
    return Answer(200, shapes.viewer(ask.site, ask.who))


def account(ask: Ask) -> Answer:
    found = ask.state.accounts.get(ask.words["username"])
    if found is None:
        raise Refusal(404, "Not Found")
    return Answer(200, shapes.viewer(ask.site, found))
