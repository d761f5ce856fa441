"""What each strategy makes of rules that hold and rules in doubt."""

import pytest
from decide.building import deciding, file, rule, thing

RED = rule("red", "[{thing.colour: red}]", "take")
DENY = rule("deny", "[{thing.flag: true}]", "leave")
WORD = rule("word", "[{thing.word: a}]", "take")


def test_under_first_the_order_of_the_file_decides() -> None:
    with deciding(file(f"{RED}\n{DENY}")) as decide:
        assert decide(thing(colour="red", flag=True)).by == "red"
    with deciding(file(f"{DENY}\n{RED}")) as decide:
        assert decide(thing(colour="red", flag=True)).by == "deny"


def test_under_deny_overrides_a_safe_outcome_wins_wherever_it_stands() -> None:
    for rules in (f"{RED}\n{DENY}", f"{DENY}\n{RED}"):
        with deciding(file(rules, strategy="deny_overrides")) as decide:
            assert decide(thing(colour="red", flag=True)).by == "deny"
            assert decide(thing(colour="red", flag=False)).by == "red"


def test_under_unique_two_rules_that_hold_give_the_safe_outcome_with_rul_10() -> None:
    with deciding(file(f"{RED}\n{WORD}", strategy="unique")) as decide:
        decision = decide(thing(colour="red", word="a"))
        assert (decision.outcome, decision.by, decision.code) == ("leave", "unknown", "RUL-10")
        assert decide(thing(colour="red", word="b")).by == "red"
        assert decide(thing(colour="blue", word="b")).by == "otherwise"


def test_under_unique_a_second_rule_that_could_hold_is_doubt() -> None:
    with deciding(file(f"{RED}\n{WORD}", strategy="unique")) as decide:
        decision = decide(thing(colour="red"))
        assert (decision.outcome, decision.code) == ("leave", "RUL-20")
        assert decision.unknown == ("thing.word",)


def test_under_collect_all_outcomes_are_given_in_order() -> None:
    rules = f"{RED}\n{DENY}\n{WORD}"
    with deciding(file(rules, strategy="collect")) as decide:
        found = decide.collect(thing(colour="red", flag=True, word="a"))
        assert [(d.outcome, d.by) for d in found] == [
            ("take", "red"),
            ("leave", "deny"),
            ("take", "word"),
        ]
        assert decide(thing(colour="red", flag=True, word="a")).by == "red"


def test_under_collect_a_rule_in_doubt_makes_the_set_unsure() -> None:
    with deciding(file(f"{RED}\n{DENY}", strategy="collect")) as decide:
        (decision,) = decide.collect(thing(colour="red"))
        assert (decision.outcome, decision.code) == ("leave", "RUL-20")


def test_under_collect_a_rule_in_doubt_that_adds_nothing_is_no_doubt() -> None:
    with deciding(file(f"{RED}\n{WORD}", strategy="collect")) as decide:
        assert [d.by for d in decide.collect(thing(colour="red"))] == ["red"]


@pytest.mark.parametrize("strategy", ["first", "collect", "deny_overrides", "unique"])
def test_when_no_rule_holds_the_answer_is_otherwise(strategy: str) -> None:
    with deciding(file(f"{RED}\n{DENY}", strategy=strategy)) as decide:
        decision = decide(thing(colour="blue", flag=False))
        assert (decision.outcome, decision.by) == ("leave", "otherwise")
        assert not decision.permissive
