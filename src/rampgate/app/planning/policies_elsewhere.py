"""The control files of another place, beside the cards of the work tree: a revision, or a folder of drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.control import REQUIRED, SINGLE
from rampgate.app.judging.trees import GitTree, Tree, WorkTree
from rampgate.core.paths import POLICIES, WAIVERS
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.model.inputs import Input

SCHEMAS = "policies/schemas"


@dataclass
class DraftTree:
    """A folder of policies, with what it lacks taken from the repository: single files, waivers and team schemas.

    folder: the folder that stands for `policies/`. Rules are never borrowed: those of the folder are all there are.
    """

    folder: Path
    present: Tree
    inputs: list[Input] = field(default_factory=list)

    @property
    def _own(self) -> WorkTree:
        return WorkTree(self.folder)

    def borrowed(self) -> list[str]:
        """Return the paths that come from the repository, in order."""
        own = self._own.files("")
        wanted = [f"{POLICIES}/{name}.yaml" for name in SINGLE if f"{name}.yaml" not in own]
        found = [path for path in wanted if self.present.exists(path)]
        for home in (WAIVERS, SCHEMAS):
            if not any(path.startswith(f"{home.removeprefix('policies/')}/") for path in own):
                found += self.present.files(home)
        return sorted(found)

    def files(self, folder: str) -> dict[str, str]:
        """Return every file under a folder: path -> ""."""
        own = [f"{POLICIES}/{path}" for path in self._own.files("")]
        return {path: "" for path in sorted({*own, *self.borrowed()}) if path.startswith(f"{folder}/")}

    def names(self, folder: str) -> list[str]:
        """Return the names right under a folder."""
        return sorted({path.removeprefix(f"{folder}/").partition("/")[0] for path in self.files(folder)})

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        if path in self.borrowed():
            return self.present.read(path)
        return self._own.read(path.removeprefix(f"{POLICIES}/"))

    def exists(self, path: str) -> bool:
        """Return whether a file stands at a path."""
        return path in self.files(path.rpartition("/")[0])


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other policies. borrowed: paths taken from the repository; name: for people; shown: a path as it is there."""

    tree: Tree
    borrowed: tuple[str, ...]
    name: str
    shown: Callable[[str], str]


@contextmanager
def policies_at(root: Path, present: Tree, given: str, start: Path) -> Iterator[Elsewhere]:
    """Yield the other policies.

    given: a folder (that holds `policies/`, or the files themselves), else a revision of the repository. start: the
    folder that a relative one is meant from. Raises UsageProblem for neither, and for a folder without any policy.
    """
    folder = start / given
    if folder.is_dir():
        inner = folder / POLICIES if (folder / POLICIES).is_dir() else folder
        if not any(inner.glob("*.yaml")):
            needed = ", ".join(f"{name}.yaml" for name in REQUIRED)
            raise UsageProblem(f"`{given}` holds no policy files (`*.yaml`; {needed} may be left out)")
        tree = DraftTree(inner, present)
        borrowed: tuple[str, ...] = ()

        def shown(path: str) -> str:
            inside = path.removeprefix(f"{POLICIES}/")
            return path if path in borrowed else str(Path(given) / inner.relative_to(folder) / inside)

        try:
            borrowed = tuple(tree.borrowed())
        except InvalidInput as error:
            raise InvalidInput(replace(each, path=shown(each.path)) for each in error.problems) from None
        yield Elsewhere(tree, borrowed, f"folder `{given}`", shown)
        return
    with GitObjects.open(root) as git:
        try:
            commit = git.resolve(given)
        except UsageProblem as error:
            raise UsageProblem(f"`{given}` is neither a folder nor a revision: {error}") from None
        tree_there = GitTree(git, git.tree_of(commit), given)
        yield Elsewhere(tree_there, (), f"revision `{given}` ({commit[:7]})", lambda path: f"{given}:{path}")
