"""`rules fuzz` proves its worth: each planted defect is found, and shrunk to six steps at most."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from properties.mutants import CODE_DEFECTS, RULE_DEFECTS, RuleDefect
from tallystick.workbench.fuzzing import Budget, search

LONG = bool(os.environ.get("TALLYSTICK_LONG"))
STEPS_MAX = 6
HISTORIES_MAX = 80
SEEDS = (1, 2, 3, 4, 5)
SOON = {
    "a write sent again without looking": 5,
    "a duplicate page counted twice": 5,
    "writing while the integration is off": 3,
    "a repeated run that writes": 3,
    "waiting for nobody knows what": 2,
}
"""The seed with which a defect is found after few histories; the long form tries all seeds."""
TRIED = [(n, s) for n in CODE_DEFECTS for s in (SEEDS if LONG else (SOON.get(n, 1),))]
SECONDS_MAX = 600


@pytest.mark.parametrize("defect", RULE_DEFECTS, ids=lambda d: d.name)
def test_a_mistake_in_a_rule_file_is_found(defect: RuleDefect, tmp_path: Path) -> None:
    budget = Budget(SECONDS_MAX, histories=0, seed=1)
    report = search(None, [defect.planted(tmp_path)], budget=budget)
    assert [f.invariant for f in report.found] == [defect.breaks]


@pytest.mark.parametrize(("name", "seed"), TRIED)
def test_a_mistake_in_the_code_is_found_and_shrunk(name: str, seed: int) -> None:
    """I-01, I-02, I-03, I-08, I-09, I-10: each is broken by one of these, and it is seen."""
    planted: Callable[[], AbstractContextManager[None]]
    planted, wanted = CODE_DEFECTS[name]
    with planted():
        budget = Budget(SECONDS_MAX, histories=HISTORIES_MAX, seed=seed)
        report = search(None, budget=budget, only=frozenset(wanted))
    assert len(report.found) == 1
    assert report.found[0].invariant in wanted
    assert len(report.found[0].steps) <= STEPS_MAX


def test_nothing_is_found_in_the_shipped_rules() -> None:
    """No false alarm: what is found in a defect is found because of it."""
    budget = Budget(1200, seed=7) if LONG else Budget(SECONDS_MAX, histories=4, seed=7)
    report = search(None, budget=budget)
    assert report.found == []
    assert report.histories > 0
