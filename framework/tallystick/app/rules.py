"""Rule files for people who edit them: list, show, check, test."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.workspace import Workspace
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.errors import ConfigError
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench import Diagnostic, TestResult, render, run_tests
from tallystick.workbench import check as check_sources


@dataclass(frozen=True, slots=True)
class RuleFileView:
    """One rule file in force."""

    decision: str
    title: str
    file: str
    origin: str
    state: str
    strategy: str
    rules: int
    tests: int
    hash: str


def listing(ws: Workspace) -> tuple[RuleFileView, ...]:
    """Rule files in force, with where they come from."""
    return tuple(
        RuleFileView(
            pack.decision,
            pack.title,
            pack.file,
            pack.origin,
            pack.state,
            pack.strategy,
            len(pack.rules),
            len(pack.tests),
            pack.hash,
        )
        for pack in ws.rules.book().packs.values()
    )


def show(ws: Workspace, subject: str, *, view: str = "sentence") -> str:
    """One rule file, by decision, file name or rule id, as sentences, table or yaml."""
    for pack in ws.rules.book().packs.values():
        names = {pack.decision, pack.file, Path(pack.file).name, Path(pack.file).stem}
        if subject in names or any(rule.id == subject for rule in pack.rules):
            if view == "yaml":
                return next(s.text for s in reversed(ws.rules.sources()) if s.name == pack.file)
            return render(pack, view)
    raise ConfigError(
        f"{subject} is no rule file, decision or rule in force.",
        code="CFG-14",
        fix="`tallystick rules list`",
    )


def _sources(ws: Workspace | None, paths: Sequence[Path]) -> list[RuleSource]:
    """The named files and folders; none: the rules in force, or the shipped ones."""
    if not paths:
        if ws is not None:
            return ws.rules.sources()
        paths = [default_rules()]
    files = [f for p in paths for f in (sorted(p.glob("*.yaml")) if p.is_dir() else [p])]
    found = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file} cannot be read: {error}.", code="CFG-10") from None
        if text.lstrip().startswith("tallystick: rules/"):
            found.append(RuleSource(str(file), text, "project"))
        elif file in paths:
            found.append(RuleSource(str(file), text, "project"))
    return found


def check(ws: Workspace | None, paths: Sequence[Path] = ()) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with rule files, each with its place."""
    types = ws.rules.catalogue() if ws else catalogue()
    return tuple(check_sources(_sources(ws, paths), types, POINTS))


def test(
    ws: Workspace | None, paths: Sequence[Path] = (), *, pattern: str | None = None
) -> tuple[TestResult, ...]:
    """Run the tests and invariants inside rule files."""
    types = ws.rules.catalogue() if ws else catalogue()
    book = load_rulebook(_sources(ws, paths), types, POINTS)
    try:
        return tuple(run_tests(book, pattern=pattern))
    finally:
        book.close()
