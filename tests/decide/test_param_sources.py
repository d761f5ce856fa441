"""A param has a type, a default, choices and a source; a source that says nothing is refused."""

from typing import Any

import pytest
from rules.shipped import TYPES
from tallystick.decide import Pack, Policies, RuleSource, load_rulebook, parse_source
from tallystick.decide.points import POINTS
from tallystick.errors import RuleFileError


def text(params: str, when: str = "{record.billable: true}", decision: str = "record.fetch") -> str:
    return (
        f"tallystick: rules/1\ndecision: {decision}\nparams:\n  {params}\n"
        f"rules: [{{id: a, when: [{when}], then: accept, because: Yes.}}]\notherwise: skip\n"
    )


def parse(body: str) -> Pack:
    (pack,) = parse_source(RuleSource("f.yaml", body, "project"), TYPES, POINTS)
    return pack


POLICY = (
    "spanning: {type: choice, of: [made_in_projects, all_of_project], default: made_in_projects, "
    "source: policies, key: expenses.scope}"
)
WHEN = "{params.spanning: all_of_project}"


def test_a_param_can_take_its_value_from_a_policy() -> None:
    sources = [RuleSource("f.yaml", text(POLICY, WHEN), "project")]
    outcomes = {}
    for value in ("made_in_projects", "all_of_project"):
        book = load_rulebook(sources, TYPES, POINTS, Policies({"expenses.scope": value}))
        outcomes[value] = book.decider("record.fetch")({"record": {}}).outcome
    assert outcomes == {"made_in_projects": "skip", "all_of_project": "accept"}


def test_a_policy_that_a_rule_reads_is_part_of_what_the_rules_are_known_by() -> None:
    sources = [RuleSource("f.yaml", text(POLICY, WHEN), "project")]
    books = [
        load_rulebook(
            sources, TYPES, POINTS, Policies({"expenses.scope": v, "time.zone": "portal"})
        )
        for v in ("made_in_projects", "all_of_project")
    ]
    assert books[0].hash != books[1].hash


def test_a_policy_that_no_rule_reads_is_not() -> None:
    sources = [RuleSource("f.yaml", text("x: {type: text, default: a}"), "project")]
    plain = load_rulebook(sources, TYPES, POINTS).hash
    assert load_rulebook(sources, TYPES, POINTS, Policies({"expenses.scope": "x"})).hash == plain


@pytest.mark.parametrize(
    ("params", "place", "code", "words"),
    [
        ("x: {type: text, default: a, source: §policies}", "", "RUL-11", "names a policy"),
        (
            "x: {type: text, default: a, source: policies, key: §expenses.scop}",
            "§",
            "RUL-11",
            "mean expenses.scope?",
        ),
        (
            "x: {type: integer, default: 1, source: policies, key: §expenses.scope}",
            "§",
            "RUL-12",
            "P-27 expenses.scope can be made_in_projects",
        ),
        (
            "x: {type: choice, of: [made_in_projects], default: made_in_projects, §KEYED}".replace(
                "§KEYED", "source: policies, key: §expenses.scope"
            ),
            "§",
            "RUL-12",
            "can be all_of_project, which x cannot",
        ),
        ("x: {type: text, default: a, key: §expenses.scope}", "§", "RUL-12", "source: policies"),
        ("x: {type: text, default: a, source: §integration}", "§", "RUL-11", "there is none"),
        ("x: {type: instant, default: §2026-07-01}", "§", "RUL-12", "has an offset"),
        ("x: {type: money, default: §12.00}", "§", "RUL-12", '"120.00 EUR"'),
        ("x: {type: duration, default: §1.5h}", "§", "RUL-12", "whole minutes or 1h30m"),
        ("x: {type: §currency, default: a}", "§", "RUL-12", "duration, decimal, money"),
        ("max_minutes: {type: integer, default: §1441}", "§", "RUL-12", "at most 1440"),
        ("max_minutes: {type: integer, default: §0}", "§", "RUL-12", "at least 1"),
        ("reentry: {type: choice, of: [hold], default: §hodl}", "§", "RUL-12", "mean hold?"),
        ("reentry: {type: choice, of: [hold, §strict], default: hold}", "§", "RUL-12", "P-19"),
    ],
)
def test_a_wrong_param_is_refused_with_its_place(
    params: str, place: str, code: str, words: str
) -> None:
    body = text(params)
    with pytest.raises(RuleFileError) as caught:
        parse(body.replace("§", ""))
    assert caught.value.code == code
    assert words in caught.value.message
    if place:
        before = body.partition("§")[0]
        assert caught.value.where is not None
        assert caught.value.where.column == len(before) - before.rfind("\n")


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("{type: duration, default: 24h}", 1440),
        ("{type: integer, default: 3}", 3),
        ("{type: text, nullable: true, default: null}", None),
        ("{type: boolean, default: false}", False),
    ],
)
def test_a_default_has_the_type_of_the_param(param: str, value: Any) -> None:
    assert parse(text(f"x: {param}")).params["x"].default == value


def test_a_setting_of_an_integration_reaches_only_the_decision_it_is_for() -> None:
    mode = "mode: {type: choice, of: [unanswered], default: unanswered, source: integration}"
    with pytest.raises(RuleFileError, match="No setting mode"):
        parse(text(mode))


@pytest.mark.parametrize(
    ("code", "words"), [("TS-77", "Did you mean TS-07?"), ("ZZ-99", "no code ZZ-99")]
)
def test_a_code_that_nothing_explains_is_refused_with_a_suggestion(code: str, words: str) -> None:
    body = text("x: {type: text, default: a}").replace(
        "then: accept", f"then: accept, code: {code}"
    )
    with pytest.raises(RuleFileError) as caught:
        parse(body)
    assert caught.value.code == "RUL-11"
    assert words in caught.value.message


def test_a_code_in_a_table_and_in_a_test_must_exist_too() -> None:
    body = text("x: {type: text, default: a}")
    table = "code: {by: record.type, task: TS-77}"
    with pytest.raises(RuleFileError, match="no code TS-77"):
        parse(body.replace("then: accept", f"then: accept, {table}"))
    with pytest.raises(RuleFileError, match="no code TS-77"):
        parse(body + "tests: [{name: a, expect: skip, code: TS-77}]\n")


def test_a_version_and_an_owner_are_kept() -> None:
    pack = parse(text("x: {type: text, default: a}") + "version: 3\nowner: Finance\n")
    assert (pack.version, pack.owner) == (3, "Finance")
    with pytest.raises(RuleFileError, match="at least 1"):
        parse(text("x: {type: text, default: a}") + "version: 0\n")
