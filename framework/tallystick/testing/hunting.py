"""Hunting with the machine for as long as one allows, and shrinking what it finds."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tallystick.decide.model import Invariant
from tallystick.testing.machine import Broken, SyncMachine
from tallystick.testing.observing import Judge, Violation
from tallystick.testing.office import opened_office
from tallystick.testing.steps import Step

_BATCH = 200
"""Histories of one run of Hypothesis."""
_ROUNDS_MAX = 40
"""Replays that shrinking may take."""


class _TimeIsUp(KeyboardInterrupt):
    """The hunt is over; nothing was found. Hypothesis lets an interruption through at once."""


@dataclass(slots=True)
class Hunt:
    """What was looked for and done, and what was found."""

    histories: int = 0
    steps: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    broken: Broken | None = None
    was: int = 0
    """Steps of the first counterexample; `broken` has the shrunk one."""


def hunt(
    invariants: Sequence[Invariant],
    *,
    going: Callable[[int], bool],
    seed: int = 0,
    rules: Path | None = None,
    steps_max: int = 10,
) -> Hunt:
    """Run histories while `going` says so (it gets the number so far); stop at the first that
    breaks an invariant, and shrink it.
    """
    found = Hunt()
    batch = 0
    while found.broken is None and going(found.histories):
        try:
            with redirect_stdout(io.StringIO()):  # Hypothesis tells its own steps
                run_state_machine_as_test(
                    _machine(tuple(invariants), rules, (found, going), seed * 1_000_003 + batch),
                    settings=_settings(steps_max),
                )
        except _TimeIsUp:
            break
        except Broken as broken:
            found.broken, found.was = broken, len(broken.steps)
        batch += 1
    if found.broken is not None:
        found.broken = shrink(found.broken, rules)
    return found


def _settings(steps_max: int) -> settings:
    return settings(
        max_examples=_BATCH,
        stateful_step_count=steps_max,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
        print_blob=False,
        report_multiple_bugs=False,
    )


def _machine(
    invariants: tuple[Invariant, ...],
    rules: Path | None,
    counted: tuple[Hunt, Callable[[int], bool]],
    number: int,
) -> type[SyncMachine]:
    """A machine that counts what it does, and stops when it is time."""
    found, going = counted

    @seeded(number)
    class Counted(SyncMachine):
        wanted = invariants
        folder = rules

        def __init__(self) -> None:
            if not going(found.histories):
                raise _TimeIsUp
            super().__init__()

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                found.histories += 1
                found.steps += len(self.steps)
                for step in self.steps:
                    if step.fault is not None:
                        found.faults[step.fault] = found.faults.get(step.fault, 0) + 1

    return Counted


def replay(
    steps: Sequence[Step], invariants: Sequence[Invariant], rules: Path | None = None
) -> Broken | None:
    """Take the steps in a fresh office; the invariant that breaks, with the steps up to there."""
    judge = Judge(tuple(invariants))
    with opened_office(rules) as office:
        violation: Violation | None = None
        for number, step in enumerate(steps, 1):
            violation = judge.take(office, step)
            if violation is not None:
                return Broken(violation, steps[:number])
        violation = judge.at_rest(office)
        return None if violation is None else Broken(violation, steps)


def shrink(broken: Broken, rules: Path | None = None) -> Broken:
    """A shorter history that breaks the same invariant: no step of it can be left out.

    Steps are left out from the middle of the history first, then faults and words are made plain.
    """
    best, left = broken, _ROUNDS_MAX
    invariant = broken.violation.invariant
    again = True
    while again and left > 0:
        again = False
        for shorter in _shorter(best.steps):
            left -= 1
            found = replay(shorter, [invariant], rules)
            if found is not None:
                best, again = found, True
                break
            if left <= 0:
                break
    return best


def _shorter(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """Histories that are simpler, the boldest first."""
    for size in dict.fromkeys((len(steps) * 2 // 3, len(steps) // 3, 1)):
        if size < 1:
            continue
        for start in range(0, len(steps) - size + 1, max(size // 2, 1)):
            yield (*steps[:start], *steps[start + size :])
    for number, step in enumerate(steps):
        for simpler in _simpler(step):
            yield (*steps[:number], simpler, *steps[number + 1 :])


def _simpler(step: Step) -> Iterator[Step]:
    if step.fault is not None:
        yield replace(step, fault=None)
    for word, plain in (("invoice", 0), ("log", 0), ("approval", "approved"), ("minutes", 60)):
        if word in step.words and step.words[word] != plain:
            yield replace(step, words={**step.words, word: plain})
