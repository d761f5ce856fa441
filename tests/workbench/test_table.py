"""A rule file through CSV and back is the same file."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.points import POINTS
from tallystick.decide.yamlnodes import Loader
from tallystick.errors import RuleFileError
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.formatting import formatted
from tallystick.workbench.table import Importer, exported, imported

RULES = [f for f in sorted(default_rules().glob("*.yaml")) if f.name != "policies.yaml"]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=10)
WORD = st.one_of(
    st.sampled_from(["off", "=1+1", "-5", "@x", '"quoted"', "a,b", "a;b", "2026-07-01", "", " a "]),
    TEXT,
)
VALUE = st.one_of(WORD, st.integers(-99, 99), st.booleans(), st.none())
PATHS = st.sampled_from(["a.b", "a.c", "d.e", "claims", "any"])
TEST_OF = st.one_of(VALUE, st.lists(VALUE, max_size=2), st.dictionaries(WORD, VALUE, max_size=2))
ENTRY = st.dictionaries(PATHS, TEST_OF, min_size=1, max_size=2)
RULE = st.fixed_dictionaries(
    {"id": WORD, "when": st.lists(ENTRY, max_size=4), "then": TEST_OF, "because": WORD},
    optional={"code": TEST_OF, "fix": WORD, "later": TEST_OF},
)
MEMBER = st.fixed_dictionaries({}, optional={"name": VALUE, "id": VALUE, "given": TEST_OF})
DOCUMENT = st.fixed_dictionaries(
    {"tallystick": st.just("rules/1"), "rules": st.lists(RULE, min_size=1, max_size=4)},
    optional={
        "title": WORD,
        "params": st.one_of(st.none(), st.dictionaries(WORD.filter(bool), TEST_OF, max_size=3)),
        "tests": st.one_of(st.none(), st.lists(MEMBER, max_size=3)),
        "invariants": st.lists(MEMBER, max_size=2),
        "base": TEST_OF,
    },
)


def loaded(text: str) -> list[Any]:
    return [d.plain() for d in Loader("x.yaml", text).documents()]


@settings(max_examples=150, deadline=None)
@given(st.lists(DOCUMENT, min_size=1, max_size=2))
def test_any_file_comes_back_as_it_was(documents: list[dict[str, Any]]) -> None:
    """Repr tells 1 from true, which are equal."""

    def told(value: Any) -> str:
        if isinstance(value, dict):
            return repr(sorted((k, told(v)) for k, v in value.items()))
        return repr([told(v) for v in value]) if isinstance(value, list) else repr(value)

    back = Importer("x.csv", exported(documents)).documents()
    assert told(back) == told(documents)


@pytest.mark.parametrize("file", RULES, ids=lambda f: f.name)
def test_a_shipped_file_keeps_hash_and_formulas(file: Any) -> None:
    def packs(text: str) -> list[Any]:
        found = parse_source(RuleSource(file.name, text, "shipped"), catalogue(), POINTS)
        return [
            (p.hash, [(r.id, r.when, r.binds, r.then, r.code) for r in p.rules], p.base)
            for p in found
        ]

    text = file.read_text(encoding="utf-8")
    back = imported(Importer("x.csv", exported(loaded(text))).documents())
    assert packs(back) == packs(text)
    assert formatted(file.name, back) == back


def test_each_field_that_rules_test_is_a_column_in_their_order() -> None:
    text = (default_rules() / "re_enable.yaml").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(exported(loaded(text)))))
    by_name = {r["name"]: r for r in rows if r["row"] == "rule"}
    assert by_name["not-admin"]["request.role"] == "{ne: admin}"
    assert by_name["not-admin"]["request.owns_portal"] == ""
    assert by_name["may-enable"]["and"] == ""
    assert by_name["not-admin"]["because"] == "{request.user} is not an administrator."


def test_no_cell_of_a_text_is_a_formula_in_a_spreadsheet() -> None:
    rule = {"id": "a", "when": [{"a.b": "=1"}], "then": "x", "because": "=1+1", "fix": "@sum"}
    document = {"tallystick": "rules/1", "title": "-a", "rules": [rule]}
    rows = list(csv.reader(io.StringIO(exported([document]))))
    assert not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@"))]


HEAD = "row,name,a.b,and,then,code,because,fix,value\nfile,tallystick,,,,,,,rules/1\n"


@pytest.mark.parametrize(
    ("table", "line", "column"),
    [
        ("", 1, None),
        ("a,b\n", 1, 1),
        ("row,row,name,and,then,code,because,fix,value\n", 1, 1),
        (HEAD.replace("file,tallystick", "file,decision"), 2, 1),
        (HEAD + "rul,a,,,x,,,,\n", 3, 1),
        (HEAD + "rule,a,[b,,x,,,,\n", 3, 8),
        (HEAD + "rule,a,b,c,x,,,,\n", 3, 10),
        (HEAD + "file,title,,,,,,,a\nfile,title,,,,,,,b\n", 4, 6),
        (HEAD + "rule,a,b,,x,,,,,more\n", 3, 17),
    ],
)
def test_a_wrong_table_is_refused_with_line_and_column(
    table: str, line: int, column: int | None
) -> None:
    with pytest.raises(RuleFileError) as caught:
        Importer("x.csv", table).documents()
    where = caught.value.where
    assert where is not None
    assert (where.file, where.line, where.column) == ("x.csv", line, column)


def test_a_table_with_semicolons_and_a_byte_order_mark_is_read() -> None:
    table = "\ufeff" + HEAD.replace(",", ";") + "rule;a;b;;x;;because;;\n"
    assert Importer("x.csv", table).documents()[0]["rules"] == [
        {"id": "a", "when": [{"a.b": "b"}], "then": "x", "because": "because"}
    ]
