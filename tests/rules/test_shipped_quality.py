"""The shipped rule files keep what `rules` asks of everybody's."""

import pytest
from rules.shipped import TYPES, sources
from tallystick.app.actions import resolve
from tallystick.decide import RuleSource
from tallystick.decide.points import POINTS
from tallystick.resources import default_rules
from tallystick.workbench.covering import cover
from tallystick.workbench.linting import lint
from tallystick.workbench.mutating import mutate

NOTICED_LEAST = 95
SOURCES = sources()
each_file = pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.name)


def test_their_layout_is_canonical() -> None:
    layouts = resolve("rules.fmt")(None, [default_rules()], check=True)
    assert [v.file for v in layouts if v.changed] == []
    assert len(layouts) > len(SOURCES)


def test_there_is_nothing_to_improve_in_them() -> None:
    assert lint(SOURCES, TYPES, POINTS) == []


def test_they_are_sound() -> None:
    found = resolve("rules.check")(None, [default_rules()])
    assert [d for d in found if d.kind == "mistake"] == []
    assert {d.code for d in found} <= {"RUL-03", "RUL-05"}


@each_file
def test_their_tests_get_every_answer_there_is(source: RuleSource) -> None:
    for covered in cover([source], TYPES, POINTS):
        assert covered.missed == ()
        assert covered.unsure == ()
        assert covered.percent == 100


@each_file
def test_their_tests_notice_the_edits_that_make_a_difference(source: RuleSource) -> None:
    for mutation in mutate([source], TYPES, POINTS):
        assert mutation.unsure == 0
        assert mutation.differing > 10
        assert mutation.percent >= NOTICED_LEAST, [s.test for s in mutation.survivors]
