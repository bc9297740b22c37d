"""The calls on pull requests: list, show, open, merge, their commits, and their reviews."""

from __future__ import annotations

from forge import shapes
from forge.acts import EVENTS, Refusal
from forge.answers import Answer, Ask, page
from forge.state import Pull, Review

MOST_COMMITS = 250


def _full(ask: Ask, pull: Pull) -> shapes.Json:
    count = len(ask.hub.commits(pull))
    return shapes.pull_full(ask.site, ask.state, pull, commits=count, changed=ask.hub.changed(pull))


def _pull(ask: Ask) -> Pull:
    return ask.hub.pull(ask.number("pull_number"))


def show(ask: Ask) -> Answer:
    return Answer(200, _full(ask, _pull(ask)))


def listing(ask: Ask) -> Answer:
    wanted = {"state": ask.query.get("state", "open"), "base": ask.query.get("base"), "head": ask.query.get("head")}
    found = [
        shapes.pull_simple(ask.site, ask.state, each)
        for each in sorted(ask.state.pulls.values(), key=lambda each: -each.number)
        if wanted["state"] in ("all", each.state)
        and wanted["base"] in (None, each.base_ref)
        and wanted["head"] in (None, f"{each.head_owner}:{each.head_ref}")
    ]
    return page(ask, found)


def of_commit(ask: Ask) -> Answer:
    """The pull requests whose commits hold this one, newest first."""
    sha = ask.words["commit_sha"]
    if ask.hub.git.commit_of(sha) is None:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    found = [
        shapes.pull_simple(ask.site, ask.state, each)
        for each in sorted(ask.state.pulls.values(), key=lambda each: -each.number)
        if sha == each.merge_commit or any(sha == one["sha"] for one in ask.hub.commits(each))
    ]
    return page(ask, found)


def create(ask: Ask) -> Answer:
    owner, _, ref = str(ask.field("head")).rpartition(":")
    title = ask.field("title")
    if not title:
        raise Refusal(422, "Validation Failed", ({"resource": "PullRequest", "field": "title", "code": "missing"},))
    pull = ask.hub.open_pull(
        ask.who,
        owner or ask.state.owner,
        ref,
        str(ask.field("base")),
        title=title,
        body=ask.field("body") or "",
        draft=bool(ask.field("draft")),
    )
    return Answer(201, _full(ask, pull))


def merge(ask: Ask) -> Answer:
    sha = ask.hub.merge(_pull(ask), ask.who, ask.field("merge_method", "merge"), ask.field("sha"))
    return Answer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def commits(ask: Ask) -> Answer:
    found = [shapes.commit(ask.site, ask.state, each) for each in ask.hub.commits(_pull(ask))]
    return page(ask, found, cap=MOST_COMMITS)


def reviews(ask: Ask) -> Answer:
    """In the order of submission; a pending review is seen by nobody but its author."""
    found = [
        shapes.review(ask.site, ask.state, each)
        for each in ask.state.reviews_of(_pull(ask).number)
        if each.state != "PENDING" or (each.account and each.account.id == ask.who.id)
    ]
    return page(ask, found)


def submit_review(ask: Ask) -> Answer:
    state = EVENTS.get(ask.field("event", ""), "PENDING")
    review = ask.hub.review(_pull(ask), ask.who, state, ask.field("commit_id"), ask.field("body") or "")
    return Answer(200, shapes.review(ask.site, ask.state, review))


def _review(ask: Ask) -> Review:
    number = ask.number("review_id")
    for each in ask.state.reviews_of(_pull(ask).number):
        if each.id == number:
            return each
    raise Refusal(404, "Not Found")


def dismiss(ask: Ask) -> Answer:
    review = ask.hub.dismiss(_review(ask), ask.who, ask.field("message"))
    return Answer(200, shapes.review(ask.site, ask.state, review))
