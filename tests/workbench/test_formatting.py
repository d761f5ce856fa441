"""The canonical layout: same meaning, same comments, and formatting twice changes nothing."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.points import POINTS
from tallystick.decide.yamlnodes import Loader
from tallystick.errors import RuleFileError
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.formatting import formatted, upgraded
from tallystick.workbench.scanning import comments_of

SHIPPED = sorted(default_rules().glob("*.yaml"))
TEXTS = {f.name: f.read_text(encoding="utf-8") for f in SHIPPED}
WORDS = st.one_of(
    st.sampled_from(
        ["off", "NO", "2026-07-01", "1e5", "010", "12:30", "1_000", "null", "~", "true"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
    st.text("ab .:,#'\"-{}[]!&*|>%@`\n\t\\", max_size=12),
)
SCALARS = st.one_of(WORDS, st.integers(-(2**40), 2**40), st.booleans(), st.none())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def plain(text: str) -> str:
    documents = Loader("x.yaml", text).documents()
    return json.dumps([d.plain() for d in documents], sort_keys=True, default=repr)


@pytest.mark.parametrize("name", [n for n in TEXTS if n != "policies.yaml"])
def test_a_shipped_file_in_canonical_layout_is_the_same_pack(name: str) -> None:
    def packs(text: str) -> list[Any]:
        found = parse_source(RuleSource(name, text, "shipped"), catalogue(), POINTS)
        return [(p.hash, [(r.id, r.when, r.then) for r in p.rules], len(p.tests)) for p in found]

    assert packs(formatted(name, TEXTS[name])) == packs(TEXTS[name])


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.randoms(use_true_random=False))
def test_comments_anywhere_are_kept_and_formatting_twice_changes_nothing(
    name: str, chance: Any
) -> None:
    """A comment beside, above, below, in any indentation; gaps between the lines."""
    lines: list[str] = []
    for number, line in enumerate(TEXTS[name].splitlines()[:40]):
        if chance.random() < 0.15:
            lines.append(f"{' ' * chance.randrange(9)}# above {number}")
        if chance.random() < 0.1:
            lines.append("")
        mark = f"  # beside {number}" if chance.random() < 0.15 and "#" not in line else ""
        lines.append(line + mark)
    text = "\n".join([*lines, f"{' ' * chance.randrange(5)}# the end"])
    once = formatted(name, text)
    assert sorted(comments_of(once)) == sorted(comments_of(text))
    assert plain(once) == plain(text)
    assert formatted(name, once) == once


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(WORDS, TREES, min_size=1, max_size=4), st.sampled_from([True, False, None]))
def test_any_tree_keeps_its_values_and_formatting_twice_changes_nothing(
    tree: dict[str, Any], style: bool | None
) -> None:
    text = yaml.safe_dump(tree, default_flow_style=style, allow_unicode=True, sort_keys=False)
    try:
        before = plain(text)
    except RuleFileError:
        return
    once = formatted("x.yaml", text)
    assert plain(once) == before
    assert formatted("x.yaml", once) == once


def test_comments_stay_with_what_they_speak_of_when_keys_move() -> None:
    text = """\
# the file

decision: time_entry.status   # which question
# the format
tallystick: rules/1
rules:
  # the first rule
  - then: hold   # the safe one
    # why
    because: nobody answered
    when: [{a: 1},   # one
           {b: !absent }]   # two
    id: first
  # - id: switched-off
otherwise: hold
"""
    assert formatted("x.yaml", text) == (
        """\
# the file

# the format
tallystick: rules/1
decision: time_entry.status  # which question
rules:
  # the first rule
  - id: first
    when:
      - a: 1  # one
      - b: !absent  # two
    then: hold  # the safe one
    # why
    because: nobody answered
  # - id: switched-off
otherwise: hold
"""
    )


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("a: 'it is'", "a: it is"),
        ("a: ask, or not", 'a: "ask, or not"'),
        ("a: off", 'a: "off"'),
        ("a: 2026-07-01", 'a: "2026-07-01"'),
        ("a: 010", "a: 10"),
        ("a: 10.10", "a: 10.10"),
        ("a: True", "a: true"),
        ("a:", "a: null"),
        ("a: {}", "a: {}"),
        ("a: pay@acme.example", "a: pay@acme.example"),
        ("a: {b: !absent , c: !absent }", "a: {b: !absent , c: !absent }"),
        ("a: |\n   one\n   two\n", "a: |\n  one\n  two"),
        ("a: >-  # folded\n   one\n   two\n", "a: one two  # folded"),
        ('a: "\\x07é"', 'a: "\\u0007é"'),
    ],
)
def test_one_way_to_write_a_value(written: str, canonical: str) -> None:
    assert formatted("x.yaml", written) == canonical + "\n"


def test_a_line_that_is_too_long_is_broken_into_one_entry_a_line() -> None:
    words = [f"word-number-{n}" for n in range(12)]
    text = f"a: [{', '.join(words)}]\n"
    assert formatted("x.yaml", text) == "a:\n" + "".join(f"  - {w}\n" for w in words)


def test_a_comment_above_the_first_key_of_an_item_stands_above_its_dash() -> None:
    text = "a:\n  - {\n    # why\n    b: 1, c: 2}\n"
    assert formatted("x.yaml", text) == "a:\n  # why\n  - {b: 1, c: 2}\n"


def test_documents_of_one_file_keep_their_own_comments() -> None:
    text = "# one\na: 1\n# end of one\n---\n# two\nb: 2\n"
    assert formatted("x.yaml", text) == text


def test_what_is_not_yaml_is_refused_with_its_place() -> None:
    with pytest.raises(RuleFileError) as caught:
        formatted("x.yaml", "a: [1\nb: 2\n")
    assert caught.value.where is not None
    assert caught.value.where.line == 2


def test_a_directive_is_refused_because_it_would_be_lost() -> None:
    with pytest.raises(RuleFileError):
        formatted("x.yaml", "%YAML 1.1\n---\na: 1\n")


def test_windows_line_ends_and_a_byte_order_mark_are_made_plain() -> None:
    assert formatted("x.yaml", "\ufeffa: 1\r\n# b\r\n") == "a: 1\n# b\n"


def test_a_file_of_comments_only_stays() -> None:
    assert formatted("x.yaml", "# nothing yet  \n\n") == "# nothing yet\n"


def test_the_newest_format_needs_no_upgrade() -> None:
    text = TEXTS["cutoff.yaml"]
    assert upgraded("cutoff.yaml", text) == (text, ())
