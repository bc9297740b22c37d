"""The forge's Git half does what GitHub does with refs when real Git pushes to it."""

from __future__ import annotations

import random
import time

import pytest

from forge.server import Forge
from worlds.governed_world import ALICE, RITA, STRANGER, GovernedWorld


@pytest.fixture
def promotion(forge, world):
    """A pull request of one commit, pushed by alice."""
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push_with_git(world, "promote", ALICE)
    return forge.open_pull("promote", "main", ALICE)


def fetched(world, ref):
    world.git("fetch", "-q", "origin", ref)
    return world.rev("FETCH_HEAD")


def test_it_starts_in_less_than_a_third_of_a_second(world):
    Forge.of(world).stop()  # the contract is read once a process
    took = []
    for name in ("a", "b", "c"):
        (world.folder / name).mkdir()
        start = time.perf_counter()
        Forge(world.folder / name).stop()
        took.append(time.perf_counter() - start)
    assert min(took) < 0.3


def test_a_push_arrives(forge, world, promotion):
    assert fetched(world, "refs/heads/promote") == world.head
    assert promotion.head_sha == world.head
    assert promotion.base_sha == world.base


def test_the_pulls_refs_follow_a_push(forge, world, promotion):
    world.write("note.txt", "more\n")
    head = world.commit("more")
    forge.push_with_git(world, "promote", ALICE)
    assert promotion.head_sha == head
    assert fetched(world, "refs/pull/1/head") == head
    merged = fetched(world, "refs/pull/1/merge")
    assert world.git("rev-parse", f"{merged}^1", f"{merged}^2").split() == [world.base, head]
    assert world.tree(merged) == world.tree(head)


def test_the_merge_ref_follows_a_moved_base(forge, world, promotion):
    world.checkout("main")
    world.write("note.txt", "base moved\n")
    base = world.commit("base moved")
    forge.push_with_git(world, "main", ALICE)
    merged = fetched(world, "refs/pull/1/merge")
    assert world.rev(f"{merged}^1") == base
    assert promotion.base_sha == world.base  # GitHub tells the new base only once the head moves


def test_a_conflict_makes_the_pull_not_mergeable(forge, world, promotion):
    world.checkout("main")
    world.write("model_cards/credit-risk/2.0.0/card.yaml", "stage: gone\n")
    world.commit("conflict")
    forge.push_with_git(world, "main", ALICE)
    assert not promotion.mergeable


def test_a_force_push_leaves_the_old_commit_fetchable_by_its_id(forge, world, promotion, tmp_path):
    old = promotion.head_sha
    world.git("reset", "-q", "--hard", world.base)
    world.edit_card(stage="canary", version="2.0.0")
    world.write("note.txt", "another\n")
    new = world.commit("promote again")
    forge.push_with_git(world, "promote", ALICE, force=True)
    assert promotion.head_sha == new
    world.git("clone", "-q", forge.git_url, str(tmp_path / "clone"))
    world.git("-C", str(tmp_path / "clone"), "fetch", "-q", "origin", old)
    assert world.git("-C", str(tmp_path / "clone"), "rev-parse", "FETCH_HEAD") == old
    assert [each.kind for each in forge.state.events] == ["head_ref_force_pushed"]


def test_nobody_pushes_to_the_pulls_refs(forge, world, promotion):
    with pytest.raises(AssertionError, match="deny updating a hidden ref"):
        world.git("-c", bearer("alice-b"), "push", "-q", forge.git_url, "HEAD:refs/pull/1/head")


def bearer(login):
    return f"http.extraHeader=Authorization: Bearer token-of-{login}"


def test_a_push_without_a_token_is_refused(forge, world):
    world.branch("promote")
    with pytest.raises(AssertionError, match="could not read Username"):
        world.git("push", "-q", forge.git_url, "promote")


def test_a_push_without_the_permission_is_refused(forge, world):
    token = forge.token(RITA, contents="read")
    world.branch("promote")
    header = f"http.extraHeader=Authorization: Bearer {token}"
    with pytest.raises(AssertionError, match="403"):
        world.git("-c", header, "push", "-q", forge.git_url, "promote")


def test_a_private_repository_is_read_with_a_token_only(start_forge, world):
    forge = start_forge(world, private=True)
    with pytest.raises(AssertionError, match="could not read Username"):
        world.git("ls-remote", forge.git_url)
    assert world.base in world.git("-c", bearer("rita"), "ls-remote", forge.git_url)


def test_a_pull_from_a_fork_has_its_head_here(forge, world):
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote")
    forge.push_with_git(world, "promote", STRANGER, fork=True)
    pull = forge.open_pull("promote", "main", STRANGER, fork=True)
    assert pull.head_owner == "mallory"
    assert fetched(world, "refs/pull/1/head") == head
    assert "refs/heads/promote" not in world.git("ls-remote", forge.git_url)
    world.write("note.txt", "more\n")
    again = world.commit("more")
    forge.push_with_git(world, "promote", STRANGER, fork=True)
    assert fetched(world, "refs/pull/1/head") == again == pull.head_sha


def test_a_large_push_arrives(forge, world):
    """Above a megabyte Git sends its pack in chunks, whose length nobody tells beforehand."""
    world.branch("large")
    world.write("large.bin", random.Random(1).randbytes(3_000_000))
    head = world.commit("large")
    forge.push_with_git(world, "large", ALICE)
    assert fetched(world, "refs/heads/large") == head


def test_the_merge_queue_holds_one_merged_commit_for_each_entry(forge, world, promotion):
    world.checkout("main")
    world.branch("other")
    world.write("note.txt", "other\n")
    world.commit("other")
    forge.push_with_git(world, "other", ALICE)
    other = forge.open_pull("other", "main", ALICE)
    first, second = forge.enqueue(promotion), forge.enqueue(other)
    group = first["merge_group"]
    assert group["head_ref"] == f"refs/heads/gh-readonly-queue/main/pr-1-{world.base}"
    assert fetched(world, group["head_ref"]) == group["head_sha"]
    assert second["merge_group"]["base_sha"] == group["head_sha"]
    forge.leave_queue(landed=True)
    assert fetched(world, "refs/heads/main") == group["head_sha"]
    assert (promotion.state, promotion.merge_commit) == ("closed", group["head_sha"])


def test_a_merge_lands_on_the_base(forge, world: GovernedWorld, promotion):
    commit = forge.merge(promotion, ALICE)
    assert fetched(world, "refs/heads/main") == commit
    assert world.git("rev-parse", f"{commit}^1", f"{commit}^2").split() == [world.base, promotion.head_sha]
