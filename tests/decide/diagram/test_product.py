"""Two packs side by side: every difference is found, and nothing that is none."""

from dataclasses import replace
from typing import Any

import pytest
from decide.building import file, pack, rule
from decide.diagram.made import SHIPPED, random_pack, random_subject, ready
from decide.diagram.mutants import mutants
from decide.measuring import LONG
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tallystick.decide import Pack
from tallystick.decide.compiled import Compiled
from tallystick.decide.diagram import compare, equal
from tallystick.decide.model import Then

SEEDS = st.integers(0, 2**32)
SOME = settings(max_examples=400 if LONG else 40, deadline=None)
SUBJECTS = 400 if LONG else 40


def said(decider: Compiled, whole: dict[str, Any]) -> tuple[Any, ...]:
    """What a comparison compares: outcome, what happens to fields, and the bound item."""
    found = decider.decide(whole)
    return found.outcome, found.fields, found.bound


def judge(before: Pack, after: Pack) -> bool:
    """Compare two packs, and hold the comparison against what both decide; True when equal."""
    found = compare(before, after)
    assert sum(r.count for r in found.regions) == found.vectors
    with ready(before) as one, ready(after) as other:
        for region in found.regions:
            whole = dict(region.witness)
            first, second = one.decide(whole), other.decide(whole)
            assert (first.outcome, first.by) == (region.before.outcome, region.before.by)
            assert (second.outcome, second.by) == (region.after.outcome, region.after.by)
            assert (said(one, whole) != said(other, whole)) == region.changed
        alike = found.complete and not found.changed
        if alike:
            for seed in range(SUBJECTS):
                whole = random_subject(before, seed)
                assert said(one, whole) == said(other, whole)
    return alike


@SOME
@given(SEEDS, SEEDS)
def test_a_mutant_of_a_random_pack_is_equal_or_has_a_witness(seed: int, choice: int) -> None:
    made = random_pack(seed, atoms_max=4, rules_max=4)
    assume(made.strategy != "collect")
    every = list(mutants(made))
    judge(made, every[choice % len(every)][1])


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_a_mutant_of_a_shipped_file_is_equal_or_has_a_witness(shipped: Pack) -> None:
    step = 1 if LONG else 12
    for _, mutant in list(mutants(shipped))[::step]:
        judge(shipped, mutant)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_a_pack_equals_itself(shipped: Pack) -> None:
    assert equal(shipped, shipped, by=True) is True


def _two(first: str, second: str) -> tuple[Pack, Pack]:
    return pack(file(first)), pack(file(second))


def test_a_changed_limit_is_one_region_with_its_count_and_a_witness() -> None:
    before, after = _two(
        rule("low", "[{thing.number: {lt: 3}}]"), rule("low", "[{thing.number: {lt: 5}}]")
    )
    (region,) = compare(before, after, absent=False).changed
    assert (region.before.outcome, region.after.outcome) == ("leave", "take")
    assert 3 <= region.witness["thing"]["number"] < 5
    assert region.count == 1
    assert equal(before, after) is False


def test_another_spelling_of_the_same_rules_is_equal() -> None:
    before, after = _two(
        rule("one", "[{not: {any: [{thing.flag: true}, {thing.number: {lt: 3}}]}}]"),
        rule("one", "[{thing.number: {ge: 3}}, {thing.flag: {ne: true}}]"),
    )
    assert equal(before, after, by=True) is True


def test_two_rules_of_one_outcome_that_change_places_differ_only_in_who_decides() -> None:
    rules = (rule("one", "[{thing.flag: true}]"), rule("two", "[{thing.number: 1}]"))
    before, after = _two("\n".join(rules), "\n".join(reversed(rules)))
    assert equal(before, after) is True
    assert equal(before, after, by=True) is False


def test_an_outcome_bound_to_another_item_is_a_difference() -> None:
    condition = "[{items: {some: true, bind: it, where: [{flag: true}]}}, %s]"
    wide = "{items: {some: true, bind: other, where: [{number: {ge: 0}}]}}"
    before = pack(file(rule("one", condition % wide, "{link: it}")))
    (only,) = before.rules
    after = replace(before, rules=(replace(only, then=Then("link", "other")),))
    (region, *_) = compare(before, after, absent=False).changed
    assert region.before.item != region.after.item
    assert judge(before, after) is False


def test_packs_with_fields_nothing_is_known_of_are_not_called_equal() -> None:
    before, after = _two(
        rule("one", r"[{thing.word: {matches: '\p{Greek}+'}}]"),
        rule("one", r"[{thing.word: {matches: '\p{Greek}+'}}]"),
    )
    assert equal(before, after) is None
