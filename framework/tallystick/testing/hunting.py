"""Hunting with the machine for as long as one allows, and shrinking what it finds."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tallystick.decide.model import Invariant
from tallystick.testing.faulty import FAULTS
from tallystick.testing.machine import Broken, SyncMachine
from tallystick.testing.observing import Check, Judge, Violation
from tallystick.testing.office import opened_office
from tallystick.testing.openings import openings
from tallystick.testing.steps import Step

_BATCH = 20
"""Histories of one run of Hypothesis; the next run's are of another length."""
_REPLAYS_MAX = 60
"""Replays that shrinking may take."""


class _Stop(KeyboardInterrupt):
    """The hunt is over. Hypothesis lets an interruption through at once."""


@dataclass(slots=True)
class Hunt:
    """What was looked for and done, and what was found."""

    histories: int = 0
    steps: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    broken: Broken | None = None
    was: int = 0
    """Steps of the first counterexample; `broken` has the shrunk one."""

    def note(self, steps: Sequence[Step]) -> None:
        """Count one history."""
        self.histories += 1
        self.steps += len(steps)
        for step in steps:
            if step.fault is not None:
                self.faults[step.fault] = self.faults.get(step.fault, 0) + 1


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to hunt: rule files, faults, the longest history, and whether openings come first."""

    rules: Path | None = None
    faults: tuple[str, ...] = FAULTS
    steps_max: int = 12
    opened: bool = True


def hunt(
    invariants: Sequence[Invariant],
    *,
    going: Callable[[int], bool],
    seed: int = 0,
    ground: Ground | None = None,
    also: Check | None = None,
) -> Hunt:
    """Run histories while `going` says so (it gets the number so far); stop at the first that
    breaks an invariant or is wrong by what `also` says, and shrink it.
    """
    ground = ground or Ground()
    judge, found = Judge(tuple(invariants), also), Hunt()
    if ground.opened:
        _open(found, judge, ground, going, Random(seed))
    _machines(found, judge, ground, going, seed)
    if found.broken is not None:
        found.was = len(found.broken.steps)
        found.broken = _shrunk(found.broken, judge, ground.rules)
    return found


def _open(
    found: Hunt, judge: Judge, ground: Ground, going: Callable[[int], bool], random: Random
) -> None:
    for opening in openings(random, ground.faults):
        if found.broken is not None or not going(found.histories):
            return
        steps = opening[: ground.steps_max]
        found.broken = _replayed(steps, judge, ground.rules)
        found.note(steps)


def _machines(
    found: Hunt, judge: Judge, ground: Ground, going: Callable[[int], bool], seed: int
) -> None:
    """Batches of histories by Hypothesis: short ones, longer ones, and short ones again."""
    lengths = sorted({max(1, ground.steps_max // n) for n in (4, 2, 1)})
    for batch in count():
        if found.broken is not None or not going(found.histories):
            return
        machine = _machine(found, judge, ground, going)
        try:
            with redirect_stdout(io.StringIO()):  # Hypothesis tells its own steps
                run_state_machine_as_test(
                    seeded(seed * 1_000_003 + batch)(machine),
                    settings=_settings(lengths[batch % len(lengths)]),
                )
        except _Stop:
            return


def _settings(rules_max: int) -> settings:
    return settings(
        max_examples=_BATCH,
        stateful_step_count=rules_max,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
        print_blob=False,
        report_multiple_bugs=False,
    )


def _machine(
    found: Hunt, judge: Judge, ground: Ground, going: Callable[[int], bool]
) -> type[SyncMachine]:
    """A machine that counts what it does, and stops when it is time or something is found."""

    class Counted(SyncMachine):
        folder = ground.rules
        faults = ground.faults
        steps_max = ground.steps_max

        def __init__(self) -> None:
            if found.broken is not None or not going(found.histories):
                raise _Stop
            super().__init__()
            self.judge = judge

        def teardown(self) -> None:
            try:
                super().teardown()
            except Broken as broken:
                found.broken = broken
            finally:
                found.note(self.steps)
            found.broken = found.broken or self.broken
            if found.broken is not None:
                raise _Stop

    return Counted


def replay(
    steps: Sequence[Step], invariants: Sequence[Invariant], rules: Path | None = None
) -> Broken | None:
    """Take the steps in a fresh office; the invariant that breaks, with the steps up to there."""
    return _replayed(steps, Judge(tuple(invariants)), rules)


def again(steps: Sequence[Step], check: Check, rules: Path | None = None) -> Broken | None:
    """Take the steps in a fresh office, then ask a check in Python; what is wrong, if anything."""
    return _replayed(steps, Judge((), check), rules)


def _replayed(steps: Sequence[Step], judge: Judge, rules: Path | None) -> Broken | None:
    with opened_office(rules) as office:
        violation: Violation | None = None
        for number, step in enumerate(steps, 1):
            violation = judge.take(office, step)
            if violation is not None:
                return Broken(violation, steps[:number])
        violation = judge.at_end(office)
        return None if violation is None else Broken(violation, steps)


def shrink(broken: Broken, rules: Path | None = None) -> Broken:
    """A shorter history that breaks the same invariant: no step of it can be left out."""
    return _shrunk(broken, Judge((broken.violation.invariant,)), rules)


def _shrunk(broken: Broken, judge: Judge, rules: Path | None) -> Broken:
    """Steps are left out, many at a time first; then faults and words are made plain."""
    search = _Shrinking(broken, judge.only(broken.violation.invariant.id), rules)
    search.leave_out()
    while search.make_plain():
        search.leave_out()
    return search.best


class _Shrinking:
    """One counterexample on its way to a short one."""

    def __init__(self, broken: Broken, judge: Judge, rules: Path | None) -> None:
        self.best = broken
        self._judge, self._rules = judge, rules
        self._tried = {str(broken.steps)}

    def _better(self, steps: tuple[Step, ...]) -> bool:
        """True when these steps break the same, which makes them the best so far."""
        if not steps or str(steps) in self._tried or len(self._tried) > _REPLAYS_MAX:
            return False
        self._tried.add(str(steps))
        found = _replayed(steps, self._judge, self._rules)
        if found is None or found.violation.invariant.id != self.best.violation.invariant.id:
            return False
        self.best = found
        return True

    def leave_out(self) -> None:
        """Leave out as many steps as can be, from the front, fewer and fewer at a time."""
        steps = self.best.steps
        for few in (1, 2, 3):
            # what broke it is often the last steps, or at rest the first; both cost little to try
            if self._better(steps[-few:]) or self._better(steps[:few]):
                break
        size = max(len(self.best.steps) * 2 // 3, 1)
        while size >= 1:
            start, left_out = 0, False
            while start < len(self.best.steps):
                steps = self.best.steps
                if self._better((*steps[:start], *steps[start + size :])):
                    left_out = True
                else:
                    start += size
            size = 1 if left_out and size == 1 else size // 2

    def make_plain(self) -> bool:
        """Make one step plainer; False when none can be."""
        return any(self._better(plainer) for plainer in _plainer(self.best.steps))


def _plainer(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    for number, step in enumerate(steps):
        for simpler in _simpler(step):
            yield (*steps[:number], simpler, *steps[number + 1 :])


def _simpler(step: Step) -> Iterator[Step]:
    if step.fault is not None:
        yield replace(step, fault=None)
    plain_words = {
        "invoice": 0,
        "log": 0,
        "approval": "approved",
        "minutes": 60,
        "billable": True,
    }
    for word, plain in plain_words.items():
        if step.words.get(word, plain) != plain:
            yield replace(step, words={**step.words, word: plain})
