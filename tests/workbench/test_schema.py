"""The schema for editors accepts the shipped files and marks what the loader refuses."""

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.conditions import OPERATORS
from tallystick.decide.packs import KEYS
from tallystick.decide.points import POINTS
from tallystick.decide.ruleparts import RULE_KEYS
from tallystick.decide.yamlnodes import ABSENT, Loader
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.schema import schema

RULES = [f for f in sorted(default_rules().glob("*.yaml")) if f.name != "policies.yaml"]
DRAFTS = [False, True]


@cache
def validator(draft7: bool) -> Any:
    kind = jsonschema.Draft7Validator if draft7 else jsonschema.Draft202012Validator
    made = schema(catalogue(), POINTS, draft7=draft7)
    kind.check_schema(made)
    return kind(made)


def seen(value: Any) -> Any:
    """A document as an editor's validator sees it: an absent value is null, numbers are numbers."""
    if isinstance(value, dict):
        return {k: seen(v) for k, v in value.items()}
    if isinstance(value, list):
        return [seen(v) for v in value]
    return None if value is ABSENT else value


def document(name: str) -> dict[str, Any]:
    text = (default_rules() / name).read_text(encoding="utf-8")
    found: dict[str, Any] = seen(Loader(name, text).documents()[0].plain())
    return found


@pytest.mark.parametrize("draft7", DRAFTS)
@pytest.mark.parametrize("file", RULES, ids=lambda f: f.name)
def test_the_shipped_files_are_valid(file: Any, draft7: bool) -> None:
    wrong = [e.message for e in validator(draft7).iter_errors(document(file.name))]
    assert wrong == []


SPOILS: dict[str, Any] = {
    "no such key": lambda d: d.update(stratgy="first"),
    "no such decision": lambda d: d.update(decision="time_entry.stat"),
    "an empty applies_to": lambda d: d.update(applies_to={}),
    "no such state": lambda d: d.update(state="live"),
    "no such outcome": lambda d: d["rules"][0].update(then="bill"),
    "unsafe otherwise": lambda d: d.update(otherwise="unbilled"),
    "no such field": lambda d: d["rules"][0].update(when=[{"time_entry.latte": True}]),
    "no such operator": lambda d: d["rules"][0].update(when=[{"time_entry.late": {"is": True}}]),
    "a type that does not fit": lambda d: d["rules"][0].update(when=[{"time_entry.late": "yes"}]),
    "an order of texts": lambda d: d["rules"][0].update(when=[{"time_entry.state": {"lt": "b"}}]),
    "a rule without because": lambda d: d["rules"][0].pop("because"),
    "an id with a blank": lambda d: d["rules"][0].update(id="two words"),
    "a test without expect": lambda d: d["tests"][0].pop("expect"),
    "a field of no input": lambda d: d["tests"][0].update(given={"time_entry": {"latte": 1}}),
    "no rules": lambda d: d.update(rules=[]),
    "a condition that is no list": lambda d: d["rules"][0].update(when="soon"),
    "an invariant on a field that is not there": lambda d: d["invariants"][0].update(
        must=[{"time_entry.latte": True}]
    ),
}


@pytest.mark.parametrize("draft7", DRAFTS)
@pytest.mark.parametrize("what", SPOILS)
def test_a_mistake_is_marked(what: str, draft7: bool) -> None:
    spoiled = document("cutoff.yaml")
    SPOILS[what](spoiled)
    assert list(validator(draft7).iter_errors(spoiled))


RICH = """\
tallystick: rules/1
decision: record.fetch
title: All that the language has
version: 2
owner: finance
applies_to: {connectors: [zoho_projects], types: [time_entry]}
params:
  longest: {type: duration, default: 10h, label: Longest entry}
rules:
  - id: form
    when:
      - record.name: {matches: "[A-Z]+-[0-9]+"}
      - record.minutes: {le: 1h30m}
      - record.minutes: {le: params.longest}
      - not: {record.type: [task, bug]}
    then: accept
    because: It has the form.
otherwise: skip
"""


@pytest.mark.parametrize("draft7", DRAFTS)
def test_all_that_the_loader_takes_is_valid(draft7: bool) -> None:
    parse_source(RuleSource("x.yaml", RICH, "project"), catalogue(), POINTS)
    found = seen(Loader("x.yaml", RICH).documents()[0].plain())
    assert [e.message for e in validator(draft7).iter_errors(found)] == []


@pytest.mark.parametrize("draft7", DRAFTS)
def test_lists_are_asked_how_many_items_match(draft7: bool) -> None:
    spoiled = document("cascade.yaml")
    spoiled["rules"][0]["when"] = [{"parents": {"where": [{"state": "error"}]}}]
    assert list(validator(draft7).iter_errors(spoiled))
    spoiled["rules"][0]["when"] = [{"parents": {"some": True, "where": [{"stat": "error"}]}}]
    assert list(validator(draft7).iter_errors(spoiled))


def test_closed_words_and_descriptions_come_from_the_catalogue() -> None:
    parts = schema(catalogue(), POINTS)["$defs"]
    field = parts["record.fetch-condition"]["properties"]["record.email_state"]
    assert "ok, missing, shared" in field["description"]
    shared = parts[field["allOf"][0]["$ref"].rpartition("/")[2]]
    assert shared["anyOf"][0]["anyOf"][0] == {"enum": ["ok", "missing", "shared"]}


def test_every_key_and_operator_of_the_language_is_in_the_schema() -> None:
    made = schema(catalogue(), POINTS)
    assert set(made["properties"]) == set(KEYS)
    rules = made["$defs"]["contact.match"]["properties"]["rules"]["items"]["properties"]
    assert set(rules) == set(RULE_KEYS)
    tests = [part for name, part in made["$defs"].items() if name.startswith("test-")]
    known = {o for test in tests for part in test["anyOf"] for o in part.get("properties", {})}
    assert set(OPERATORS) <= known


def test_draft_7_has_no_word_of_the_later_one() -> None:
    text = str(schema(catalogue(), POINTS, draft7=True))
    assert "$defs" not in text
    assert "draft-07" in text


def test_the_schema_is_small_enough_for_an_editor() -> None:
    assert len(json.dumps(schema(catalogue(), POINTS))) < 250_000
