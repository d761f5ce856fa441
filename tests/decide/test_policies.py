"""Each policy is one key; what nothing obeys is refused by name, never taken in silence."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from tallystick.decide import RuleSource, load_policies, parse_source
from tallystick.decide.points import POINTS
from tallystick.decide.policies import PARAM_POLICIES, POLICIES, Policy
from tallystick.errors import RuleFileError
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules

HERE = default_rules()
FILES = {
    "contact.match": "contacts.yaml",
    "record.fetch": "qualification.yaml",
    "time_entry.status": "cutoff.yaml",
    "invoice_line.add": "invoiced_once.yaml",
    "integration.enable": "re_enable.yaml",
}
NOT_EDITABLE = {"P-32", "P-39"}
SETTINGS = {"P-08"}


def written(key: str, value: Any) -> str:
    """A policy file that sets one key."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return yaml.safe_dump({"tallystick": "policies/1", **value})


def flips(policies: dict[Any, Policy], kind: str) -> Iterator[tuple[Any, Any]]:
    for key, policy in policies.items():
        values = policy.available if kind == "available" else policy.later
        yield from ((key, value) for value in values)
        if kind == "later" and policy.fixed:
            yield key, policy.default + 1
        if kind == "available" and policy.minimum is not None and not policy.fixed:
            most = policy.default + 5 if policy.maximum is None else policy.maximum
            yield key, most if most != policy.default else policy.default - 5


def test_every_policy_stands_in_exactly_one_place() -> None:
    """P-01 to P-41, but for those that nobody may edit and one that is a setting."""
    numbers = {p.id for p in (*POLICIES.values(), *PARAM_POLICIES.values())}
    assert numbers | NOT_EDITABLE | SETTINGS == {f"P-{n:02}" for n in range(1, 42)}
    assert not {p.id for p in POLICIES.values()} & {p.id for p in PARAM_POLICIES.values()}


def test_the_shipped_policies_hold_every_key_with_its_default() -> None:
    shipped = load_policies((HERE / "policies.yaml").read_text(encoding="utf-8"), "policies.yaml")
    assert shipped.values == {key: policy.default for key, policy in POLICIES.items()}


@pytest.mark.parametrize(("key", "value"), list(flips(dict(POLICIES), "available")))
def test_a_policy_can_be_flipped_to_what_is_obeyed(key: str, value: Any) -> None:
    assert load_policies(written(key, value), "policies.yaml").get(key) == value


@pytest.mark.parametrize(("key", "value"), list(flips(dict(POLICIES), "later")))
def test_a_policy_that_nothing_obeys_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(RuleFileError) as caught:
        load_policies(written(key, value), "policies.yaml")
    assert caught.value.code == "RUL-13"
    assert caught.value.message.startswith(f"{POLICIES[key].id} {key}: {value}")
    assert str(POLICIES[key].default) in caught.value.message


@pytest.mark.parametrize("value", [True, "6", 6.5, None, []])
def test_a_number_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(RuleFileError) as caught:
        load_policies(written("rounding.time.step", value), "policies.yaml")
    assert caught.value.code == "RUL-12"


def edited(decision: str, name: str, value: Any) -> str:
    """A shipped file with another default of one param."""
    text = (HERE / FILES[decision]).read_text(encoding="utf-8")
    documents = list(yaml.safe_load_all(text.replace("!absent", "null")))
    document = next(d for d in documents if d["decision"] == decision)
    param = document["params"][name]
    param["default"] = value
    if "of" in param and value not in param["of"]:
        param["of"].append(value)
    return yaml.safe_dump(document)


def loaded_default(decision: str, name: str, value: Any) -> Any:
    source = RuleSource("edited.yaml", edited(decision, name, value), "project")
    (pack,) = parse_source(source, catalogue(), POINTS)
    return pack.params[name].default


@pytest.mark.parametrize("key", list(PARAM_POLICIES), ids=str)
def test_a_decision_file_ships_its_policy_with_the_default(key: tuple[str, str]) -> None:
    decision, name = key
    text = (HERE / FILES[decision]).read_text(encoding="utf-8")
    packs = parse_source(RuleSource("shipped.yaml", text, "shipped"), catalogue(), POINTS)
    pack = next(p for p in packs if p.decision == decision)
    assert pack.params[name].default == PARAM_POLICIES[key].default


@pytest.mark.parametrize(("key", "value"), list(flips(dict(PARAM_POLICIES), "available")))
def test_a_policy_of_a_decision_can_be_flipped(key: tuple[str, str], value: Any) -> None:
    assert loaded_default(*key, value) == value


@pytest.mark.parametrize(("key", "value"), list(flips(dict(PARAM_POLICIES), "later")))
def test_a_policy_of_a_decision_that_nothing_obeys_is_refused_by_name(
    key: tuple[str, str], value: Any
) -> None:
    with pytest.raises(RuleFileError) as caught:
        loaded_default(*key, value)
    assert caught.value.code == "RUL-13"
    assert caught.value.message.startswith(f"{PARAM_POLICIES[key].id} {key[1]}: {value}")
    assert caught.value.where is not None
    assert caught.value.where.line is not None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("rounding: {time: {mod: up}}", "Did you mean rounding.time.mode?"),
        ("rounding: {mode: up}", "Did you mean rounding."),
        ("void_release: never", "Did you mean claims.void_releases?"),
        ("scope: all_of_project", "Did you mean expenses.scope?"),
        ("require_approval: false", "require_approval is a param of the file of record.fetch."),
        ("xyzzy: 1", "`tallystick rules show policies` lists all."),
    ],
)
def test_a_policy_that_does_not_exist_is_refused_with_what_may_be_meant(
    text: str, hint: str
) -> None:
    with pytest.raises(RuleFileError) as caught:
        load_policies(f"tallystick: policies/1\n{text}\n", "policies.yaml")
    assert caught.value.code == "RUL-11"
    assert hint in caught.value.message
