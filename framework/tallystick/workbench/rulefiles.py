"""What `rules show`, `rules check` and `rules test` call; the registry of actions names them."""

from collections.abc import Sequence
from pathlib import Path

from tallystick.app.rules import find, sources, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import load_rulebook
from tallystick.decide.points import POINTS
from tallystick.workbench.checking import Diagnostic
from tallystick.workbench.checking import check as check_sources
from tallystick.workbench.rendering import render
from tallystick.workbench.testing import TestResult, run_tests


def show(ws: Workspace, subject: str, *, view: str = "sentence") -> str:
    """One rule file, by decision, file name or rule id, as `sentence`, `table` or `yaml`."""
    pack, text = find(ws, subject)
    return text if view == "yaml" else render(pack, view)


def check(ws: Workspace | None, paths: Sequence[Path] = ()) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with rule files, each with its place."""
    return tuple(check_sources(sources(ws, paths, policies=True), types_of(ws), POINTS))


def run(
    ws: Workspace | None, paths: Sequence[Path] = (), *, pattern: str | None = None
) -> tuple[TestResult, ...]:
    """Run the tests and invariants inside rule files."""
    book = load_rulebook(sources(ws, paths), types_of(ws), POINTS)
    try:
        return tuple(run_tests(book, pattern=pattern))
    finally:
        book.close()
