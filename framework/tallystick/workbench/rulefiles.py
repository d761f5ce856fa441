"""What `rules show`, `check`, `lint` and `test` call; the registry of actions names them."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tallystick.app.clock import wait
from tallystick.app.rules import find, points_of, sources, types_of, watched
from tallystick.app.workspace import Workspace
from tallystick.decide import Rulebook, load_rulebook
from tallystick.decide.contradictions import Known
from tallystick.errors import ConfigError
from tallystick.workbench.checking import check as check_sources
from tallystick.workbench.counterexamples import found_in, others_in, replayed
from tallystick.workbench.diagnostics import Diagnostic
from tallystick.workbench.helping import helped
from tallystick.workbench.linting import lint as lint_sources
from tallystick.workbench.policyviews import NAMES, policies_text
from tallystick.workbench.rendering import render
from tallystick.workbench.testing import TestResult, run_tests
from tallystick.workbench.watching import changes


def show(ws: Workspace, subject: str, *, view: str = "sentence") -> str:
    """One rule file, by decision, file name or rule id, as `sentence`, `table` or `yaml`.

    `policies` shows the policies, with what each may be.
    """
    if subject in NAMES:
        return policies_text(ws, view)
    pack, text = find(ws, subject)
    return text if view == "yaml" else render(pack, view)


def check(
    ws: Workspace | None, paths: Sequence[Path] = (), *, overlaps: bool = False
) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with rule files, each with its place and a record that shows it.

    With `overlaps` also each two rules that want different things of one record.
    """
    texts = sources(ws, paths, policies=True)
    known = _known(ws) if ws is not None else None
    found = check_sources(texts, types_of(ws), points_of(ws), known=known, overlaps=overlaps)
    named = ws is not None or bool(paths)
    return tuple(d if named else replace(d, owned=False) for d in found)


def _known(ws: Workspace) -> Known:
    """What the project knows beside its files: switches, and whether anything was ever approved."""
    rows = ws.store.settings.integrations()
    found: set[str | None] = set()
    for row in rows:
        words = ws.store.records.distinct(row.source_id, "time_entry", ["approval"])
        found |= {word["approval"] for word in words}
    return Known(
        approvals="approved" in found if found else None,
        general=any(row.general_timesheets for row in rows) if rows else None,
    )


def lint(ws: Workspace | None, paths: Sequence[Path] = ()) -> tuple[Diagnostic, ...]:
    """What rule files can be improved in, each with its place."""
    return tuple(lint_sources(sources(ws, paths), types_of(ws), points_of(ws)))


def run(
    ws: Workspace | None, paths: Sequence[Path] = (), *, pattern: str | None = None
) -> tuple[TestResult, ...]:
    """Run the tests and invariants inside rule files; those that fail with help.

    Counterexamples among the files are replayed on the rules among them, else on those in force.
    Raises `ConfigError` CFG-06 when the pattern is in no test's name.
    """
    kept = found_in(paths)
    if kept:
        rules = others_in(paths)
        again = tuple(replayed(ws, kept, rules, pattern=pattern))
        if again and (pattern is not None or not rules):
            return again
        return (*again, *run(ws, rules, pattern=pattern))
    texts, types = sources(ws, paths), types_of(ws)
    book = load_rulebook(texts, types, points_of(ws))
    try:
        results = helped(run_tests(book, pattern=pattern), texts, types, points_of(ws))
        if not results and pattern is not None:
            raise _no_match(book, pattern)
        return results
    finally:
        book.close()


def _no_match(book: Rulebook, pattern: str) -> ConfigError:
    packs = (*book.packs.values(), *book.beside)
    names = [c.name for pack in packs for c in pack.tests]
    names += [f"invariant[{i.id}]" for pack in packs for i in pack.invariants if i.scope is None]
    words = {word for name in names for word in name.split()}
    near = difflib.get_close_matches(pattern, [*names, *words], n=1)
    hint = f"Did you mean -k {near[0]!r}?" if near else "`tallystick rules test` runs them all."
    return ConfigError(
        f"No test of {len(names)} has {pattern!r} in its name.", code="CFG-06", fix=hint
    )


def watch(ws: Workspace | None, paths: Sequence[Path] = ()) -> Iterator[tuple[Path, ...]]:
    """Each change of the files that `run` reads, for as long as one asks."""
    return changes(lambda: watched(ws, paths), ws.around.wait if ws is not None else wait)
