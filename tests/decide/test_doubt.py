"""A missing field can delay, never cause: doubt that matters gives the safe outcome."""

from collections.abc import Sequence
from typing import Any

import pytest
from decide.building import compiled, deciding, file, rule, thing
from tallystick.decide.engine import Engine, EngineFailed

TWIN = "{items: {count: 1, bind: twin, where: [{word: {same_as: thing.word}}]}}"
NEAR = "{items: {some: true, bind: near, where: [{flag: true}]}}"


def test_a_rule_in_doubt_with_another_outcome_gives_the_safe_one_and_names_the_field() -> None:
    text = file(rule("a", "[{thing.flag: true}]", "leave") + "\n" + rule("b", "[{thing.word: a}]"))
    with deciding(text) as decide:
        decision = decide(thing(word="a"))
        assert (decision.outcome, decision.by, decision.code) == ("leave", "unknown", "RUL-20")
        assert decision.unknown == ("thing.flag",)


def test_a_rule_in_doubt_with_the_same_whole_outcome_changes_nothing() -> None:
    text = file(rule("a", "[{thing.flag: true}]") + "\n" + rule("b", "[{thing.word: a}]"))
    with deciding(text) as decide:
        assert (decide(thing(word="a")).outcome, decide(thing(word="a")).by) == ("take", "b")


def test_a_rule_in_doubt_behind_the_deciding_one_changes_nothing() -> None:
    text = file(rule("b", "[{thing.word: a}]") + "\n" + rule("a", "[{thing.flag: true}]", "leave"))
    with deciding(text) as decide:
        assert decide(thing(word="a")).by == "b"


def test_two_safe_outcomes_are_equal_though_they_name_other_records() -> None:
    text = file(
        rule("a", "[{items: {some: true, bind: x, where: [{flag: true}]}}]", "{leave: x}")
        + "\n"
        + rule("b", "[{thing.word: a}]", "leave")
    )
    with deciding(text) as decide:
        decision = decide({"thing": {"word": "a"}, "items": [{"id": "1"}]})
        assert (decision.outcome, decision.by) == ("leave", "b")


def test_one_outcome_with_other_fields_is_another_outcome() -> None:
    text = file(
        rule("a", f"[{TWIN}, {{thing.flag: true}}]", "{link: twin, fields: thing}")
        + "\n"
        + rule("b", f"[{TWIN}]", "{link: twin}")
    )
    with deciding(text) as decide:
        items = [{"id": "1", "word": "a"}]
        assert decide({"thing": {"word": "a"}, "items": items}).code == "RUL-20"
        assert decide({"thing": {"word": "a", "flag": False}, "items": items}).by == "b"


@pytest.mark.parametrize(("near", "outcome", "by"), [("1", "link", "b"), ("2", "leave", "unknown")])
def test_two_links_agree_only_when_they_link_the_same_record(
    near: str, outcome: str, by: str
) -> None:
    text = file(
        rule("a", f"[{{thing.flag: true}}, {NEAR}]", "{link: near}")
        + "\n"
        + rule("b", f"[{TWIN}]", "{link: twin}")
    )
    items = [{"id": i, "word": "a" if i == "1" else "b", "flag": i == near} for i in "12"]
    with deciding(text) as decide:
        decision = decide({"thing": {"word": "a"}, "items": items})
        assert (decision.outcome, decision.by) == (outcome, by)


def test_the_memo_does_not_carry_one_subjects_record_to_another() -> None:
    """Bound items are no function of the remembered key."""
    with deciding(file(rule("b", f"[{TWIN}]", "{link: twin}"))) as decide:
        for name in ("1", "2", "3"):
            decision = decide({"thing": {"word": "a"}, "items": [{"id": name, "word": "a"}]})
            assert decision.bound is not None
            assert decision.bound["id"] == name


def test_a_link_whose_record_is_in_doubt_is_not_made() -> None:
    """The rule surely holds, but an earlier item could be the first that matches."""
    with deciding(file(rule("b", f"[{NEAR}]", "{link: near}"))) as decide:
        decision = decide({"thing": {}, "items": [{"id": "1"}, {"id": "2", "flag": True}]})
        assert (decision.outcome, decision.code) == ("leave", "RUL-20")
        assert decision.unknown == ("items.flag",)
        later = [{"id": "2", "flag": True}, {"id": "1"}]
        assert decide({"thing": {}, "items": later}).outcome == "link"


def test_an_item_without_a_field_is_named_with_its_list() -> None:
    with deciding(file(rule("b", f"[{TWIN}]", "{link: twin}"))) as decide:
        decision = decide({"thing": {"word": "a"}, "items": [{"id": "1"}]})
        assert decision.unknown == ("items.word",)
        assert decide({"thing": {"word": "a"}}).unknown == ("items",)


def test_matchers_that_differ_hold_the_subject_with_rul_21() -> None:
    with compiled(file(rule("a", "[{thing.flag: true}]"))) as ready:
        whole = {"thing": {"flag": True}, "items": []}
        key = tuple(1 - v for v in ready.values(whole))
        verdict = ready.verdict(key, whole)
        assert (verdict.outcome, verdict.by, verdict.code) == ("leave", "unknown", "RUL-21")
        assert ready.decision(verdict, whole).code == "RUL-21"


def test_an_engine_that_errs_holds_the_subject_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with deciding(file(rule("a", "[{thing.flag: true}]"))) as decide:
        with monkeypatch.context() as patch:

            def broken(_self: Engine, _truths: Sequence[bool]) -> Any:
                raise EngineFailed("The rule engine answered 303.")

            patch.setattr(Engine, "matching", broken)
            decision = decide(thing(flag=True))
            assert (decision.outcome, decision.by, decision.code) == ("leave", "unknown", "RUL-21")
        assert decide(thing(flag=True)).outcome == "take"


def test_a_closed_rulebook_decides_nothing_but_the_safe_outcome() -> None:
    with deciding(file(rule("a", "[{thing.flag: true}]"))) as decide:
        pass
    assert decide(thing(flag=True)).code == "RUL-21"


def test_what_a_subject_says_itself_wins_over_the_batch_and_is_not_remembered_for_it() -> None:
    text = file(
        rule("a", "[{thing.flag: true}, {params.mode: open}]"),
        extra="params: {mode: {type: choice, of: [open, shut], default: shut}}\n",
    )
    with deciding(text) as decide:
        for _ in range(2):
            assert decide({**thing(flag=True), "params": {"mode": "open"}}).outcome == "take"
            assert decide(thing(flag=True)).outcome == "leave"


@pytest.mark.parametrize(("outcome", "by"), [("take", "otherwise"), ("leave", "unknown")])
def test_otherwise_is_taken_only_if_no_rule_in_doubt_could_say_something_else(
    outcome: str, by: str
) -> None:
    """Where `otherwise` may be permissive, doubt about another outcome still wins."""
    text = file(rule("a", "[{thing.flag: true}]", outcome), tail="otherwise: take\n")
    with deciding(text.replace("thing.judge", "thing.free")) as decide:
        decision = decide(thing())
        assert (decision.outcome, decision.by) == (outcome, by)
