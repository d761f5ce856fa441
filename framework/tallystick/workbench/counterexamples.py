"""Counterexamples kept as files, tried again on the rules of today."""

from collections.abc import Sequence
from pathlib import Path

from tallystick.app.rules import files_of, is_kind, points_of, read_text, sources, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, Rulebook, load_rulebook
from tallystick.decide.model import Invariant
from tallystick.testing.steps import NO_STEP_FAILS, Found, from_text, is_found
from tallystick.workbench.refuting import Refuter
from tallystick.workbench.subjects import subject_of
from tallystick.workbench.testing import TestResult


def rules_folder(ws: Workspace | None, paths: Sequence[Path]) -> Path | None:
    """The folder of rule files that histories run with; None is the shipped ones."""
    if not paths:
        return ws.home / "rules" if ws is not None else None
    return paths[0] if paths[0].is_dir() else paths[0].parent


def found_in(paths: Sequence[Path]) -> list[Found]:
    """The counterexamples among files and folders."""
    texts = [(f, read_text(f)) for f in files_of(paths) if f.exists()]
    return [from_text(str(f), text) for f, text in texts if is_found(text)]


def others_in(paths: Sequence[Path]) -> list[Path]:
    """The rule files among them; a file that is named and no counterexample counts as one."""
    texts = [(f, read_text(f)) for f in files_of(paths) if f.exists()]
    names = [path for path in paths if not path.exists()]
    others = [f for f, t in texts if not is_found(t) and (f in paths or is_kind(t, "rules"))]
    return [*names, *others]


def replayed(
    ws: Workspace | None,
    kept: Sequence[Found],
    rules: Sequence[Path] = (),
    *,
    pattern: str | None = None,
) -> list[TestResult]:
    """Each counterexample tried again: it passes once its invariant holds.

    On the rules in `rules`, else on those of the project folder, else on the shipped ones.
    """
    book = load_rulebook(sources(ws, rules), types_of(ws), points_of(ws))
    try:
        folder = rules_folder(ws, rules)
        named = [f for f in kept if pattern is None or pattern in _name(f)]
        return [_replay(book, found, folder) for found in named]
    finally:
        book.close()


def _name(found: Found) -> str:
    """Named as its file, which people see and may rename."""
    return f"found[{Path(found.file).stem}]"


def _replay(book: Rulebook, found: Found, folder: Path | None) -> TestResult:
    pack = book.packs.get(found.decision)
    invariants = _meant(book, pack, found)
    name = _name(found)
    if invariants is None:
        fix = "Delete the counterexample, or write the invariant again."
        message = f"{found.decision} has no invariant {found.invariant} any more"
        return TestResult(found.file, 1, name, passed=False, message=message, fix=fix)
    said = _said(book, pack, found, invariants, folder)
    if said is None:
        return TestResult(found.file, 1, name, passed=True)
    wrong = "Correct the rule, or the invariant."
    return TestResult(found.file, 1, name, passed=False, message=said, fix=wrong)


def _meant(book: Rulebook, pack: Pack | None, found: Found) -> list[Invariant] | None:
    """The invariants to try; None when there are none of that name any more.

    What a test in Python says, it says itself; its history is tried on every invariant of the
    whole system. A step that fails needs no invariant to be wrong.
    """
    if found.steps and found.test and not found.decision:
        return _of_system(book)
    named = [i for i in pack.invariants if i.id == found.invariant] if pack else []
    fails = bool(found.steps) and found.invariant == NO_STEP_FAILS
    return named if named or fails else None


def _said(
    book: Rulebook,
    pack: Pack | None,
    found: Found,
    invariants: Sequence[Invariant],
    folder: Path | None,
) -> str | None:
    """What is wrong still, or None."""
    if found.steps:
        # Hypothesis and the simulators are heavy, so they come when they are needed
        from tallystick.testing.hunting import replay  # noqa: PLC0415

        broken = replay(found.steps, invariants, folder)
        return None if broken is None else str(broken)
    if pack is None:
        return None
    refuter = Refuter(pack, book.decider_of(pack), tuple(invariants))
    whole = subject_of(pack, found.given)
    still = refuter.refuted(whole)
    return None if still is None else refuter.why(still, whole)


def system_invariants(paths: Sequence[Path] = ()) -> list[Invariant]:
    """The invariants of scope store and history, in the order of the files."""
    book = load_rulebook(sources(None, paths), types_of(None), points_of(None))
    try:
        return _of_system(book)
    finally:
        book.close()


def _of_system(book: Rulebook) -> list[Invariant]:
    return [i for pack in book.packs.values() for i in pack.invariants if i.scope is not None]


def home_of(invariant: str, paths: Sequence[Path] = ()) -> tuple[str, str]:
    """The rule file that has an invariant, and its decision; two empty texts when none has."""
    book = load_rulebook(sources(None, paths), types_of(None), points_of(None))
    try:
        packs = (p for p in book.packs.values() if any(i.id == invariant for i in p.invariants))
        return next(((p.file, p.decision) for p in packs), ("", ""))
    finally:
        book.close()
