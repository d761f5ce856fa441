"""What the tests of a rule file reach of all that its rules can tell apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.compiled import Compiled
from tallystick.decide.diagram import Cell, Coverage, cells, coverage
from tallystick.decide.diagram.subjects import assembled
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.workbench.subjects import subject_of
from tallystick.workbench.witnesses import as_test, smallest


@dataclass(frozen=True, slots=True)
class Missed:
    """An answer that no test gets, or a kind of values that no test has, and a test for it."""

    what: str
    test: str


@dataclass(frozen=True, slots=True)
class Covered:
    """One file: answers (leaves) and kinds of values (cells) reached, of those there are.

    `fetched_reached` and `fetched_possible` are the cells in which nothing is absent. `outside`
    names tests whose subject is not well-typed, such as a word of no list: no cell has it.
    `percent` is of answers, rounded down. `unsure` says why there may be more than is counted.
    """

    file: str
    decision: str
    tests: int
    leaves_reached: int
    leaves_possible: int
    cells_reached: int
    cells_possible: int
    fetched_reached: int
    fetched_possible: int
    outside: int
    percent: int
    missed: tuple[Missed, ...]
    missed_cells: tuple[Missed, ...]
    unsure: tuple[str, ...] = ()


def cover(
    sources: Iterable[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
) -> tuple[Covered, ...]:
    """Each document of each file."""
    return tuple(_covered(p) for s in sources for p in parse_source(s, types, points))


def _covered(pack: Pack) -> Covered:
    subjects = [subject_of(pack, case.given) for case in pack.tests]
    found = coverage(pack, subjects)
    space = cells(pack)
    fetched = sum(not c.needs_absence for g in space.groups for c in g.cells)
    missed_fetched = sum(not c.needs_absence for _, c in found.missed_cells)
    compiled = Compiled(pack)
    try:
        missed = tuple(_leaves(pack, found, compiled))
        missed_cells = tuple(_cells(pack, found, compiled))
    finally:
        compiled.close()
    return Covered(
        pack.file,
        pack.decision,
        len(pack.tests),
        found.leaves_reached,
        found.leaves_possible,
        found.cells_reached,
        found.cells_possible,
        fetched - missed_fetched,
        fetched,
        found.outside,
        100 * found.leaves_reached // max(found.leaves_possible, 1),
        missed,
        missed_cells,
        space.incomplete,
    )


def _leaves(pack: Pack, found: Coverage, compiled: Compiled) -> Iterator[Missed]:
    for leaf in found.missed:
        wanted = compiled.decide(leaf.witness)
        facts = (wanted.outcome, wanted.by, wanted.code, wanted.fields)

        def shows(whole: Mapping[str, Any], facts: tuple[Any, ...] = facts) -> bool:
            got = compiled.decide(whole)
            return (got.outcome, got.by, got.code, got.fields) == facts

        whole = smallest(pack, leaf.witness, shows)
        yield Missed(str(leaf.answer), as_test(pack, whole, compiled.decide(whole)))


def _cells(pack: Pack, found: Coverage, compiled: Compiled) -> Iterator[Missed]:
    base = subject_of(pack, {})
    for _, cell in found.missed_cells:
        whole = assembled(base, [cell.witness])
        yield Missed(_said(cell), as_test(pack, whole, compiled.decide(whole)))


def _said(cell: Cell) -> str:
    return ", ".join(f"{path} {value!r}" for path, value in cell.witness.items())
