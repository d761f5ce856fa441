"""Subjects drawn from a diagram reach every answer; coverage says which subjects do."""

from random import Random

import pytest
from decide.building import file, pack, rule, thing
from decide.diagram.made import SHIPPED, many, random_pack, ready, said
from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.decide import Pack
from tallystick.decide.diagram import Finder, cells, coverage, diagram, draw
from tallystick.decide.selfcheck import VECTORS_MAX, asked
from tallystick.workbench.subjects import subject_of

SEEDS = st.integers(0, 2**32)
SOME = settings(max_examples=30, deadline=None)


@SOME
@given(SEEDS)
def test_a_drawn_subject_has_its_path_and_its_answer(seed: int) -> None:
    made = random_pack(seed)
    found = diagram(made, absent=True)
    finder, draws = Finder(found.space), Random(seed)
    with ready(made) as decider:
        for _ in range(20):
            one = draw(found, draws)
            assert finder.path(one.subject) == one.path
            answer = one.answer
            assert said(decider, one.subject) == (answer.outcome, answer.by, answer.code)


def test_few_draws_meet_every_decider_of_thirty_rules() -> None:
    found = diagram(many(30), absent=False)
    draws = Random(7)
    met = {draw(found, draws).answer.by for _ in range(len(found.leaves) * 8)}
    assert met == found.deciders()


def test_a_sampled_diagram_can_be_drawn_from_too() -> None:
    made = many(30)
    found = diagram(made, absent=True, nodes_max=10)
    draws = Random(7)
    with ready(made) as decider:
        for _ in range(20):
            one = draw(found, draws)
            assert decider.decide(one.subject).by == one.answer.by


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_what_a_shipped_file_is_tried_on_reaches_every_leaf(shipped: Pack) -> None:
    subjects = list(asked(shipped))
    number = cells(shipped).vectors(absent=True)
    assert len(subjects) == number or number > VECTORS_MAX
    reached = coverage(shipped, subjects)
    assert reached.outside == 0
    assert reached.leaves_reached == reached.leaves_possible
    assert reached.missed == ()


def test_all_vectors_are_given_where_there_are_few() -> None:
    made = pack(file(rule("one", "[{thing.flag: true}, {thing.number: {lt: 3}}]")))
    finder = Finder(cells(made))
    paths = [finder.path(whole) for whole in asked(made)]
    assert len(paths) == len(set(paths)) == 9


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_the_tests_of_a_shipped_file_reach_leaves_and_lie_in_cells(shipped: Pack) -> None:
    reached = coverage(shipped, [subject_of(shipped, c.given) for c in shipped.tests])
    assert reached.outside == 0
    missed = {leaf.answer.by for leaf in reached.missed}
    assert missed <= {"otherwise"}, "a rule that no test of its file reaches"


def test_coverage_names_the_leaf_and_the_cell_that_no_subject_reaches() -> None:
    made = pack(file(rule("one", "[{thing.flag: true}]")))
    reached = coverage(made, [thing(flag=True)], absent=False)
    assert (reached.leaves_reached, reached.leaves_possible) == (1, 2)
    assert [leaf.answer.by for leaf in reached.missed] == ["otherwise"]
    assert (reached.cells_reached, reached.cells_possible) == (1, 2)
    ((group, cell),) = reached.missed_cells
    assert (group.paths, cell.values) == (("thing.flag",), (0,))


def test_a_subject_that_is_not_well_typed_is_counted_as_outside() -> None:
    extra = "params:\n  mode: {type: choice, of: [a, b], default: a}\n"
    rules = "\n".join((rule("one", "[{params.mode: a}]"), rule("two", "[{params.mode: b}]")))
    made = pack(file(rules, extra=extra))
    assert coverage(made, [{"params": {"mode": "c"}}]).outside == 1
