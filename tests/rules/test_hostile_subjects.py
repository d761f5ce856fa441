"""Whatever a system sends, a decision is made: quickly, with a known outcome, never by an error."""

import math
import random
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from rules.shipped import BOOK
from tallystick.decide.atoms import ITEMS_MAX
from tallystick.testing.purity import no_io
from tallystick.workbench.subjects import subject_of

SUBJECTS = 400


class Odd(str):
    """A text that is no plain text."""

    __slots__ = ()


def deep() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(500):
        found = {"type": found}
    return found


HOSTILE: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    math.nan,
    math.inf,
    b"task",
    "",
    "task\x00",
    "\ud800",
    "a" * 200_000,
    Odd("task"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1e9999"),
    date.min,
    datetime(9999, 12, 31, tzinfo=UTC),
    datetime(2026, 7, 1, tzinfo=UTC),
    [],
    [[]],
    [None] * 50,
    {},
    set(),
    object(),
    deep(),
    lambda: None,
    type,
]
LISTS: list[Any] = [
    *HOSTILE,
    [{}] * (ITEMS_MAX + 1),
    [1, "a", None, {}],
    ({},),
    [{"kind": []}] * 13,
]


def hostile(chance: random.Random, whole: Mapping[str, Any]) -> dict[str, Any]:
    """A subject with a few of its values replaced, taken away, or doubled."""
    changed: dict[str, Any] = {}
    for head, value in whole.items():
        if head != "params" and chance.random() < 0.1:
            changed[head] = chance.choice(LISTS)
        elif isinstance(value, dict) and head != "params":
            changed[head] = {
                n: chance.choice(HOSTILE) if chance.random() < 0.3 else v
                for n, v in value.items()
                if chance.random() < 0.95
            }
        elif isinstance(value, list):
            keys = [k for item in value for k in item] or ["id", "kind", "status", "name", "state"]
            changed[head] = value + [
                {k: chance.choice(HOSTILE) for k in keys} for _ in range(chance.randrange(3))
            ]
        else:
            changed[head] = value
    return changed


@pytest.mark.parametrize("name", list(BOOK.packs))
def test_no_subject_of_a_shipped_file_ends_in_an_error(name: str) -> None:
    """S07, R-224: what is not understood ends on the safe side."""
    pack = BOOK.packs[name]
    chance = random.Random(name)
    wholes = [subject_of(pack, case.given) for case in pack.tests]
    subjects = [hostile(chance, chance.choice(wholes)) for _ in range(SUBJECTS)]
    decide = BOOK.decider(name)
    decide(wholes[0])
    slowest = 0.0
    with no_io():
        for subject in subjects:
            started = time.process_time()
            decision = decide(subject)
            slowest = max(slowest, time.process_time() - started)
            assert decision.outcome in pack.point.outcomes
            assert decision.code != "RUL-21"
            assert decide.because(decision, subject)
    assert slowest < 1
