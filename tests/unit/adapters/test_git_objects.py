"""Reading commits, trees and files as objects: what would land, what changed, who contributed."""

from __future__ import annotations

import pytest

from rampgate.adapters.git_objects import GitObjects, opened
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from worlds.git_world import GitWorld

CARD = "model_cards/fraud/1.0/card.yaml"
BOB = ("Bob", "bob@example.com")
MALLORY = ("Mallory", "mallory@example.com")


@pytest.fixture
def world(tmp_path):
    world = GitWorld(tmp_path)
    world.write(CARD, "stage: pilot\na: 1\nb: 2\nc: 3\n")
    world.write("policies/ladder.yaml", "ladder\n")
    world.commit("start")
    return world


def paths(objects, before, after):
    return [change.path for change in objects.changed_paths(before, after)]


def test_the_tree_that_would_land_is_the_one_git_merge_makes(world):
    world.branch("promote")
    world.write(CARD, "stage: canary\na: 1\nb: 2\nc: 3\n")
    head = world.commit("promote")
    world.checkout("main")
    world.write("README.md", "moved on\n")
    base = world.commit("base moves")
    with GitObjects.open(world.root) as objects:
        result = objects.merge_tree(base, head)
        assert paths(objects, objects.tree_of(base), result.tree) == [CARD]
    world.merge("promote")
    assert (result.tree, result.conflicts) == (world.tree(), ())


def test_merging_leaves_nothing_in_the_real_repository(world):
    world.branch("promote")
    world.write(CARD, "stage: canary\n")
    head = world.commit()
    world.checkout("main")
    world.write("README.md", "other\n")
    base = world.commit()
    before = sorted(world.root.rglob("*"))
    with GitObjects.open(world.root) as objects:
        tree = objects.merge_tree(base, head).tree
        assert objects.list_dir(tree, "")
    assert sorted(world.root.rglob("*")) == before


def test_a_conflict_gives_no_tree_and_names_the_paths(world):
    world.branch("one")
    world.write(CARD, "stage: canary\n")
    head = world.commit()
    world.checkout("main")
    world.write(CARD, "stage: full\n")
    base = world.commit()
    with GitObjects.open(world.root) as objects:
        result = objects.merge_tree(base, head)
    assert result.tree is None
    assert result.conflicts == (CARD,)


def test_C2_what_an_evil_merge_slips_in_is_in_the_tree_that_would_land(world):
    base = world.head
    world.branch("side")
    world.write("docs/a.md", "a\n")
    world.commit()
    world.branch("promote", base)
    world.write("docs/b.md", "b\n")
    world.commit()
    head = world.merge("side", evil={CARD: "stage: full\n"})
    with GitObjects.open(world.root) as objects:
        landing = objects.merge_tree(base, head).tree
        changes = {change.path: change for change in objects.changed_paths(objects.tree_of(base), landing)}
        assert objects.read_blob(changes[CARD].after.oid, limit_bytes=100) == b"stage: full\n"
    assert sorted(changes) == ["docs/a.md", "docs/b.md", CARD]


def test_C4_the_same_head_on_an_advanced_base_is_another_tree(world):
    old = world.head
    world.branch("promote")
    world.write(CARD, "stage: canary\n")
    head = world.commit()
    world.checkout("main")
    world.write("policies/ladder.yaml", "other\n")
    new = world.commit()
    with GitObjects.open(world.root) as objects:
        assert objects.merge_tree(old, head).tree != objects.merge_tree(new, head).tree


def test_C6_commits_that_come_through_the_second_parent_are_seen(world):
    base = world.head
    world.branch("theirs")
    world.write("docs/x.md", "x\n")
    theirs = world.commit("hidden hand", author=MALLORY, committer=BOB)
    world.branch("promote", base)
    mine = world.commit("mine")
    head = world.merge("theirs")
    with GitObjects.open(world.root) as objects:
        found = {commit.sha: commit for commit in objects.commits_between(base, head)}
    assert set(found) == {theirs, mine, head}
    assert (found[theirs].author_email, found[theirs].committer_email) == (MALLORY[1], BOB[1])
    assert found[head].parents == (mine, theirs)


def test_parents_come_before_children(world):
    base = world.head
    first, second = world.commit("one"), world.commit("two")
    with GitObjects.open(world.root) as objects:
        assert [commit.sha for commit in objects.commits_between(base, second)] == [first, second]
        assert objects.commits_between(second, base) == []


def test_C9_the_work_tree_and_the_index_are_not_read(world):
    head, tree = world.head, world.tree()
    world.write(CARD, "stage: full\n")
    world.git("update-index", "--skip-worktree", CARD)
    world.write("policies/extra.yaml", "untracked\n")
    world.git("add", "policies/extra.yaml")
    with GitObjects.open(world.root) as objects:
        entry = objects.entry(objects.tree_of(head), CARD)
        assert objects.tree_of(head) == tree
        assert objects.read_blob(entry.oid, limit_bytes=100).startswith(b"stage: pilot\n")
        assert [entry.name for entry in objects.list_dir(tree, "policies")] == ["ladder.yaml"]


def test_C10_forged_dates_change_no_answer(world):
    base = world.head
    world.branch("promote")
    past = world.commit("past", date="1970-01-02T00:00:00+00:00")
    future = world.commit("future", date="2099-01-01T00:00:00+00:00")
    head = world.commit("past again", date="1980-01-01T00:00:00+00:00")
    with GitObjects.open(world.root) as objects:
        assert [commit.sha for commit in objects.commits_between(base, head)] == [past, future, head]
        assert objects.merge_base(base, head) == base
        assert objects.is_ancestor(base, head)
        assert not objects.is_ancestor(head, base)
        assert not any("date" in name or "time" in name for name in dir(objects.commit(head)))


@pytest.mark.parametrize(
    "rev",
    [
        "--output=x",
        "-h",
        "",
        "main..promote",
        "main@{1 day ago}",
        "main@{upstream}",
        ":/start",
        "HEAD:policies",
        "a b",
        "a\nb",
        "HEAD^{/s}",
    ],
)
def test_C11_a_revision_that_could_be_more_than_a_name_is_refused(world, rev):
    with GitObjects.open(world.root) as objects, pytest.raises(UsageProblem, match="is not a revision"):
        objects.resolve(rev)
    assert not (world.root / "x").exists()


def test_revisions_resolve_to_the_commit_they_name(world):
    first = world.head
    world.git("tag", "-a", "v1", "-m", "tag")
    second = world.commit("second")
    with GitObjects.open(world.root) as objects:
        assert objects.resolve("main") == objects.resolve("HEAD") == objects.resolve(second) == second
        assert objects.resolve("refs/heads/main") == objects.resolve(second[:10]) == second
        assert objects.resolve("v1") == objects.resolve("HEAD~1") == objects.resolve("main^1") == first


@pytest.mark.parametrize("rev", ["nowhere", "0" * 40, "main~99"])
def test_an_unknown_revision_says_so(world, rev):
    with (
        GitObjects.open(world.root) as objects,
        pytest.raises(UsageProblem, match=r"names no commit|is not in this repository"),
    ):
        objects.resolve(rev)


def test_a_tree_is_not_taken_for_a_commit(world):
    with GitObjects.open(world.root) as objects, pytest.raises(UsageProblem, match="is a tree, not a commit"):
        objects.resolve(world.tree())


def test_a_tag_that_has_the_name_of_the_base_branch_is_refused_as_ambiguous(world):
    """Git would take the tag, so whoever may push tags would choose the policies."""
    world.git("tag", "main", "HEAD")
    world.commit("second")
    world.git("config", "core.warnAmbiguousRefs", "false")
    with GitObjects.open(world.root) as objects:
        with pytest.raises(UsageProblem, match="names more than one thing"):
            objects.resolve("main")
        assert objects.resolve("refs/heads/main") == world.rev("refs/heads/main")


def test_C14_indentation_alone_is_a_change(world):
    before = world.tree()
    world.write(CARD, "stage: pilot\n a: 1\n b: 2\n c: 3\n")
    world.commit()
    with GitObjects.open(world.root) as objects:
        assert paths(objects, before, world.tree()) == [CARD]


def test_B4_a_renamed_card_is_a_deletion_and_an_addition(world):
    before = world.tree()
    world.move(CARD, "model_cards/fraud/2.0/card.yaml")
    world.commit()
    with GitObjects.open(world.root) as objects:
        changes = objects.changed_paths(before, world.tree())
    assert [(c.path, c.before is not None, c.after is not None) for c in changes] == [
        (CARD, True, False),
        ("model_cards/fraud/2.0/card.yaml", False, True),
    ]
    assert changes[0].before.oid == changes[1].after.oid


def test_a_file_that_becomes_a_folder_is_a_deletion_and_an_addition(world):
    before = world.tree()
    world.remove("policies/ladder.yaml")
    world.write("policies/ladder.yaml/inside", "x\n")
    world.commit()
    with GitObjects.open(world.root) as objects:
        assert paths(objects, before, world.tree()) == ["policies/ladder.yaml", "policies/ladder.yaml/inside"]


def test_a_change_of_mode_alone_is_a_change(world):
    before = world.tree()
    world.executable(CARD)
    world.commit()
    with GitObjects.open(world.root) as objects:
        (change,) = objects.changed_paths(before, world.tree())
    assert (change.before.mode, change.after.mode) == ("100644", "100755")
    assert change.before.oid == change.after.oid


def test_changed_paths_agree_with_git_diff_tree(world):
    """The independent implementation is git's own."""
    before = world.tree()
    world.write("model_cards/fraud/1.0/evidence/a.json", "{}")
    world.write("model_cards/fraud-2/1.0/card.yaml", "x")
    world.write("model_cards/fraud.yaml", "x")
    world.remove("policies/ladder.yaml")
    world.commit()
    expected = world.git("diff-tree", "-r", "--no-renames", "--name-only", "-z", before, world.tree()).split("\0")
    with GitObjects.open(world.root) as objects:
        assert paths(objects, before, world.tree()) == sorted(path for path in expected if path)
        assert paths(objects, world.tree(), world.tree()) == []


def test_B16_a_symlink_is_told_from_a_file_and_never_followed(world):
    world.write("policies/real.json", "real\n")
    world.symlink("model_cards/fraud/1.0/evidence.json", "../../../policies/real.json")
    world.symlink("link", "policies")
    world.commit()
    with GitObjects.open(world.root) as objects:
        entry = objects.entry(world.tree(), "model_cards/fraud/1.0/evidence.json")
        assert (entry.kind, entry.mode) == ("symlink", "120000")
        assert objects.read_blob(entry.oid, limit_bytes=100) == b"../../../policies/real.json"
        assert objects.entry(world.tree(), "link/ladder.yaml") is None
        with pytest.raises(InvalidInput, match="found a symlink, expected a folder"):
            objects.list_dir(world.tree(), "link")


def test_B17_a_gitlink_is_told_from_a_folder(world):
    head = world.head
    world.gitlink("model_cards/vendored", head)
    world.commit()
    with GitObjects.open(world.root) as objects:
        entry = objects.entry(world.tree(), "model_cards/vendored")
        assert (entry.kind, entry.mode, entry.oid) == ("gitlink", "160000", head)
        assert objects.tree_oid(world.tree(), "model_cards/vendored") is None
        with pytest.raises(InvalidInput, match="is a commit, not a blob"):
            objects.read_blob(entry.oid, limit_bytes=1000)


def test_B18_line_ends_and_ident_do_not_change_the_bytes_that_are_read(world):
    world.write(".gitattributes", "a.yaml text eol=crlf ident working-tree-encoding=UTF-16\n")
    world.write("a.yaml", "x: $Id$\r\n".encode("utf-16"))
    world.commit()
    with GitObjects.open(world.root) as objects:
        entry = objects.entry(world.tree(), "a.yaml")
        assert objects.read_blob(entry.oid, limit_bytes=100) == b"x: $Id$\n"


def test_B19_names_that_differ_in_case_or_normal_form_stay_apart(world):
    names = ["FOO", "foo", "e\u0301", "\u00e9", "dot.", "space "]
    blob = world.hash_object(b"x")
    tree = world.make_tree([("100644", name, blob) for name in sorted(name.encode() for name in names)])
    with GitObjects.open(world.root) as objects:
        assert {entry.name for entry in objects.list_dir(tree, "")} == set(names)


def test_B20_names_with_line_breaks_quotes_and_letters_are_told_as_they_are(world):
    before = world.tree()
    names = ["a\nb", 'quo"te', "tab\there", "f\u00f6o.yaml", "back\\slash", "-rf", "*"]
    for name in names:
        world.write(f"odd/{name}", "x")
    world.commit()
    with GitObjects.open(world.root) as objects:
        assert paths(objects, before, world.tree()) == sorted(f"odd/{name}" for name in names)
        assert [entry.name for entry in objects.list_dir(world.tree(), "odd")] == sorted(names)


def test_B20_a_name_that_is_not_utf8_is_refused_where_it_matters_only(world):
    blob = world.hash_object(b"x")
    inner = world.make_tree([("100644", b"caf\xe9", blob)])
    tree = world.make_tree([("100644", b"fine", blob), ("40000", b"odd", inner)])
    with GitObjects.open(world.root) as objects:
        assert [entry.name for entry in objects.list_dir(tree, "")] == ["fine", "odd"]
        with pytest.raises(InvalidInput, match="not UTF-8"):
            objects.list_dir(tree, "odd")
        with pytest.raises(InvalidInput, match="not UTF-8"):
            objects.changed_paths(world.tree(), tree)


def test_B15_a_path_that_climbs_is_never_found(world):
    with GitObjects.open(world.root) as objects:
        for path in (
            "../x",
            "policies/../policies/ladder.yaml",
            "/etc/passwd",
            "policies//ladder.yaml",
            "policies/",
            "./policies",
            "a\0b",
            "\ud800",
        ):
            assert objects.entry(world.tree(), path) is None
            assert objects.tree_oid(world.tree(), path) is None


def test_B21_a_file_over_the_limit_is_refused_and_the_next_read_still_works(world):
    world.write("big", b"\0" * 1001)
    world.write("small", b"\0" * 1000)
    world.commit()
    with GitObjects.open(world.root) as objects:
        big, small = (objects.entry(world.tree(), name).oid for name in ("big", "small"))
        with pytest.raises(InvalidInput, match="has 1001 bytes; at most 1000"):
            objects.read_blob(big, limit_bytes=1000)
        assert objects.read_blob(small, limit_bytes=1000) == b"\0" * 1000


def test_B21_too_many_changed_paths_are_refused(world, monkeypatch):
    monkeypatch.setattr("rampgate.adapters.git_objects.MAX_CHANGED_PATHS", 2)
    before = world.tree()
    for name in "abc":
        world.write(name, name)
    world.commit()
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="more than 2 changed paths"):
        objects.changed_paths(before, world.tree())


def test_B21_too_many_commits_are_refused(world, monkeypatch):
    monkeypatch.setattr("rampgate.adapters.git_objects.MAX_COMMITS", 2)
    base = world.head
    for _ in range(3):
        world.commit()
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="more than 2 commits"):
        objects.commits_between(base, world.head)


def test_folders_are_listed_with_all_that_is_below(world):
    world.write("model_cards/fraud/1.0/evidence/a.json", "{}")
    world.commit()
    tree = world.tree()
    with GitObjects.open(world.root) as objects:
        assert [entry.path for entry in objects.list_tree(tree, "model_cards")] == [
            CARD,
            "model_cards/fraud/1.0/evidence/a.json",
        ]
        assert [entry.name for entry in objects.list_dir(tree, "model_cards/fraud/1.0")] == ["card.yaml", "evidence"]
        assert [entry.path for entry in objects.list_dir(tree, "")] == ["model_cards", "policies"]
        assert objects.list_dir(tree, "nothing") == objects.list_tree(tree, "nothing/here") == []
        assert objects.tree_oid(tree, "model_cards") == world.rev("HEAD:model_cards")
        assert objects.tree_oid(tree, "") == tree
        assert objects.tree_oid(tree, CARD) is None


def test_an_empty_tree_reads_as_no_entries(tmp_path):
    world = GitWorld(tmp_path)
    world.commit("nothing")
    with GitObjects.open(world.root) as objects:
        assert objects.list_dir(world.tree(), "") == []


def test_criss_cross_histories_have_no_single_base(world):
    start = world.head
    one = world.commit("one")
    world.branch("other", start)
    two = world.commit("two")
    left = world.merge("main")
    world.checkout("main")
    right = world.git("commit-tree", world.tree(), "-p", one, "-p", two, "-m", "cross")
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="2 best common ancestors"):
        objects.merge_base(left, right)


def test_unrelated_histories_have_no_base_and_do_not_merge(world):
    stranger = world.make_commit(world.tree())
    with GitObjects.open(world.root) as objects:
        assert objects.merge_base(world.head, stranger) is None
        with pytest.raises(InvalidInput, match="unrelated histories"):
            objects.merge_tree(world.head, stranger)


def test_sha256_repositories_read_the_same(tmp_path):
    world = GitWorld(tmp_path, object_format="sha256")
    world.write(CARD, "stage: pilot\n")
    base = world.commit()
    world.branch("promote")
    world.write(CARD, "stage: canary\n")
    head = world.commit()
    with GitObjects.open(world.root) as objects:
        assert objects.resolve("promote") == head
        assert len(head) == 64
        assert paths(objects, objects.tree_of(base), objects.merge_tree(base, head).tree) == [CARD]


def test_bare_repositories_worktrees_and_subfolders_are_found(world, tmp_path):
    world.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    world.git("worktree", "add", "-q", "-b", "elsewhere", str(tmp_path / "tree"))
    for folder in (tmp_path / "bare", tmp_path / "tree", world.root / "policies", world.root / ".git"):
        with GitObjects.open(folder) as objects:
            assert objects.resolve("HEAD") == world.head


def test_a_repository_that_borrows_objects_is_read(world, tmp_path):
    world.git("clone", "-q", "--shared", ".", str(tmp_path / "shared"))
    with GitObjects.open(tmp_path / "shared") as objects:
        assert objects.entry(objects.tree_of(objects.resolve("HEAD")), CARD) is not None


def test_a_folder_with_an_awkward_name_is_read(tmp_path):
    world = GitWorld(tmp_path, 'we "ird\n:#;\\\u00f6')
    world.write(CARD, "x")
    world.commit()
    with GitObjects.open(world.root) as objects:
        assert objects.entry(objects.tree_of(objects.resolve("main")), CARD) is not None


@pytest.mark.parametrize("name", ["", "absent"])
def test_a_folder_without_a_repository_is_unreachable(tmp_path, name):
    with pytest.raises(Unreachable, match="is not"):
        GitObjects.open(tmp_path / name)


def test_commit_messages_and_people_are_read_verbatim(world):
    message = "title\n\nCo-authored-by: Zo\u00eb <zoe@example.com>\n"
    sha = world.commit(message, author=("Jos\u00e9 P\u00e9rez", "jose@example.com"), committer=BOB)
    with GitObjects.open(world.root) as objects:
        found = objects.commit(sha)
    assert found.message == message
    assert (found.author_name, found.author_email) == ("Jos\u00e9 P\u00e9rez", "jose@example.com")
    assert (found.committer_name, found.committer_email) == BOB


def test_the_tips_are_those_of_exactly_the_refs_that_are_asked_for(world):
    start = world.head
    world.branch("main2")
    world.write("README.md", "more\n")
    world.commit("more")
    world.git("update-ref", "refs/heads/other/main", "HEAD")
    world.git("pack-refs", "--all")
    with GitObjects.open(world.root) as objects:
        assert objects.tips("refs/heads/main", "refs/remotes/origin/main") == [start]
        assert objects.tips("refs/heads/other", "refs/heads/mai*", "refs/heads/*", "main") == []
        assert objects.tips("refs/heads/a\0b", "refs/heads/a b", "--all", "refs/heads/main~0") == []
        assert objects.tips() == []


def test_a_tip_that_is_no_commit_is_none(world):
    world.git("update-ref", "refs/remotes/origin/main", world.tree())
    with GitObjects.open(world.root) as objects:
        assert objects.tips("refs/remotes/origin/main", "refs/heads/main") == [world.head]


@pytest.mark.parametrize("packed", [False, True])
def test_what_comes_while_a_repository_is_open_is_seen(world, packed):
    with GitObjects.open(world.root) as objects:
        assert not objects.has_commit("1" * 40)
        world.write(CARD, "stage: canary\n")
        later = world.commit("later")
        if packed:
            world.git("repack", "-a", "-d", "-q")
        assert objects.has_commit(later)
        assert objects.tips("refs/heads/main") == [later]
        assert paths(objects, objects.tree_of(f"{later}"), objects.tree_of(objects.resolve("main~1"))) == [CARD]
        assert not objects.has_commit(world.tree())
        assert not objects.has_commit("1" * 64)


def test_a_repository_that_is_lent_stays_open(world):
    with GitObjects.open(world.root) as objects:
        with opened(objects) as lent:
            assert lent is objects
        assert objects.commit(world.head).sha == world.head
    with opened(world.root) as own:
        assert own.commit(world.head).sha == world.head
    with pytest.raises(ValueError, match="closed file"):
        own.commit(world.head)
