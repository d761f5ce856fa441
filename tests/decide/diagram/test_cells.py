"""Every vector that can occur is enumerated, each with values that have it."""

from dataclasses import replace
from typing import Any

import pytest
from decide.building import file, pack, rule
from decide.diagram.made import SHIPPED, random_pack, random_subject
from decide.measuring import LONG
from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.decide import Pack
from tallystick.decide.applies import AppliesTo
from tallystick.decide.diagram import Finder, Space, cells, fields, subject_at
from tallystick.decide.yamlnodes import ABSENT

SEEDS = st.integers(0, 2**32)
SOME = settings(max_examples=2000 if LONG else 50, deadline=None)


@SOME
@given(SEEDS, SEEDS)
def test_a_random_subject_of_a_random_pack_lies_in_a_cell_of_each_group(one: int, two: int) -> None:
    made = random_pack(one)
    space = cells(made)
    assert space.complete
    finder = Finder(space)
    for seed in range(two, two + 10):
        assert None not in finder.path(random_subject(made, seed))


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_a_random_subject_of_a_shipped_file_lies_in_a_cell_of_each_group(shipped: Pack) -> None:
    space = cells(shipped)
    assert space.complete
    finder = Finder(space)
    for seed in range(60_000 if LONG else 1_000):
        whole = random_subject(shipped, seed)
        assert None not in finder.path(whole), whole


def assert_witnesses_lie_in_their_cells(space: Space) -> None:
    """Each cell of each group, the others at their first."""
    finder = Finder(space)
    for number, group in enumerate(space.groups):
        path = [0] * len(space.groups)
        for at in range(len(group.cells)):
            path[number] = at
            assert finder.path(subject_at(space, path)) == tuple(path)


@SOME
@given(SEEDS)
def test_the_witness_and_the_other_examples_of_a_cell_lie_in_it(seed: int) -> None:
    assert_witnesses_lie_in_their_cells(cells(random_pack(seed)))


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_the_witnesses_of_a_shipped_file_lie_in_their_cells(shipped: Pack) -> None:
    assert_witnesses_lie_in_their_cells(cells(shipped))


def _space(*conditions: str, extra: str = "") -> Any:
    rules = "\n".join(rule(f"r{n}", c) for n, c in enumerate(conditions))
    return cells(pack(file(rules, extra=extra)))


def test_fields_that_no_test_compares_are_groups_of_their_own() -> None:
    space = _space("[{thing.flag: true}]", "[{thing.word: {same_as: thing.other}}]")
    assert [g.paths for g in space.groups] == [("thing.flag",), ("thing.word", "thing.other")]


def test_a_list_stands_with_the_fields_that_its_items_are_compared_with() -> None:
    space = _space("[{items: {some: true, where: [{word: {same_as: thing.word}}]}}]")
    assert [g.paths for g in space.groups] == [("thing.word", "items")]


def test_a_cell_needs_absence_only_when_no_fetched_values_have_its_vector() -> None:
    (group,) = _space("[{thing.number: {lt: 3}}]").groups
    # null under ordering is unknown too, so nothing has to be absent for it
    assert {(c.values, c.needs_absence) for c in group.cells} == {
        ((1,), False),
        ((0,), False),
        ((2,), False),
    }
    (group,) = _space("[{thing.flag: true}]").groups
    assert [c.needs_absence for c in group.cells] == [False, False, True]
    assert group.cells[2].witness == {"thing.flag": ABSENT}


def test_a_closed_enumeration_still_meets_a_word_never_seen() -> None:
    (group,) = _space("[{thing.colour: [red, green, blue]}]").groups
    (stray,) = (c for c in group.cells if c.values == (0, 0, 0))
    assert stray.witness["thing.colour"] == "word 1"


def test_a_choice_of_a_param_is_closed_and_never_absent() -> None:
    extra = "params:\n  mode: {type: choice, of: [on, off], default: on}\n"
    (group,) = _space("[{params.mode: on}]", "[{params.mode: off}]", extra=extra).groups
    assert [c.witness["params.mode"] for c in group.cells] == ["on", "off"]


def test_two_numbers_that_are_compared_stand_in_every_order_around_a_literal() -> None:
    extra = "params:\n  most: {type: integer, default: 9}\n"
    space = _space(
        "[{thing.number: {lt: params.most}}]",
        "[{thing.number: {lt: 5}}]",
        "[{thing.limit: {lt: 5}}, {thing.limit: {lt: params.most}}]",
        extra=extra,
    )
    (group,) = space.groups
    orders = {
        (w["thing.number"] < w["params.most"], w["thing.limit"] < w["params.most"])
        for w in (c.witness for c in group.cells)
        if all(type(v) is int for v in w.values())
        and w["thing.number"] < 5
        and w["thing.limit"] < 5
    }
    assert len(orders) == 4


def test_a_pattern_has_a_witness_that_matches_and_one_that_does_not() -> None:
    space = _space("[{thing.word: {matches: 'INV-[0-9]{4}'}}]")
    assert space.complete
    assert {c.values for g in space.groups for c in g.cells} == {(1,), (0,), (2,)}


def test_a_pattern_nothing_is_made_up_for_is_said_to_be_incomplete() -> None:
    space = _space(r"[{thing.word: {matches: '\p{Greek}+'}}]")
    assert not space.complete
    assert "thing.word" in space.incomplete[0]


def test_two_patterns_on_one_field_are_said_to_be_incomplete() -> None:
    space = _space("[{thing.word: {matches: 'a+'}}]", "[{thing.word: {matches: '.*b'}}]")
    assert space.incomplete == ("thing.word: values are made up for one pattern at a time",)


def test_amounts_are_compared_within_one_currency_and_across_two() -> None:
    space = _space('[{thing.price_minor: {le: "120.00 EUR"}}]')
    assert space.complete
    (group,) = space.groups
    assert group.paths == ("thing.price_minor", "thing.currency")
    fetched = {c.values: c.witness for c in group.cells if not c.needs_absence}
    assert set(fetched) == {(1,), (0,), (2,)}
    assert fetched[(1,)] == {"thing.price_minor": 12000, "thing.currency": "EUR"}


def test_a_test_that_is_not_known_here_is_said_to_be_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fields, "KNOWN_KINDS", fields.KNOWN_KINDS - {"matches"})
    space = _space("[{thing.word: {matches: 'a+'}}]")
    assert space.incomplete == ("thing.word: no value is made up for the test matches",)


def test_a_file_for_one_type_is_asked_about_that_type_only() -> None:
    fetch = next(p for p in SHIPPED if p.decision == "record.fetch")
    narrow = cells(replace(fetch, applies_to=AppliesTo(types=("user", "bug"))))
    (group,) = (g for g in narrow.groups if "record.type" in g.paths)
    assert {c.witness["record.type"] for c in group.cells} == {"user", "bug"}


def test_a_thousand_literals_have_a_cell_each_and_one_for_all_other_values() -> None:
    words = ", ".join(f"w{n}" for n in range(1_000))
    (group,) = _space(f"[{{thing.word: [{words}]}}]").groups
    assert len([c for c in group.cells if not c.needs_absence]) == 1_001
    assert all(sum(c.values) <= 1 for c in group.cells if not c.needs_absence)
