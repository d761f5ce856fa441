"""An evaluation has a budget: what would cost more is unknown, so it ends safe (S07)."""

import time

import pytest
from decide.building import deciding, file, pack, rule
from tallystick.decide.atoms import ITEMS_MAX
from tallystick.decide.ruleparts import ATOMS_MAX, ITEM_TESTS_MAX
from tallystick.errors import RuleFileError

SECONDS_MAX = 20
"""Of the processor; a quiet machine takes a third of it."""
SOME = "[{items: {some: true, bind: one, where: [{word: a}]}}]"


def items(count: int, word: str = "b") -> list[dict[str, object]]:
    return [{"id": str(n), "word": word, "number": n, "flag": True} for n in range(count)]


def test_a_list_up_to_the_limit_is_judged() -> None:
    with deciding(file(rule("a", SOME))) as decide:
        decision = decide({"thing": {}, "items": [*items(ITEMS_MAX - 1), {"id": "z", "word": "a"}]})
        assert (decision.outcome, decision.by) == ("take", "a")


def test_a_longer_list_is_not_known_and_is_named() -> None:
    with deciding(file(rule("a", SOME))) as decide:
        subject = {"thing": {}, "items": [{"id": "z", "word": "a"}, *items(ITEMS_MAX)]}
        decision = decide(subject)
        assert (decision.outcome, decision.by, decision.code) == ("leave", "unknown", "RUL-20")
        assert decision.unknown == ("items",)
        assert "items is not known" in decide.explain(decision, subject).because


def test_a_list_of_a_million_items_costs_no_more_than_one_that_is_judged() -> None:
    with deciding(file(rule("a", SOME))) as decide:
        many = items(1) * 1_000_000
        decide({"thing": {}, "items": items(1)})
        started = time.perf_counter()
        assert decide({"thing": {}, "items": many}).by == "unknown"
        assert time.perf_counter() - started < 0.1


def test_the_dearest_file_that_is_taken_decides_in_seconds() -> None:
    """The most tests on items that a file may have, each on the longest list that is judged."""
    where = ", ".join(["{word: {ne: x}}", "{flag: true}", "{number: {ge: 0}}"] * 10)
    rules = "\n".join(
        rule(f"r{n}", f"[{{items: {{count: {{ge: {n + 3000}}}, where: [{where}]}}}}]")
        for n in range(ITEM_TESTS_MAX // 30)
    )
    with deciding(file(rules)) as decide:
        subject = {"thing": {}, "items": items(ITEMS_MAX)}
        started = time.process_time()
        assert decide(subject).by == "otherwise"
        assert time.process_time() - started < SECONDS_MAX


def test_rules_that_together_ask_more_are_refused_at_the_rule_that_is_too_much() -> None:
    where = ", ".join(["{word: a}"] * 100)
    rules = "\n".join(
        rule(f"r{n}", f"[{{items: {{some: true, where: [{where}]}}}}]") for n in range(21)
    )
    with pytest.raises(RuleFileError) as caught:
        pack(file(rules))
    assert (caught.value.code, caught.value.message) == (
        "RUL-08",
        f"The rules up to r20 ask more than {ITEM_TESTS_MAX} tests on items of lists.",
    )
    assert str(caught.value.where) == "made.yaml:25:5"


def test_a_file_of_too_many_tests_is_refused() -> None:
    words = ", ".join(f"w{n}" for n in range(1000))
    rules = "\n".join(rule(f"r{n}", f"[{{thing.word: [{words}]}}]") for n in range(21))
    with pytest.raises(RuleFileError, match=f"more than {ATOMS_MAX} tests"):
        pack(file(rules))


def test_a_thousand_rules_are_taken_and_decide() -> None:
    rules = "\n".join(rule(f"r{n}", f"[{{thing.word: w{n}}}]") for n in range(1000))
    started = time.process_time()
    with deciding(file(rules)) as decide:
        assert decide({"thing": {"word": "w999"}, "items": []}).by == "r999"
        assert decide({"thing": {"word": "w1000"}, "items": []}).by == "otherwise"
    assert time.process_time() - started < SECONDS_MAX
