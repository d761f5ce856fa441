"""Property testing: strategies for records, worlds and decisions, and a machine that syncs.

Three doors lead here: `tallystick rules fuzz`, the pytest plugin that collects rule files, and
this module for tests in Python.
"""

from collections.abc import Iterable
from pathlib import Path

from tallystick.decide.model import Invariant
from tallystick.testing.hunting import Hunt, hunt, replay, shrink
from tallystick.testing.machine import Broken, SyncMachine
from tallystick.testing.observing import Judge
from tallystick.testing.office import Office, opened_office
from tallystick.testing.steps import Step
from tallystick.testing.strategies import decisions, records, worlds
from tallystick.workbench.counterexamples import system_invariants

__all__ = [
    "Broken",
    "Hunt",
    "Office",
    "Step",
    "SyncMachine",
    "check_invariants",
    "decisions",
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

    All of them, or those that are named.
    """
    found = system_invariants([] if rules is None else [rules])
    return tuple(i for i in found if not names or i.id in names)


def check_invariants(office: Office, only: Iterable[str] = ()) -> None:
    """Raise `Broken` where an office breaks an invariant, now or once it has come to rest."""
    judge = Judge(invariants(*only))
    violation = judge.now(office) or judge.at_rest(office)
    if violation is not None:
        raise Broken(violation, [t.step for t in office.taken])
