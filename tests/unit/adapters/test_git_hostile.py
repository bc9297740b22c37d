"""What a repository could do to whoever reads it, and does not."""

from __future__ import annotations

import stat
import zlib
from hashlib import sha1

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.errors import InvalidInput, RampgateError, UsageProblem
from worlds.git_world import GitWorld

CARD = "model_cards/fraud/1.0/card.yaml"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def world(tmp_path):
    world = GitWorld(tmp_path)
    world.write(CARD, "a\nstage: pilot\nz\n")
    world.commit("start")
    return world


def fork(world, attributes=None):
    """Both sides change the same line; returns (base, head)."""
    if attributes:
        world.write(".gitattributes", attributes)
        world.commit("attributes")
    world.branch("promote")
    world.write(CARD, "a\nstage: canary\nz\n")
    head = world.commit()
    world.checkout("main")
    world.write(CARD, "a\nstage: full\nz\n")
    return world.commit(), head


def test_C7_replace_refs_are_refused(world):
    other = world.make_commit(EMPTY_TREE)
    world.git("replace", world.head, other)
    with pytest.raises(InvalidInput, match="replace refs"):
        GitObjects.open(world.root)


def test_C7_packed_replace_refs_are_refused(world):
    world.git("replace", world.head, world.make_commit(EMPTY_TREE))
    world.git("pack-refs", "--all")
    with pytest.raises(InvalidInput, match="replace refs"):
        GitObjects.open(world.root)


def test_C7_replace_refs_hide_nothing_after_opening(world):
    head = world.head
    with GitObjects.open(world.root) as objects:
        world.git("replace", head, world.make_commit(EMPTY_TREE))
        assert objects.resolve("main") == head
        assert objects.entry(objects.tree_of(head), CARD) is not None


def test_C7_grafts_are_refused(world):
    world.write(".git/info/grafts", f"{world.head}\n")
    with pytest.raises(InvalidInput, match="info/grafts"):
        GitObjects.open(world.root)


def test_C7_grafts_are_refused_from_a_linked_worktree_too(world, tmp_path):
    world.git("worktree", "add", "-q", "-b", "elsewhere", str(tmp_path / "tree"))
    world.write(".git/info/grafts", f"{world.head}\n")
    with pytest.raises(InvalidInput, match="info/grafts"):
        GitObjects.open(tmp_path / "tree")


def test_C8_a_shallow_clone_is_refused_and_says_what_to_set(world, tmp_path):
    world.commit("second")
    world.git("clone", "-q", "--depth=1", f"file://{world.root}", str(tmp_path / "shallow"))
    with pytest.raises(InvalidInput, match=r"shallow clone.*fetch-depth: 0"):
        GitObjects.open(tmp_path / "shallow")


def test_C8_a_clone_without_its_files_is_refused_and_fetches_nothing(world, tmp_path):
    world.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    world.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{world.root}", str(clone))
    with GitObjects.open(clone) as objects:
        entry = objects.entry(objects.tree_of(objects.resolve("main")), CARD)
        with pytest.raises(InvalidInput, match=r"is not in the repository.*--filter"):
            objects.read_blob(entry.oid, limit_bytes=100)


def test_C12_hooks_and_commands_of_the_repository_are_not_run(world, tmp_path):
    base, head = fork(world, "*.yaml filter=evil diff=evil merge=evil\n")
    marker = tmp_path / "ran"
    command = f"touch {marker}; false"
    for name in (
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "diff.external",
        "gpg.program",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
        "merge.evil.driver",
        "core.gitProxy",
        "uploadpack.packObjectsHook",
        "credential.helper",
        "core.alternateRefsCommand",
    ):
        world.git("config", name, command)
    for name in ("rev-parse", "cat-file", "merge-tree", "merge-base", "rev-list"):
        world.git("config", f"alias.{name}", f"!{command}")
    world.write(".git/refs/heads/lost", "f" * 40 + "\n")  # git asks the remote for what is missing
    world.git("config", "remote.evil.url", f"ext::touch {marker}")
    world.git("config", "remote.evil.promisor", "true")
    world.git("config", "protocol.ext.allow", "always")
    world.git("config", "extensions.partialClone", "evil")
    world.git("config", "core.repositoryFormatVersion", "1")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\n{command}\n")
        (hooks / name).chmod(stat.S_IRWXU)
    world.git("config", "core.hooksPath", str(hooks))
    with GitObjects.open(world.root) as objects:
        assert objects.resolve("main") == base
        with pytest.raises(UsageProblem, match="names no commit"):
            objects.resolve("lost")
        objects.merge_tree(base, head)
        objects.merge_base(base, head)
        objects.commits_between(base, head)
        objects.changed_paths(objects.tree_of(base), objects.tree_of(head))
        with pytest.raises(InvalidInput):
            objects.read_blob("f" * 40, limit_bytes=1)
    assert not marker.exists()


@pytest.mark.parametrize(
    "name",
    [
        "GIT_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_WORK_TREE",
        "GIT_COMMON_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_GRAFT_FILE",
        "GIT_EXEC_PATH",
    ],
)
def test_the_git_variables_of_the_caller_have_no_say(world, tmp_path, monkeypatch, name):
    monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    with GitObjects.open(world.root) as objects:
        assert objects.entry(objects.tree_of(objects.resolve("main")), CARD) is not None


def test_settings_given_through_the_environment_have_no_say(world, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    with GitObjects.open(world.root) as objects:
        assert objects.resolve("main") == world.head


def test_B18_union_merge_in_the_tree_does_not_settle_a_conflict(world):
    """With the attribute git keeps both stages in one file, and a parser takes the last."""
    base, head = fork(world, "*.yaml merge=union\n")
    in_the_clone = world.git("merge-tree", "--write-tree", base, head)
    assert "stage: canary" in world.git("show", f"{in_the_clone}:{CARD}"), "git does what the test is about"
    with GitObjects.open(world.root) as objects:
        assert objects.merge_tree(base, head).conflicts == (CARD,)


@pytest.mark.parametrize("place", [".git/info/attributes", ".gitattributes"])
@pytest.mark.parametrize("attribute", ["merge=union", "merge=ours-always", "-merge", "merge=binary"])
def test_attributes_beside_the_history_do_not_settle_a_conflict(world, place, attribute):
    base, head = fork(world)
    world.git("config", "merge.ours-always.driver", "true")
    world.write(place, f"*.yaml {attribute}\n")
    with GitObjects.open(world.root) as objects:
        assert objects.merge_tree(base, head).conflicts == (CARD,)


def test_binary_in_the_tree_does_not_make_a_conflict_either(world):
    """`-merge` would turn a clean merge of two lines into a conflict, so that nothing could land."""
    world.write(".gitattributes", "*.yaml -merge\n")
    world.write(CARD, "a\nb\nc\nd\ne\nf\n")
    world.commit()
    world.branch("promote")
    world.write(CARD, "A\nb\nc\nd\ne\nf\n")
    head = world.commit()
    world.checkout("main")
    world.write(CARD, "a\nb\nc\nd\ne\nF\n")
    base = world.commit()
    with GitObjects.open(world.root) as objects:
        tree = objects.merge_tree(base, head).tree
        assert objects.read_blob(objects.entry(tree, CARD).oid, limit_bytes=100) == b"A\nb\nc\nd\ne\nF\n"


@pytest.mark.parametrize(
    "setting",
    [
        "merge.renames=false",
        "merge.directoryRenames=true",
        "merge.renormalize=true",
        "merge.conflictStyle=diff3",
        "core.ignoreCase=true",
        "merge.default=union",
    ],
)
def test_merge_settings_of_the_clone_do_not_change_the_tree(world, setting):
    world.branch("promote")
    world.move("model_cards/fraud", "model_cards/renamed")
    head = world.commit()
    world.checkout("main")
    world.write(CARD, "a\nstage: canary\nz\n")
    world.write("model_cards/fraud/1.0/evidence.json", "{}")
    base = world.commit()
    with GitObjects.open(world.root) as objects:
        plain = objects.merge_tree(base, head)
    world.git("config", *setting.split("="))
    with GitObjects.open(world.root) as objects:
        assert objects.merge_tree(base, head) == plain


def test_a_lying_commit_graph_is_not_believed(world):
    """The graph file repeats every commit's tree, and no hash of the commit covers it."""
    start, tree = world.head, world.tree()
    world.branch("promote")
    world.write(CARD, "a\nstage: canary\nz\n")
    head = world.commit()
    world.checkout("main")
    world.write("README.md", "moved on\n")
    base = world.commit()
    with GitObjects.open(world.root) as objects:
        honest = objects.merge_tree(base, head)
    world.git("commit-graph", "write", "--reachable")
    graph = world.root / ".git/objects/info/commit-graph"
    graph.chmod(stat.S_IRWXU)
    body = graph.read_bytes()[:-20].replace(bytes.fromhex(tree), bytes.fromhex(EMPTY_TREE))
    graph.write_bytes(body + sha1(body, usedforsecurity=False).digest())
    assert world.git("log", "-1", "--format=%T", start) == EMPTY_TREE, "git believes the file"
    with GitObjects.open(world.root) as objects:
        assert objects.tree_of(start) == tree
        assert objects.merge_tree(base, head) == honest


def test_a_file_whose_bytes_are_not_those_of_its_name_is_refused(world):
    oid = world.rev(f"HEAD:{CARD}")
    loose = world.root / ".git/objects" / oid[:2] / oid[2:]
    loose.chmod(stat.S_IRWXU)
    loose.write_bytes(zlib.compress(b"blob 17\0a\nstage: full!\nz\n"))
    with GitObjects.open(world.root) as objects, pytest.raises(RampgateError, match=r"malformed: its bytes"):
        objects.read_blob(oid, limit_bytes=100)


@pytest.mark.parametrize("oid", ["main", "HEAD:x", "", "0" * 39, "0" * 41, "A" * 40, "0" * 40 + "\ninfo", "-" * 40])
def test_only_full_names_reach_the_reading_process(world, oid):
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="not a full object name"):
        objects.read_blob(oid, limit_bytes=100)


TREES = {
    "a name twice": lambda blob: [("100644", b"card.yaml", blob), ("100644", b"card.yaml", blob)],
    "a file and a folder of one name": lambda blob: [("100644", b"a", blob), ("40000", b"a", EMPTY_TREE)],
    "names out of order": lambda blob: [("100644", b"b", blob), ("100644", b"a", blob)],
    "a slash in a name": lambda blob: [("100644", b"a/b", blob)],
    "two dots": lambda blob: [("40000", b"..", EMPTY_TREE)],
    "one dot": lambda blob: [("40000", b".", EMPTY_TREE)],
    "a Git folder": lambda blob: [("40000", b".GIT", EMPTY_TREE)],
    "an unknown mode": lambda blob: [("100666", b"a", blob)],
    "a mode with a leading zero": lambda blob: [("040000", b"a", EMPTY_TREE)],
    "an empty name": lambda blob: [("100644", b"", blob)],
}


@pytest.mark.parametrize("case", TREES)
def test_a_malformed_tree_is_refused(world, case):
    """Two programs may read such a tree differently: one judges, the other one serves."""
    tree = world.make_tree(TREES[case](world.hash_object(b"x")))
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="malformed"):
        objects.list_dir(tree, "")


COMMITS = {
    "two authors": "tree {tree}\nauthor A <a@e> 1 +0000\nauthor B <b@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nm\n",
    "no committer": "tree {tree}\nauthor A <a@e> 1 +0000\n\nm\n",
    "two trees": "tree {tree}\ntree {tree}\nauthor A <a@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nm\n",
    "two addresses": "tree {tree}\nauthor A <a@e> <b@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nm\n",
    "no address": "tree {tree}\nauthor A 1 +0000\ncommitter A <a@e> 1 +0000\n\nm\n",
}


@pytest.mark.parametrize("case", COMMITS)
def test_a_malformed_commit_is_refused(world, case):
    sha = world.hash_object(COMMITS[case].format(tree=world.tree()).encode(), "commit")
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="malformed"):
        objects.commit(sha)


def test_few_trees_that_name_each_other_do_not_run_forever(world):
    tree = world.make_tree([("100644", b"leaf", world.hash_object(b"x"))])
    for _ in range(30):
        tree = world.make_tree([("40000", b"a", tree), ("40000", b"b", tree)])
    with GitObjects.open(world.root) as objects:
        with pytest.raises(InvalidInput, match="more than"):
            objects.list_tree(tree, "")
        with pytest.raises(InvalidInput, match="more than"):
            objects.changed_paths(world.tree(), tree)


def test_the_temporary_folder_is_gone_after_closing(world, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    with GitObjects.open(world.root):
        assert len(list((tmp_path / "t").iterdir())) == 1
    assert list((tmp_path / "t").iterdir()) == []
