"""Property testing: strategies for records, worlds and decisions, and a machine that syncs.

Three doors lead here: `tallystick rules fuzz`, the pytest plugin that collects rule files, and
this module for tests in Python.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tallystick.decide.model import Invariant
from tallystick.errors import ConfigError
from tallystick.testing.given import Trial, given_world
from tallystick.testing.hunting import Ground, Hunt, hunt, replay, shrink
from tallystick.testing.machine import Broken, SyncMachine
from tallystick.testing.observing import Judge
from tallystick.testing.office import Office, opened_office
from tallystick.testing.steps import Step
from tallystick.testing.strategies import decisions, records, worlds
from tallystick.workbench.counterexamples import system_invariants

__all__ = [
    "Broken",
    "Ground",
    "Hunt",
    "Office",
    "Step",
    "SyncMachine",
    "Trial",
    "check_invariants",
    "decisions",
    "given_world",
    "hunt",
    "invariants",
    "opened_office",
    "records",
    "replay",
    "shrink",
    "worlds",
]


def invariants(*names: str, rules: Path | None = None) -> tuple[Invariant, ...]:
    """Invariants of scope store and history, of the shipped rule files or of a folder.

    All of them, or those that are named. Raises `ConfigError` CFG-06 for a name that none has.
    """
    found = _known(rules) if rules is not None else _shipped(None)
    unknown = sorted({*names} - {i.id for i in found})
    if unknown:
        raise ConfigError(
            f"There is no invariant {unknown[0]}: {', '.join(i.id for i in found)}.",
            code="CFG-06",
            fix="`tallystick rules show NAME` lists those of a file.",
        )
    return tuple(i for i in found if not names or i.id in names)


def _known(rules: Path | None) -> tuple[Invariant, ...]:
    return tuple(system_invariants([] if rules is None else [rules]))


_shipped = cache(_known)


def check_invariants(world: Office, only: Iterable[str] = ()) -> None:
    """Raise `Broken` where an office breaks an invariant: in a step that it took, now, or once it
    has come to rest, for which syncs run. They are those of its own rules; all, or `only` some.
    """
    judge = Judge(invariants(*only, rules=world.rules))
    violation = judge.now(world) or judge.at_rest(world)
    if violation is not None:
        raise Broken(violation, [t.step for t in world.taken])
