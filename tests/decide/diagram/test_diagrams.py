"""The diagram has every answer, in the right number, each with a subject that gets it."""

from collections import Counter
from itertools import product
from time import process_time

import pytest
from decide.building import file, pack, rule
from decide.diagram.made import (
    SHIPPED,
    STRATEGIES,
    many,
    random_pack,
    random_subject,
    ready,
    said,
)
from decide.measuring import LONG
from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.decide import Pack
from tallystick.decide.diagram import Finder, cells, diagram, subject_at

SEEDS = st.integers(0, 2**32)
SOME = settings(max_examples=600 if LONG else 25, deadline=None)
ENUMERATED_MAX = 3_000


def counted(of: Pack, *, absent: bool) -> Counter[tuple[str, str, str | None]] | None:
    """What the compiled pack decides on every vector; None when there are too many."""
    space = cells(of)
    if space.vectors(absent=absent) > ENUMERATED_MAX:
        return None
    allowed = [
        [n for n, c in enumerate(g.cells) if absent or not c.needs_absence] for g in space.groups
    ]
    with ready(of) as decider:
        return Counter(said(decider, subject_at(space, path)) for path in product(*allowed))


@SOME
@given(SEEDS, st.booleans())
def test_the_counts_of_a_random_pack_are_those_of_plain_enumeration(
    seed: int, absent: bool
) -> None:
    made = random_pack(seed)
    expected = counted(made, absent=absent)
    found = diagram(made, absent=absent)
    assert sum(leaf.count for leaf in found.leaves) == found.vectors
    if expected is not None:
        answers: Counter[tuple[str, str, str | None]] = Counter()
        for leaf in found.leaves:
            answers[(leaf.answer.outcome, leaf.answer.by, leaf.answer.code)] += leaf.count
        assert answers == expected


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_the_counts_of_a_shipped_file_are_those_of_plain_enumeration(shipped: Pack) -> None:
    for absent in (False, True):
        expected = counted(shipped, absent=absent)
        found = diagram(shipped, absent=absent)
        assert sum(leaf.count for leaf in found.leaves) == found.vectors
        if expected is not None:
            answers = {
                (leaf.answer.outcome, leaf.answer.by, leaf.answer.code): leaf.count
                for leaf in found.leaves
            }
            assert answers == expected


@SOME
@given(SEEDS)
def test_each_witness_of_a_random_pack_decides_as_its_leaf_says(seed: int) -> None:
    made = random_pack(seed, atoms_max=6, rules_max=8)
    with ready(made) as decider:
        for absent in (False, True):
            for leaf in diagram(made, absent=absent).leaves:
                answer = leaf.answer
                assert said(decider, leaf.witness) == (answer.outcome, answer.by, answer.code)
                assert absent or not leaf.needs_absence


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_each_witness_of_a_shipped_file_decides_as_its_leaf_says(shipped: Pack) -> None:
    with ready(shipped) as decider:
        for absent in (False, True):
            for leaf in diagram(shipped, absent=absent).leaves:
                answer = leaf.answer
                assert said(decider, leaf.witness) == (answer.outcome, answer.by, answer.code)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_a_random_subject_of_a_shipped_file_gets_an_answer_of_the_diagram(shipped: Pack) -> None:
    leaves = diagram(shipped, absent=True).leaves
    known = {(x.answer.outcome, x.answer.by, x.answer.code) for x in leaves}
    with ready(shipped) as decider:
        for seed in range(300):
            assert said(decider, random_subject(shipped, seed)) in known


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_vector_gets_the_answer_of_its_leaf_under_every_strategy(strategy: str) -> None:
    rules = "\n".join(
        (
            rule("one", "[{thing.flag: true}]"),
            rule("two", "[{thing.number: {lt: 3}}]", "leave"),
            rule("three", "[{thing.colour: red}, {thing.flag: true}]", "link"),
        )
    )
    made = pack(file(rules, strategy=strategy))
    expected = counted(made, absent=True)
    found = diagram(made, absent=True)
    assert expected is not None
    answers: Counter[tuple[str, str, str | None]] = Counter()
    for leaf in found.leaves:
        answers[(leaf.answer.outcome, leaf.answer.by, leaf.answer.code)] += leaf.count
    assert answers == expected


def test_a_leaf_of_collect_has_every_rule_that_holds_in_order() -> None:
    rules = "\n".join((rule("one", "[{thing.flag: true}]"), rule("two", "[{thing.number: 1}]")))
    found = diagram(pack(file(rules, strategy="collect")), absent=False)
    held = {tuple(h.by for h in leaf.answer.held) for leaf in found.leaves}
    assert held == {("one", "two"), ("one",), ("two",), ()}


def test_thirty_rules_have_their_diagram_in_less_than_two_seconds() -> None:
    made = many(30)
    begun = process_time()
    found = diagram(made, absent=True)
    assert process_time() - begun < 2
    assert not found.sampled
    assert found.nodes < 5_000
    assert sum(leaf.count for leaf in found.leaves) == found.vectors


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_a_shipped_file_has_its_diagram_in_less_than_a_second(shipped: Pack) -> None:
    begun = process_time()
    found = diagram(shipped, absent=True)
    assert process_time() - begun < 1
    assert found.nodes < 500


def test_a_diagram_with_too_many_nodes_is_a_sample_and_says_so() -> None:
    made = many(30)
    found = diagram(made, absent=True, nodes_max=50)
    assert found.sampled
    assert not found.complete
    assert found.deciders() >= {"otherwise", "unknown"}
    with ready(made) as decider:
        for leaf in found.leaves:
            answer = leaf.answer
            assert said(decider, leaf.witness) == (answer.outcome, answer.by, answer.code)


def test_the_subject_of_a_vector_has_that_vector() -> None:
    space = cells(many(12))
    path = tuple(len(g.cells) - 1 for g in space.groups)
    assert Finder(space).path(subject_at(space, path)) == path
