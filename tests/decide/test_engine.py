"""The rule engine is asked in the one way that is safe, and its traps cannot be reached."""

import json
import re
import sys
import threading
from typing import Any

import pytest
from decide.building import compiled, file, rule, thing
from tallystick.decide import engine as engine_module
from tallystick.decide.engine import CHUNK_RULES, LITERALS_MAX, Engine, EngineFailed


@pytest.mark.parametrize("rules", [1, 60, 61, 64, 65, 120, 121, 256, 500])
def test_any_number_of_rules_that_all_hold_is_found(rules: int) -> None:
    """64 rules for one fact are the engine's limit, 255 with one condition; chunks are below."""
    engine = Engine("many", [[0]] * rules)
    try:
        assert engine.matching([True]) == frozenset(range(rules))
        assert engine.matching([False]) == frozenset()
    finally:
        engine.close()


@pytest.mark.parametrize("literals", [1, 100, 240, 241, 600])
def test_any_number_of_literals_is_spread_over_facts_that_are_narrow_enough(literals: int) -> None:
    engine = Engine("wide", [[n] for n in range(literals)])
    try:
        truths = [n % 2 == 0 for n in range(literals)]
        assert engine.matching(truths) == {n for n in range(literals) if n % 2 == 0}
    finally:
        engine.close()


def test_one_rule_may_have_a_hundred_conditions() -> None:
    engine = Engine("deep", [list(range(100))])
    try:
        assert engine.matching([True] * 100) == {0}
        assert engine.matching([True] * 99 + [False]) == frozenset()
    finally:
        engine.close()


def test_a_rule_without_conditions_always_holds() -> None:
    engine = Engine("empty", [[], [0]])
    try:
        assert engine.matching([False]) == {0}
    finally:
        engine.close()


def test_the_same_question_is_answered_again_because_the_fact_was_taken_back() -> None:
    engine = Engine("again", [[0], [1]])
    try:
        for _ in range(300):
            assert engine.matching([True, False]) == {0}
    finally:
        engine.close()


def test_a_rule_set_that_was_never_asked_can_be_freed() -> None:
    """Freeing a state in which nothing fired kills the process; the sentinel fired."""
    for _ in range(50):
        Engine("unused", [[0]]).close()


def test_closing_twice_is_harmless_and_asking_a_closed_one_fails() -> None:
    engine = Engine("closed", [[0]])
    engine.close()
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        engine.matching([True])


def test_two_rule_sets_of_one_name_live_side_by_side() -> None:
    first, second = Engine("name", [[0]]), Engine("name", [[], [0]])
    assert first.matching([True]) == {0}
    assert second.matching([False]) == {0}
    first.close()
    second.close()


def _hash(name: str) -> int:
    """FNV-1a of 32 bits, by which alone the engine tells properties apart."""
    value = 2_166_136_261
    for byte in name.encode():
        value = ((value ^ byte) * 16_777_619) % 2**32
    return value


def test_no_two_property_names_are_one_to_the_engine() -> None:
    names = ["id", "sid", "kind", *(f"a{n}" for n in range(10_000))]
    assert (_hash("id"), _hash("sid")) == (926_444_256, 3_593_476_751)
    assert len({_hash(n) for n in names}) == len(names)


class Recorder:
    """The engine's C module, writing down what it is called with."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self.calls.append((name, args))
            return getattr(self._real, name)(*args)

        return call

    def of(self, name: str) -> list[Any]:
        """The JSON values that one function was called with."""
        return [json.loads(args[1]) for called, args in self.calls if called == name]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    found = Recorder(vars(engine_module)["_c"])
    monkeypatch.setattr(engine_module, "_c", found)
    return found


EVERYTHING = "\n".join(
    rule(f"r{n}", f"[{condition}]")
    for n, condition in enumerate(
        [
            "{thing.word: a}, {thing.other: {ne: b}}, {thing.word: {same_as: thing.other}}",
            "{thing.number: {lt: 5}}, {thing.number: {gt: thing_limit}}".replace(
                "thing_limit", "params.top"
            ),
            "{thing.day: {before: '2026-07-01'}}, {thing.amount: {ge: 0.1}}",
            "{any: [{thing.word: [a, b]}, {not: [{thing.flag: true}, {thing.word: null}]}]}",
            "{thing.word: {in: thing.tags}}, {thing.word: {blank: false}}",
            "{items: {count: {ge: 2}, where: [{any: [{word: a}, {number: {le: 0}}]}]}}",
            "{items: {none: true, where: [{word: {same_as: thing.word, fold: name}}]}}",
        ]
    )
)
TRAPPY = file(EVERYTHING, extra="params: {top: {type: integer, default: 9}}\n")
POISON = ["x" * 70_000, "\\", '"', "\u0130", "$m", "nil", 2**63 - 1, -(2**63), 0, True, None, 1e16]


def test_the_engine_gets_nothing_but_equality_with_one(recorder: Recorder) -> None:
    """No arithmetic, order, or, not, text, join, null or missing field: those are its traps."""
    with compiled(TRAPPY):
        pass
    (definition,) = recorder.of("create_ruleset")
    assert definition.pop("prime") == {"all": [{"m": {"kind": 0}}]}
    assert len(definition) == 7
    for body in definition.values():
        assert list(body) == ["all"]
        ((head, *tests),) = [pattern["m"]["$and"] for pattern in body["all"]]
        assert list(head) == ["kind"]
        assert head["kind"] >= 1
        for test in tests:
            ((name, wanted),) = test.items()
            assert re.fullmatch(r"a[0-9]+", name)
            assert (type(wanted), wanted) == (int, 1)


@pytest.mark.parametrize("poison", POISON, ids=lambda v: repr(v)[:12])
def test_no_value_of_a_record_reaches_the_engine(recorder: Recorder, poison: Any) -> None:
    with compiled(TRAPPY) as ready:
        names = ("word", "other", "number", "flag", "day", "amount", "tags")
        ready.decide(
            {**thing(**dict.fromkeys(names, poison)), "params": {"top": poison}, "items": []}
        )
        ready.decide({"thing": {}, "params": {"top": 9}, "items": [{"word": poison}]})
    for fact in recorder.of("assert_fact"):
        assert fact.pop("id") == "1"
        assert all(type(v) is int for v in fact.values())
        assert all(v in {0, 1} for name, v in fact.items() if name != "kind")


def test_only_the_calls_that_are_safe_are_made(recorder: Recorder) -> None:
    """No event, timer, action, session or batch; the state is deleted once, at the end."""
    with compiled(TRAPPY) as ready:
        ready.decide({**thing(word="a", other="a"), "params": {"top": 9}})
    names = [name for name, _ in recorder.calls]
    assert set(names) <= {
        "create_ruleset",
        "assert_fact",
        "start_action_for_state",
        "complete_and_start_action",
        "retract_fact",
        "delete_state",
        "delete_ruleset",
    }
    assert names[-2:] == ["delete_state", "delete_ruleset"]
    assert names.count("delete_state") == 1
    assert names.index("assert_fact") == 1, "the sentinel fires before anything else"


def test_every_fact_that_was_stored_is_taken_back(recorder: Recorder) -> None:
    engine = Engine("kept", [[0], [1]])
    for truths in ([True, True], [False, True], [False, False]):
        engine.matching(truths)
    names = [name for name, _ in recorder.calls]
    assert names.count("retract_fact") == names.count("start_action_for_state") == 3
    engine.close()


def test_the_engine_starts_no_thread_and_its_own_wrapper_is_never_imported() -> None:
    before = threading.active_count()
    with compiled(TRAPPY) as ready:
        ready.decide({**thing(word="a"), "params": {"top": 9}, "items": []})
    assert threading.active_count() == before
    assert not [name for name in sys.modules if name.split(".")[0] == "durable"]


def test_a_chunk_never_holds_more_than_one_fact_can_carry() -> None:
    needed = [[n, n + 1, n + 2] for n in range(0, 900, 3)]
    for chunk in engine_module._chunks(needed):
        assert len(chunk) <= CHUNK_RULES
        assert len({n for number in chunk for n in needed[number]}) <= LITERALS_MAX


def test_an_answer_that_is_not_known_is_an_error_and_not_a_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine("odd", [[0]])

    class Odd(Recorder):
        def assert_fact(self, *_args: Any) -> tuple[int, int]:
            return 2, 0

    monkeypatch.setattr(engine_module, "_c", Odd(vars(engine_module)["_c"]))
    with pytest.raises(EngineFailed, match="answered 2"):
        engine.matching([True])
    monkeypatch.undo()
    engine.close()
