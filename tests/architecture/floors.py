"""The floors of the source tree, and what each may import and call; read from the text, nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"

# A package may import packages of a lower number, and itself. Equal numbers do not know each other.
FLOOR = {
    "": 0.0,  # rampgate/__init__.py
    "errors": 0.0,
    "model": 0.1,  # may raise what errors.py holds
    "stats": 1.0,
    "formats": 1.05,  # evidence counts are checked by exact arithmetic as they are read
    "approvals": 1.1,
    "rules": 1.2,
    "reports": 1.2,
    "core": 2.0,
    "adapters": 3.0,
    "measure": 3.0,
    "app": 4.0,
    "api": 5.0,  # a door like the command line, for Python programs
    "cli": 5.0,
    "site": 5.0,
    "__main__": 6.0,
}
CLI_KNOWS = {"", "cli", "app", "reports", "errors", "model"}
# The Python API hands out values, never text; what it calls are use cases, as the command line does.
API_KNOWS = {"", "api", "app", "errors", "model"}
# `import rampgate` hands the API out by a table of names, when a name is asked for; every command imports the package.
HANDED_OUT = {"api", "app", "errors", "model"}
# A command reads the clock, once, and hands the moment down; it mends what the user mistyped.
CLI_ALSO_KNOWS = {"rampgate.adapters.clock", "rampgate.formats.suggest"}

# What reaches the world, or gives another answer next time. Floors below 3 must not.
WORLDLY = {
    *("asyncio", "atexit", "concurrent", "ctypes", "fcntl", "fileinput", "ftplib", "getpass", "glob", "http"),
    *("importlib", "locale", "logging", "mmap", "multiprocessing", "os", "pickle", "platform", "pty"),
    *("random", "resource", "secrets", "select", "selectors", "shelve", "shutil", "signal", "smtplib", "socket"),
    *("socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "termios", "time", "urllib"),
    *("uuid", "webbrowser", "zoneinfo"),
    *("click", "duckdb", "fairlearn", "git", "gitdb", "httpx", "numpy", "pandas", "psycopg", "pyspark", "requests"),
    *("rich", "scipy", "sklearn"),
}
# Names for paths that can not open anything.
PURE_NAMES = {"pathlib": {"PurePath", "PurePosixPath", "PureWindowsPath"}}
PURE_MODULES = {"urllib.parse"}
WORLDLY_CALLS = {"open", "print", "input", "breakpoint", "exec", "eval", "__import__"}
OPENERS = {("io", "open"), ("io", "open_code"), ("io", "FileIO"), ("codecs", "open")}
CLOCKS = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}

# Slow to import; a command that does not need one must not pay for it.
HEAVY = {
    *(
        "cel_expr_python",
        "cryptography",
        "duckdb",
        "fairlearn",
        "git",
        "google",
        "httpx",
        "jsonschema",
        "numpy",
        "pandas",
        "psycopg",
    ),
    *("grpc", "pyspark", "sqlglot", "rfc8785", "rich", "ruamel", "scipy", "securesystemslib", "sklearn"),
}
TERMINAL = {"click", "rich"}


@dataclass(frozen=True)
class Import:
    """One imported module, or one name out of it, at a line; `lazy` where it stands inside a function."""

    module: str
    name: str
    line: int
    lazy: bool

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]


def faults(module: str, source: str) -> list[str]:
    """Everything in a module's text that its floor does not allow, as `module:line: what`."""
    package = package_of(module)
    if package not in FLOOR:
        return [f"{module}:1: package `{package}` stands on no floor"]
    tree = ast.parse(source)
    found = [fault for each in imports(tree, module) for fault in import_faults(package, each)]
    if FLOOR[package] < 3:
        found += call_faults(tree)
    return [f"{module}:{line}: {what}" for line, what in found]


def package_of(module: str) -> str:
    """The package under `rampgate` that a module is in, such as `rules`; empty for `rampgate` itself."""
    return module.partition(".")[2].partition(".")[0]


def import_faults(package: str, each: Import) -> Iterator[tuple[int, str]]:
    if each.root == "rampgate":
        # `from rampgate import rules` imports a package as much as `import rampgate.rules` does.
        whole = f"{each.module}.{each.name}" if each.module == "rampgate" and each.name in FLOOR else each.module
        target = package_of(whole)
        if target != package and not FLOOR.get(target, 9) < FLOOR[package]:
            yield each.line, f"`{package}` may not import `{target}`"
        elif package == "cli" and target not in CLI_KNOWS and whole not in CLI_ALSO_KNOWS:
            yield each.line, f"`cli` may not import `{target}`; it belongs behind a use case of `app`"
        elif package == "api" and target not in API_KNOWS:
            yield each.line, f"`api` may not import `{target}`; it belongs behind a use case of `app`"
        return
    if package == "" and each.module == "importlib" and each.lazy:
        return  # the table of the API, which `handed_out` looks at
    if FLOOR[package] < 3 and not is_pure(each):
        yield each.line, f"`{package}` is pure and may not import `{each.module}`"
    if each.root in TERMINAL and package not in ("cli", "site"):
        yield each.line, f"`{each.root}` belongs to `cli`"
    if each.root in HEAVY and not each.lazy:
        yield each.line, f"`{each.root}` is slow to import; import it inside the function that uses it"


def is_pure(each: Import) -> bool:
    if each.module in PURE_MODULES:
        return True
    if each.root in PURE_NAMES:
        return each.name in PURE_NAMES[each.root]
    return each.root not in WORLDLY


def call_faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in WORLDLY_CALLS:
            yield node.lineno, f"`{node.id}` reaches the world"
        if isinstance(node, ast.Attribute) and (last_name(node.value), node.attr) in OPENERS:
            yield node.lineno, f"`{last_name(node.value)}.{node.attr}` reaches the world"
        if isinstance(node, ast.ImportFrom) and any((node.module, alias.name) in OPENERS for alias in node.names):
            yield node.lineno, f"`{node.module}` opens files"
        if isinstance(node, ast.Attribute) and (last_name(node.value), node.attr) in CLOCKS:
            yield node.lineno, f"`{last_name(node.value)}.{node.attr}` reads the clock; take `now` as an argument"


def handed_out(source: str) -> dict[str, str]:
    """The table of `rampgate/__init__.py`: name -> the module, under `rampgate`, that it comes from."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and last_name(node.target) == "_HOME" and node.value is not None:
            found: dict[str, str] = ast.literal_eval(node.value)
            return found
    return {}


def told_to_type_checkers(source: str) -> dict[str, str]:
    """What a module imports for type checkers alone: name -> the module, under `rampgate`."""
    return {
        alias.asname or alias.name: (each.module or "").removeprefix("rampgate.")
        for node in ast.parse(source).body
        if isinstance(node, ast.If) and last_name(node.test) == "TYPE_CHECKING"
        for each in node.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }


def last_name(node: ast.expr) -> str:
    """`datetime` for both `datetime` and `datetime.datetime`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imports(tree: ast.AST, module: str) -> Iterator[Import]:
    """Every import that happens at run time, with relative ones spelled out."""
    return _imports(tree, module, lazy=False)


def _imports(node: ast.AST, module: str, *, lazy: bool) -> Iterator[Import]:
    for child in children(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, "", child.lineno, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            origin = child.module or ""
            if child.level:
                origin = ".".join([*module.split(".")[: -child.level], *([origin] if origin else [])])
            yield from (Import(origin, alias.name, child.lineno, lazy) for alias in child.names)
        else:
            inside = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, module, lazy=inside)


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The children that run; what stands under `if TYPE_CHECKING:` never does."""
    if isinstance(node, ast.If) and last_name(node.test) == "TYPE_CHECKING":
        yield from node.orelse
    else:
        yield from ast.iter_child_nodes(node)


def modules() -> dict[str, str]:
    """Every module of the source tree: dotted name -> text."""
    return {dotted(path): path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}


def dotted(path: Path) -> str:
    """The name that a module is imported under; a package is named by its folder."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") or "rampgate"
