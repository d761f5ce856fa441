"""Words that YAML 1.1 turns into something else stay what the author wrote; no binary float."""

from decimal import Decimal

import pytest
from decide.building import HEAD, POINT, TAIL, deciding, file, pack, rule, thing
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.yamlnodes import ABSENT, Loader


def value(text: str) -> object:
    (document,) = Loader("made.yaml", f"key: {text}\n").documents()
    return document.value["key"].value


TRAPS = """on off yes no NO y n 12:30:00 1_000 0x1F 0o17 0b11 2026-07-01 2026-07-01T10:00:00Z
.inf .nan -.inf 1e999 = 1.2.3"""


@pytest.mark.parametrize("word", TRAPS.split())
def test_a_word_that_another_yaml_would_change_stays_a_word(word: str) -> None:
    assert value(word) == word


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("010", 10),
        ("-7", -7),
        ("9223372036854775807", 2**63 - 1),
        ("10.10", Decimal("10.10")),
        ("1e3", Decimal(1000)),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("'true'", "true"),
        ('"12"', "12"),
        ("!absent", ABSENT),
    ],
)
def test_a_scalar_has_exactly_one_meaning(text: str, wanted: object) -> None:
    found = value(text)
    assert (type(found), found) == (type(wanted), wanted)


@pytest.mark.parametrize("text", ["0.1", "1e-3", "3.", ".5", "-2.50"])
def test_no_number_of_a_rule_file_is_a_binary_float(text: str) -> None:
    assert type(value(text)) is Decimal


def test_a_decimal_condition_is_exact() -> None:
    with deciding(file(rule("a", "[{thing.amount: {ge: 0.1}}]"))) as decide:
        assert decide(thing(amount=Decimal("0.1"))).outcome == "take"
        assert decide(thing(amount=Decimal("0.0999999999999999999"))).outcome == "leave"


def test_a_duration_is_whole_minutes() -> None:
    with deciding(file(rule("a", "[{thing.number: 1h30m}]"))) as decide:
        assert decide(thing(number=90)).outcome == "take"
        assert decide(thing(number=91)).outcome == "leave"


def test_the_same_rules_have_the_same_hash_and_others_another() -> None:
    one = file(rule("a", "[{thing.number: 1}]"))
    assert pack(one).hash == pack(one).hash
    assert pack(one).hash != pack(one.replace("1}", "2}")).hash


def test_a_draft_is_tested_and_takes_no_decision() -> None:
    text = f"{HEAD}state: draft\nrules:\n{rule('a', '[{thing.flag: true}]')}\n{TAIL}"
    live = RuleSource("live.yaml", file(rule("b", "[{thing.flag: true}]")), "shipped")
    book = load_rulebook([live, RuleSource("draft.yaml", text, "project")], {}, [POINT])
    assert book.packs["thing.judge"].file == "live.yaml"
    assert [p.file for p in book.beside] == ["draft.yaml"]
