"""The calls on comments, events and statuses: what is said about a pull request or a commit."""

from __future__ import annotations

from forge import shapes
from forge.acts import Refusal
from forge.answers import Answer, Ask, page
from forge.state import Comment


def comments(ask: Ask) -> Answer:
    number = ask.hub.pull(ask.number("issue_number")).number
    return page(ask, [shapes.comment(ask.site, ask.state, x) for x in ask.state.comments if x.pull == number])


def create_comment(ask: Ask) -> Answer:
    pull = ask.hub.pull(ask.number("issue_number"))
    return Answer(201, shapes.comment(ask.site, ask.state, ask.hub.comment(pull, ask.who, ask.field("body"))))


def _comment(ask: Ask) -> Comment:
    number = ask.number("comment_id")
    for each in ask.state.comments:
        if each.id == number:
            return each
    raise Refusal(404, "Not Found")


def show_comment(ask: Ask) -> Answer:
    return Answer(200, shapes.comment(ask.site, ask.state, _comment(ask)))


def update_comment(ask: Ask) -> Answer:
    comment = _comment(ask)
    comment.body, comment.updated = ask.field("body"), ask.state.clock.now()
    return Answer(200, shapes.comment(ask.site, ask.state, comment))


def events(ask: Ask) -> Answer:
    number = ask.hub.pull(ask.number("issue_number")).number
    return page(ask, [shapes.event(ask.site, ask.state, x) for x in ask.state.events if x.pull == number])


def set_status(ask: Ask) -> Answer:
    sha, state, context = ask.words["sha"], ask.field("state"), ask.field("context", "default")
    status = ask.hub.set_status(sha, ask.who, state, context, ask.field("description"), ask.field("target_url"))
    return Answer(201, shapes.status(ask.site, ask.state, status))


def statuses(ask: Ask) -> Answer:
    """Every status of a commit, the newest first."""
    sha = ask.hub.git.commit_of(ask.words["ref"])
    if sha is None:
        raise Refusal(404, "Not Found")
    found = [each for each in reversed(ask.state.statuses) if each.sha == sha]
    return page(ask, found, shape=lambda each: shapes.status(ask.site, ask.state, each))


def combined_status(ask: Ask) -> Answer:
    sha = ask.hub.git.commit_of(ask.words["ref"])
    if sha is None:
        raise Refusal(404, "Not Found")
    shown = page(ask, ask.state.latest_statuses(sha))
    body = shapes.combined_status(ask.site, ask.state, sha, ask.state.latest_statuses(sha))
    statuses = shapes.combined_status(ask.site, ask.state, sha, shown.body)["statuses"]
    return Answer(200, {**body, "statuses": statuses}, shown.headers)
