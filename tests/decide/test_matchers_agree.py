"""Engine and reference give the same set of rules for everything that can be asked."""

from typing import Any

import pytest
from decide.drawing import FORMULAS, SHIPPED, SOME, SUBJECTS, made, subjects_of
from hypothesis import given
from hypothesis import strategies as st
from tallystick.decide import Pack
from tallystick.decide.compiled import Compiled
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Formula
from tallystick.workbench.subjects import neighbours, subject_of


@SOME
@given(
    st.lists(FORMULAS, min_size=1, max_size=70),
    st.sampled_from(["first", "deny_overrides", "unique", "collect"]),
    st.lists(SUBJECTS, min_size=1, max_size=6),
)
def test_on_generated_packs_both_matchers_find_the_same_rules(
    formulas: list[Formula], strategy: str, subjects: list[dict[str, Any]]
) -> None:
    ready = Compiled(made(formulas, strategy))
    try:
        for subject in subjects:
            holds, possible = ready.reference(subject)
            key = ready.values(subject)
            assert ready.engine.matching([v == TRUE for v in key]) == holds
            assert ready.engine.matching([v != FALSE for v in key]) == possible
            assert ready.decide(subject).code != "RUL-21"
    finally:
        ready.close()


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_on_shipped_files_both_matchers_agree_near_every_test(shipped: Pack) -> None:
    ready = Compiled(shipped)
    try:
        for case in shipped.tests:
            whole = subject_of(shipped, case.given)
            for subject in (whole, *(c.subject for c in neighbours(shipped, whole))):
                assert ready.decide(subject).code != "RUL-21"
    finally:
        ready.close()


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_on_shipped_files_both_matchers_agree_on_random_subjects(shipped: Pack) -> None:
    ready = Compiled(shipped)

    @SOME
    @given(subjects_of(shipped))
    def agree(whole: dict[str, Any]) -> None:
        holds, possible = ready.reference(whole)
        key = ready.values(whole)
        assert ready.engine.matching([v == TRUE for v in key]) == holds
        if UNKNOWN in key:
            assert ready.engine.matching([v != FALSE for v in key]) == possible

    try:
        agree()
    finally:
        ready.close()
