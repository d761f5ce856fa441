"""Looking for counterexamples: of each rule file by its diagram, of the whole by histories.

What is found is shrunk, kept as a file that people can read, and replayed by `rules test`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from tallystick.app.rules import points_of, sources, types_of, write_text
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, Rulebook, load_rulebook
from tallystick.decide.diagram import Diagram, cells, diagram, draw, subject_at
from tallystick.decide.model import Invariant, Rule, Then
from tallystick.errors import ConfigError
from tallystick.testing.steps import Found, to_text
from tallystick.workbench.counterexamples import rules_folder
from tallystick.workbench.refuting import Refuter
from tallystick.workbench.witnesses import given_of

FOLDER = Path("tests", "found")
SUBJECTS_SHARE = 0.25
"""Most of the time that goes to subjects of single files; a history takes longer."""
_DRAWS = 1500
_OVER = object()


@dataclass(frozen=True, slots=True)
class Budget:
    """When to stop: seconds, and how many histories at most. The seed makes it repeatable."""

    seconds: float = 60.0
    histories: int | None = None
    seed: int = 0


@dataclass(slots=True)
class FuzzReport:
    """What was tried, and the counterexamples; `saved` names their files."""

    seed: int
    subjects: int = 0
    histories: int = 0
    steps: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    shrunk_from: int = 0
    saved: list[str] = field(default_factory=list)


def fuzz(
    ws: Workspace | None,
    paths: Sequence[Path] = (),
    *,
    seconds: float = 60,
    examples: int | None = None,
    seed: int = 0,
    invariant: str | None = None,
    folder: Path | None = None,
) -> FuzzReport:
    """Look for counterexamples until one is found or the time is over, and save what is found.

    Without a folder they are kept in `tests/found` of the project folder, or of this one. Raises
    `ConfigError` CFG-06 when no invariant has the name.
    """
    only = frozenset() if invariant is None else frozenset({invariant})
    report = search(ws, paths, budget=Budget(seconds, examples, seed), only=only)
    place = folder or ((ws.home if ws is not None else Path()) / FOLDER)
    for found in report.found:
        file = place / f"{found.name}.yaml"
        write_text(file, to_text(found))
        report.saved.append(str(file))
    return report


def search(
    ws: Workspace | None,
    paths: Sequence[Path] = (),
    *,
    budget: Budget,
    only: AbstractSet[str] = frozenset(),
) -> FuzzReport:
    """Look for counterexamples, of some invariants or all, and write nothing."""
    book = load_rulebook(sources(ws, paths), types_of(ws), points_of(ws))
    report = FuzzReport(budget.seed)
    try:
        packs = tuple(book.packs.values())
        _known(packs, only)
        started = time.monotonic()

        def left(share: float) -> Callable[[], bool]:
            return lambda: time.monotonic() - started < budget.seconds * share

        _subjects(book, report, only, left(SUBJECTS_SHARE))
        if not report.found:
            _histories(packs, report, only, (budget, left(1.0)), rules_folder(ws, paths))
        return report
    finally:
        book.close()


def _known(packs: Sequence[Pack], wanted: AbstractSet[str]) -> None:
    names = [i.id for p in packs for i in p.invariants]
    unknown = sorted(wanted - {*names})
    if unknown:
        raise ConfigError(
            f"There is no invariant {unknown[0]}: {', '.join(names)}.",
            code="CFG-06",
            fix="`tallystick rules show NAME` lists those of a file.",
        )


def _asked(invariant: Invariant, wanted: AbstractSet[str]) -> bool:
    return not wanted or invariant.id in wanted


def _subjects(
    book: Rulebook, report: FuzzReport, wanted: AbstractSet[str], going: Callable[[], bool]
) -> None:
    """Subjects of each file: the witness of each answer, then draws, file by file in turn."""
    searches = []
    for pack in book.packs.values():
        chosen = [i for i in pack.invariants if i.scope is None and _asked(i, wanted)]
        if chosen:
            searches.append(_search(book, pack, chosen, report))
    while searches and going() and not report.found:
        for search in list(searches):
            found: object = next(search, _OVER)
            if isinstance(found, Found):
                report.found.append(found)
                break
            if found is _OVER:
                searches.remove(search)


def _search(
    book: Rulebook, pack: Pack, invariants: Sequence[Invariant], report: FuzzReport
) -> Iterator[Found | None]:
    """One subject a turn; a counterexample when there is one."""
    space = cells(_with_invariants(pack, invariants))
    whole = diagram(pack, absent=True, space=space)
    refuter = Refuter(pack, book.decider_of(pack), tuple(invariants))
    for subject in _drawn(whole, Random(report.seed)):
        report.subjects += 1
        broken = refuter.refuted(subject)
        if broken is None:
            yield None
            continue
        small = refuter.shrunk(broken, subject)
        message = f"{broken.id}: {refuter.why(broken, small)}"
        given = given_of(pack, small)
        yield Found(broken.id, pack.file, pack.decision, message, given=given, seed=report.seed)


def _with_invariants(pack: Pack, invariants: Sequence[Invariant]) -> Pack:
    """The file with rules that ask what its invariants ask, so that subjects differ in that too."""
    asking = [
        Rule(f"invariant-{number}", i.must, Then(pack.point.safe), "", i.line)
        for number, i in enumerate(invariants)
        if i.must is not None
    ]
    return replace(pack, rules=(*pack.rules, *asking))


def _drawn(whole: Diagram, random: Random) -> Iterator[Mapping[str, object]]:
    """A witness of each answer; then by turns a draw of an answer and one of any cells."""
    for leaf in whole.leaves:
        yield leaf.witness
    for _ in range(_DRAWS):
        yield draw(whole, random).subject
        path = [random.randrange(len(g.cells)) for g in whole.space.groups]
        yield subject_at(whole.space, path, random)


def _histories(
    packs: Sequence[Pack],
    report: FuzzReport,
    wanted: AbstractSet[str],
    limits: tuple[Budget, Callable[[], bool]],
    rules: Path | None,
) -> None:
    """Histories of the whole system on the simulators, with faults."""
    chosen = [(pack, i) for pack in packs for i in pack.invariants if i.scope and _asked(i, wanted)]
    if not chosen:
        return
    # Hypothesis and the durable engine are heavy, so they come when they are needed
    from tallystick.testing.hunting import Ground, hunt  # noqa: PLC0415

    budget, going = limits
    most = budget.histories
    result = hunt(
        [i for _, i in chosen],
        going=lambda done: going() and (most is None or done < most),
        seed=budget.seed,
        ground=Ground(rules),
    )
    report.histories, report.steps, report.faults = result.histories, result.steps, result.faults
    if result.broken is not None:
        name = result.broken.violation.invariant.id
        pack = next((p for p, i in chosen if i.id == name), chosen[0][0])
        report.shrunk_from = result.was
        report.found.append(
            Found(
                name,
                pack.file,
                pack.decision,
                str(result.broken),
                steps=result.broken.steps,
                seed=budget.seed,
            )
        )
