"""A decision can say why: sentence, evidence, place, what would change it, what to do."""

from datetime import date
from typing import Any

import pytest
from decide.building import deciding, file, rule, thing
from tallystick.decide import Decider
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.decision import Explanation

TEXT = file(
    """  - id: too-late
    when: [{thing.day: {before: params.cutoff}}]
    then: leave
    code: TS-12
    because: "The day {thing.day} is before {params.cutoff}."
    fix: "Set another day than {thing.day}."
  - id: twin
    when:
      - items: {some: true, bind: near, where: [{word: {same_as: thing.word, fold: name}}]}
    then: {link: near}
    code: {by: near.word, Acme: CON-01, other: {by: thing.colour, red: CON-02}}
    because: "{thing.word} is {near.id}; flag {thing.flag}, colour {thing.colour}."
  - id: fine
    when: [{thing.number: {ge: 5}}, {thing.flag: true}]
    then: take
    because: "It is large."
""",
    extra="params: {cutoff: {type: date, default: '2026-07-01'}}\n",
)
GOOD = {"day": date(2026, 7, 1), "word": "x", "number": 5, "flag": True, "colour": None}


def explained(decide: Decider, items: Any = (), **fields: Any) -> Explanation:
    subject = {"thing": {**GOOD, **fields}, "items": list(items)}
    return decide.explain(decide(subject), subject)


def test_the_sentence_holds_the_values_and_the_place_names_the_line() -> None:
    with deciding(TEXT) as decide:
        words = explained(decide, day=date(2026, 6, 30))
        assert words.because == "The day 2026-06-30 is before 2026-07-01."
        assert words.fix == "Set another day than 2026-06-30."
        assert (words.code, words.by) == ("TS-12", "too-late")
        assert words.place == f"made.yaml:{TEXT.splitlines().index('  - id: too-late') + 1}"
        assert words.pack_hash


def test_the_evidence_has_path_value_test_and_result() -> None:
    with deciding(TEXT) as decide:
        rows = [(e.path, e.value, e.test, e.holds) for e in explained(decide).evidence]
        assert rows == [
            ("thing.number", 5, "is at least 5", True),
            ("thing.flag", True, "is yes", True),
        ]


def test_the_evidence_of_an_alternative_that_does_not_hold_says_so() -> None:
    either = (
        "[{any: [{thing.flag: true}, {thing.number: {ne: 5}}, {thing.day: {before: 2026-07-01}}]}]"
    )
    with deciding(file(rule("a", either))) as decide:
        assert [(e.test, e.holds) for e in explained(decide, day=ABSENT).evidence] == [
            ("is yes", True),
            ("is not 5", False),
            ("is before 2026-07-01", None),
        ]


def test_the_answer_of_no_rule_shows_what_the_nearest_rules_lack() -> None:
    with deciding(TEXT) as decide:
        words = explained(decide, number=4)
        assert words.by == "otherwise"
        rows = [(e.path, e.test, e.holds) for e in words.evidence]
        assert rows[0][0] in {"items", "thing.number"}
        assert {("thing.number", "is at least 5", False), ("thing.flag", "is yes", True)} <= {*rows}
        assert "thing.day" not in {path for path, _, _ in rows}
        brief = decide.explain(
            decide({"thing": {**GOOD, "number": 4}, "items": []}),
            {"thing": {**GOOD, "number": 4}, "items": []},
            advice=False,
        )
        assert brief.evidence == ()


def test_null_and_yes_and_no_are_words_and_the_bound_record_is_named() -> None:
    with deciding(TEXT) as decide:
        words = explained(decide, [{"id": "7", "word": " X "}])
        assert words.because == "x is 7; flag yes, colour nothing."
        (row,) = words.evidence
        assert (row.path, row.value) == ("items", "1 of 1 match")


@pytest.mark.parametrize(
    ("word", "colour", "code"),
    [("Acme", None, "CON-01"), ("other", "red", "CON-02"), ("other", "blue", None)],
)
def test_a_table_picks_the_code_by_the_values(word: str, colour: str | None, code: str) -> None:
    with deciding(TEXT) as decide:
        assert explained(decide, [{"id": "7", "word": word}], word=word, colour=colour).code == code


@pytest.mark.parametrize(
    ("fields", "nearest"),
    [
        ({"number": 4}, "would be take if thing.number were 5"),
        ({"day": date(2026, 6, 30)}, "would be take if thing.day were 2026-07-01"),
        ({"flag": False}, "would be take if thing.flag were yes"),
    ],
)
def test_the_nearest_other_outcome_is_one_change_away_and_true(
    fields: dict[str, Any], nearest: str
) -> None:
    with deciding(TEXT) as decide:
        assert explained(decide, **fields).nearest == nearest


def test_the_nearest_other_outcome_of_a_link_is_a_list_without_the_match() -> None:
    with deciding(TEXT) as decide:
        words = explained(decide, [{"id": "7", "word": "x"}])
        assert words.nearest == "would be take if none of items matched"


def test_looking_for_the_nearest_outcome_changes_no_later_decision() -> None:
    """Trying other settings must not be remembered for the settings in force."""
    with deciding(TEXT) as decide:
        first = explained(decide, day=date(2026, 6, 30), number=1)
        assert first.outcome == "leave"
        for day, outcome in ((date(2026, 6, 30), "leave"), (date(2026, 7, 1), "take")):
            assert decide({"thing": {**GOOD, "day": day}, "items": []}).outcome == outcome


def test_otherwise_says_that_no_rule_allows_it() -> None:
    with deciding(TEXT) as decide:
        words = explained(decide, number=1, flag=False)
        assert (words.by, words.outcome) == ("otherwise", "leave")
        assert "No rule of made.yaml allows it" in words.because


def test_doubt_names_the_field_and_shows_it_as_absent() -> None:
    with deciding(file(rule("a", "[{thing.flag: true}]"))) as decide:
        words = decide.explain(decide(thing()), thing())
        assert words.because == "thing.flag is not known, and it could change the answer."
        assert [(e.path, e.value, e.holds) for e in words.evidence] == [
            ("thing.flag", "absent", None)
        ]
        assert words.nearest is None


def test_two_rules_under_unique_are_explained_as_such() -> None:
    both = f"{rule('a', '[{thing.flag: true}]')}\n{rule('b', '[{thing.word: x}]')}"
    with deciding(file(both, strategy="unique")) as decide:
        subject = thing(flag=True, word="x")
        assert "only one may" in decide.explain(decide(subject), subject).because


def test_a_safe_outcome_without_a_record_still_names_the_one_it_found() -> None:
    text = file(
        "  - id: near\n"
        "    when: [{items: {some: true, bind: near, where: [{flag: true}]}}]\n"
        "    then: leave\n"
        '    because: "It is near {near.id}."\n'
    )
    with deciding(text) as decide:
        subject = {"thing": {}, "items": [{"id": "1", "flag": False}, {"id": "2", "flag": True}]}
        assert decide.explain(decide(subject), subject).because == "It is near 2."


def test_an_engine_that_cannot_answer_is_explained_as_such() -> None:
    with deciding(file(rule("a", "[{thing.flag: true}]"))) as decide:
        pass
    decision = decide(thing(flag=True))
    assert decision.code == "RUL-21"
    assert "could not answer" in decide.explain(decision, thing(flag=True)).because


def test_the_search_for_another_outcome_ends_after_a_bounded_number_of_tries() -> None:
    values = ", ".join(str(n) for n in range(0, 400, 2))
    with deciding(
        file(rule("a", f"[{{thing.number: [{values}]}}, {{thing.flag: true}}]"))
    ) as decide:
        subject = thing(number=-5, flag=None)
        assert decide.explain(decide(subject), subject).nearest is None
