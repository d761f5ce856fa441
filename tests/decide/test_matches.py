"""`matches` compares a whole text with a pattern, in time that grows with the text alone."""

import time

import pytest
from decide.building import deciding, file, pack, rule, thing
from tallystick.decide.patterns import PATTERN_MAX, TEXT_MAX, matches
from tallystick.errors import RuleFileError


def asking(pattern: str) -> str:
    return file(rule("a", f"[{{thing.word: {{matches: '{pattern}'}}}}]"))


@pytest.mark.parametrize(
    ("pattern", "word", "outcome"),
    [
        ("INV-[0-9]+", "INV-12", "take"),
        ("INV-[0-9]+", "INV-12 ", "leave"),
        ("INV-[0-9]+", "my INV-12", "leave"),
        (".*overtime.*", "paid\nas overtime\ntwice", "take"),
        ("(?i)overtime", "OverTime", "take"),
        ("a|b", "b", "take"),
        ("(a|b){2,3}", "aba", "take"),
        (r"\d+", "٣", "leave"),
        (r"\pL+", "Müller", "take"),
        ("", "x", "leave"),
    ],
)
def test_a_pattern_describes_the_whole_text(pattern: str, word: str, outcome: str) -> None:
    if not pattern:
        with pytest.raises(RuleFileError, match="pattern in quotes"):
            pack(asking(pattern))
        return
    with deciding(asking(pattern)) as decide:
        assert decide(thing(word=word)).outcome == outcome


@pytest.mark.parametrize("fields", [{}, {"word": None}, {"word": 12}, {"word": "\ud800"}])
def test_what_is_no_text_is_neither_a_match_nor_none(fields: dict[str, object]) -> None:
    with deciding(asking("a.*")) as decide:
        decision = decide(thing(**fields))
        assert (decision.by, decision.code, decision.unknown) == (
            "unknown",
            "RUL-20",
            ("thing.word",),
        )


def test_a_text_longer_than_anybody_writes_is_not_judged() -> None:
    assert matches("a*", "a" * TEXT_MAX) is True
    assert matches("a*", "a" * (TEXT_MAX + 1)) is None


def test_a_pattern_can_be_asked_of_each_item_of_a_list() -> None:
    text = file(rule("a", "[{items: {some: true, where: [{word: {matches: 'x.*'}}]}}]"))
    with deciding(text) as decide:
        assert decide({"thing": {}, "items": [{"word": "a"}, {"word": "xy"}]}).outcome == "take"
        assert decide({"thing": {}, "items": [{"word": "a"}, {"word": None}]}).by == "unknown"


def test_the_explanation_names_the_form() -> None:
    with deciding(asking("INV-[0-9]+")) as decide:
        subject = thing(word="INV-7")
        (row,) = decide.explain(decide(subject), subject).evidence
        assert (row.value, row.test, row.holds) == ("INV-7", "has the form INV-[0-9]+", True)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "missing"),
        ("[a", "missing"),
        ("a**", "repetition"),
        ("(?=a)b", "invalid perl operator"),
        (r"(a)\1", "invalid escape"),
        ("a{1001}", "repetition size"),
        ("((a{100}){100}){100}", "repetition size"),
        (r"\pX", "character class"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_its_place(pattern: str, words: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        pack(asking(pattern))
    assert (caught.value.code, str(caught.value.where)) == ("RUL-12", "made.yaml:5:43")
    assert words in caught.value.message


def test_a_pattern_too_long_to_read_is_refused() -> None:
    with pytest.raises(RuleFileError) as caught:
        pack(asking("a" * (PATTERN_MAX + 1)))
    assert caught.value.code == "RUL-08"


@pytest.mark.parametrize("path", ["thing.number", "thing.flag", "thing.day"])
def test_a_pattern_is_for_text_alone(path: str) -> None:
    with pytest.raises(RuleFileError, match="matches is for text"):
        pack(file(rule("a", f"[{{{path}: {{matches: 'a'}}}}]")))


CATASTROPHES = [
    ("(a+)+b", "a"),
    ("(a*)*b", "a"),
    ("(a|a)*b", "a"),
    ("(a|aa)+b", "a"),
    ("(.*)*x", "a"),
    ("(.*a){12}b", "a"),
    ("([a-z]+)*1", "a"),
    ("(a?){60}a{60}b", "a"),
    (r"(\w+\s?)*!", "word "),
    (r"^(\d+)*$x", "1"),
    ("(x+x+)+y", "x"),
    ("(.*,){11}P", "1,"),
    ("(a|b|ab)*c", "ab"),
    (r"([\w.]+)+@x", "a."),
    ("(0+)*1", "0"),
    ("((a*)*)*b", "a"),
    ("(a+a+)+$b", "a"),
    (r"(\s+)*x", " "),
    ("(ab?)*c", "ab"),
    ("(.+)+z", "é"),
]


LENGTHS = (*range(3, 34), 1_000, 10_000, 50_000)
"""The shorter ones tell an engine that backtracks within a second; it would never end the last."""


@pytest.mark.parametrize(("pattern", "piece"), CATASTROPHES)
def test_no_pattern_takes_long_on_any_text(pattern: str, piece: str) -> None:
    """S06: what takes a backtracking engine years is answered at once."""
    matches(pattern, "")
    for length in LENGTHS:
        text = (piece * length)[:length]
        started = time.process_time()
        assert matches(pattern, text) is False
        assert time.process_time() - started < 0.1, length
