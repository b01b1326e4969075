"""The order of the modules: imports go down, and each third-party package stands in one place."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import linter
from linter.rule_choice import WORTH_COMPILING
from tests import invented

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(linter.__file__).parent

# The lowest row first. A folder is one name; inside it modules import one another.
ROWS = (
    {"model", "stop", "word_sets", "cst", "other_process"},
    {
        "structures", "plausibility", "decode", "strict_yaml", "patterns", "positions", "directives", "walk", "cache",
        "repository", "regular_file", "globs", "python_paths", "notebooks", "ranges", "credential_names",
        "bindings",
    },
    {"value_score"},
    {"likelihood"},
    {"rules", "config", "context", "ci_environment", "file_structures", "stored_credentials"},
    {"rule_files", "scope"},
    {"sinks", "bound"},
    {"matcher", "extract", "git", "pairs", "sites", "python"},
    {"ast_rules", "file_rules"},
    {
        "sources", "formats", "history", "findings", "rule_examples", "baseline", "foreign_baselines",
        "hooks", "hook_ranges", "first_look", "rule_choice", "worker",
    },
    {"all_rules"},
    {"sink_examples", "parts", "overrides", "cover", "parsed", "baseline_file", "inner"},
    {"examine"},
    {"configured", "members"},
    {"slices"},
    {"helper", "serving"},
    {"targets", "pipeline"},
    {"scanning"},
    {"api"},
    {"cli"},
    {"__main__"},
)  # fmt: skip
ROW = {name: number for number, names in enumerate(ROWS) for name in names}

ALLOWED = {
    "click": {"cli"},
    "compression": {"sources.archives.compression"},
    "dulwich": {"sources.packs"},
    "git": {"git"},
    "hyperscan": {"matcher"},
    "libcst": {"cst"},
    "msgspec": {"rules", "rule_files", "sites", "sinks", "config", "configured"},
    "pathspec": {"globs"},
    "pypdf": {"sources.archives.pdf_worker"},
    "regex": {"extract"},
    "tomli": {"config"},
    "yaml": {"strict_yaml"},
    "zstandard": {"sources.archives.compression"},
}
"""Third-party packages, and the modules or folders that import them."""

REVEALS = {"findings", "foreign_baselines", "formats.json", "formats.text", "overrides", "serving"}
"""Where `.reveal()` is called: identity, hashes of other tools, reports with `--show-secrets`, values allowed, and
what a process of ours found for another."""

HEAVY = {"dulwich", "hyperscan", "regex", "git", "libcst", "rich", "yaml", "msgspec", "pathspec", "pypdf", "zstandard"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield ("" if name == "__init__" else name), ast.parse(file.read_bytes())


MODULES = dict(_modules())


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs: not those below `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if not _is_type_checking(node):
            yield node
            yield from _nodes(node)


def _imports(tree: ast.AST) -> Iterator[str]:
    """The full names that a module imports when it runs."""
    for node in _nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own(name: str) -> str | None:
    """The module or folder of ours that an import names, or None."""
    first, _, rest = name.partition(".")
    return rest.partition(".")[0] if first == "linter" else None


def test_every_module_has_a_row() -> None:
    assert {name.partition(".")[0] for name in MODULES} - {""} == set(ROW)


@pytest.mark.parametrize("name", [name for name in MODULES if name])
def test_a_module_imports_only_from_lower_rows(name: str) -> None:
    own = name.partition(".")[0]
    imported = {_own(each) for each in _imports(MODULES[name])} - {None, own, "__version__"}
    assert {each for each in imported if each not in ROW or ROW[each] >= ROW[own]} == set()


def test_the_package_itself_imports_a_public_name_when_it_is_asked_for() -> None:
    assert list(_imports(MODULES[""])) == ["typing.TYPE_CHECKING"]
    assert "linter.model" not in _modules_after("import linter")
    assert "linter.api" not in _modules_after("from linter import Report")


def test_a_third_party_package_is_imported_only_where_it_belongs() -> None:
    importers = defaultdict(set)
    for name, tree in MODULES.items():
        for imported in _imports(tree):
            package = imported.partition(".")[0]
            if package not in sys.stdlib_module_names | {"linter"}:
                importers[package].add(name)
    for package, names in importers.items():
        strays = {name for name in names if not {name, name.partition(".")[0]} & ALLOWED.get(package, set())}
        assert strays == set(), package


def _swallows(handler: ast.ExceptHandler) -> bool:
    """True if a handler takes every error and does not raise it again."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    is_wide = any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)
    last = handler.body[-1]
    return is_wide and not (isinstance(last, ast.Raise) and last.exc is None)


def test_no_error_is_swallowed_below_the_command_line_but_where_a_rule_fails_on_a_source() -> None:
    swallowing = {
        f"{name}:{node.lineno}"
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _swallows(node)
    }
    assert {place.partition(":")[0] for place in swallowing} == {"cli", "ast_rules.analysis"}


def test_a_secret_is_revealed_only_where_that_is_meant() -> None:
    revealing = {
        name
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    }
    assert revealing == REVEALS


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, tree in MODULES.items() if not ast.get_docstring(tree)] == []


def _modules_after(code: str, *arguments: str) -> set[str]:
    """The modules that are there after `code` ran."""
    report = f"import json, sys\n{code}\nprint()\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", report, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(run.stdout.splitlines()[-1]))


def _loaded(code: str, *arguments: str) -> set[str]:
    """The packages that are there after `code` ran."""
    return {name.partition(".")[0] for name in _modules_after(code, *arguments)}


RUN = "from linter.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("import linter", []),
        ("import linter.cli", []),
        (RUN, ["--help"]),
        (RUN, ["--version"]),
        (RUN, ["no-such-command"]),
    ],
    ids=["package", "command line", "help", "version", "mistake"],
)
def test_starting_imports_nothing_heavy(code: str, arguments: list[str]) -> None:
    loaded = _loaded(code, *arguments)
    assert loaded & HEAVY == set()
    assert "click" in loaded or code == "import linter"


def test_a_python_source_without_any_mark_needs_no_ast_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "large.py").write_text("x = 1\n" * WORTH_COMPILING)
    (tmp_path / "a.py").write_text("import os\n")
    (tmp_path / "b.py").write_text('def f(password="Kq7-' + 'vTz9-mWx3"): ...\n')
    after = [_modules_after(RUN, "scan", "--no-history", str(tmp_path / name)) for name in ("large.py", "a.py", "b.py")]
    assert ["linter.ast_rules" in modules for modules in after] == [True, False, True]


def test_a_file_is_scanned_without_git_and_without_what_shows_colours(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"token = {invented.github_token()}\n")
    for _ in ("without the rules in the cache", "with them"):
        loaded = _loaded(RUN, "scan", "--no-history", str(tmp_path / "a.txt"))
    assert "regex" in loaded, "it was scanned"
    assert loaded & {"git", "libcst", "rich", "yaml"} == set()
