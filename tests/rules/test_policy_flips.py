"""Each alternative of a policy that is obeyed is flipped by its one key, and something changes."""

import re
from datetime import date
from typing import Any

import pytest
from app.synced import Place, migrated_file, place, run, state
from rules.shipped import TYPES, sources
from support.fakes import World, log, small_world
from tallystick.app import billing
from tallystick.app.workspace import Workspace
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.decide.policies import PARAM_POLICIES, POLICIES
from tallystick.model.decision import Decision
from tallystick.workbench.subjects import subject_of

__all__ = ["migrated_file", "place"]

EARLY = {"time_entry": {"late": True, "work_date": "2026-06-30"}}
NAMESAKE = {
    "candidates": [{"id": "A", "contact_type": "customer", "name": "Acme Ltd", "email": ""}]
}
BILLED_TASK = {
    "task": {"completed": True},
    "claims": [{"kind": "task", "status": "invoiced", "invoice": "I", "system": "b"}],
}
DATED = {"cutoff": "2026-07-01"}
Flip = tuple[str, str, Any, dict[str, Any], tuple[str, str], tuple[str, str]]
FLIPS: list[Flip] = [
    (
        "time_entry.status",
        "mode",
        "date",
        {"time_entry": {"work_date": "2026-07-02"}},
        ("hold", "unanswered"),
        ("unbilled", "from-cutoff"),
    ),
    (
        "time_entry.status",
        "mode",
        "all_unbilled",
        {"time_entry": {"work_date": "1999-12-31"}},
        ("hold", "unanswered"),
        ("unbilled", "all-unbilled"),
    ),
    (
        "time_entry.status",
        "late_backdated",
        "hold",
        EARLY,
        ("invoiced", "late-before-cutoff"),
        ("hold", "late-waits"),
    ),
    (
        "time_entry.status",
        "late_backdated",
        "unbilled",
        EARLY,
        ("invoiced", "late-before-cutoff"),
        ("unbilled", "late-is-new-work"),
    ),
    *[
        ("contact.match", "on_duplicate", value, NAMESAKE, ("review", "name-or-email"), after)
        for value, after in (
            ("clone", ("create", "always-clone")),
            ("skip", ("link", "skip-keeps-the-one")),
            ("overwrite", ("link", "overwrite-the-one")),
        )
    ],
    (
        "contact.match",
        "skip_links",
        False,
        {**NAMESAKE, "params": {"on_duplicate": "skip"}},
        ("link", "skip-keeps-the-one"),
        ("review", "name-or-email"),
    ),
    (
        "record.fetch",
        "require_approval",
        False,
        {"record": {"approval": "pending"}},
        ("skip", "not-approved"),
        ("accept", "work-to-bill"),
    ),
    (
        "record.fetch",
        "reentry",
        "off",
        {"record": {"lookalike": True}},
        ("skip", "looks-like-one-invoiced"),
        ("accept", "work-to-bill"),
    ),
    (
        "record.fetch",
        "max_minutes",
        600,
        {"record": {"minutes": 601}},
        ("accept", "work-to-bill"),
        ("skip", "too-long"),
    ),
    (
        "invoice_line.add",
        "closed_task_time",
        "bill",
        BILLED_TASK,
        ("refuse", "finished-task-billed"),
        ("allow", "not-yet-billed"),
    ),
]
ELSEWHERE = {
    ("contact.match", "match_key", "exact_name"),
    ("contact.match", "match_key", "email"),
    ("contact.match", "match_key", "name_and_email"),
    ("contact.match", "overwrite_blanks", "erase"),
    ("record.fetch", "reentry", "warn"),
}
"""Flipped in test_policies_obeyed.py or test_policies_billed.py on a synced folder."""
POLICY_FLIPS = {
    ("rounding.money_grain", "entry"),
    ("rounding.zero_result", "zero"),
    ("invoicing.other_customer", "forbidden"),
    ("periods.closed_period", "redate"),
    ("rates.zero_rate", "hold"),
    ("users.unknown", "hold"),
    ("budget.overrun", "block"),
    ("lifecycle.on_disable", "wait"),
    ("rounding.time.mode", "up"),
    ("rounding.time.mode", "down"),
    ("rounding.time.mode", "nearest"),
    ("rounding.money_mode", "half_even"),
    ("expenses.scope", "all_of_project"),
}
"""Flipped below, in test_policies_obeyed.py and in test_policies_billed.py, beside the numbers."""


def edited(decision: str, name: str, value: Any) -> str:
    """The shipped file of a decision with another default of one param: one key, one word."""
    words = {True: "true", False: "false", "off": '"off"'}
    word = words.get(value, str(value)) if isinstance(value, str | bool) else str(value)
    for source in sources():
        if f"decision: {decision}\n" in source.text:
            pattern = rf"(?m)^(  {name}:(?: {{.*|\n(?:    .*\n)*? +)default: )[^,}}\n]+"
            text, count = re.subn(pattern, rf"\g<1>{word}", source.text)
            assert count == 1
            return text
    raise AssertionError(decision)


def asked(text: str, decision: str, name: str, given: dict[str, Any]) -> Decision:
    """The decision of a text on its base, with the param left to the file's default."""
    book = load_rulebook([RuleSource("ours.yaml", text, "project")], TYPES, POINTS)
    pack = book.packs[decision]
    subject = subject_of(pack, {**given, "params": {**given.get("params", {})}})
    subject["params"][name] = pack.params[name].default
    decided = book.decider(decision)(subject)
    book.close()
    return decided


@pytest.mark.parametrize(
    ("decision", "name", "value", "given", "before", "after"),
    FLIPS,
    ids=[f"{f[1]}-{f[2]}" for f in FLIPS],
)
def test_one_key_of_a_decision_file_changes_the_decision(
    decision: str,
    name: str,
    value: Any,
    given: dict[str, Any],
    before: tuple[str, str],
    after: tuple[str, str],
) -> None:
    default = PARAM_POLICIES[decision, name].default
    first = asked(edited(decision, name, default), decision, name, given)
    assert (first.outcome, first.by) == before
    then = asked(edited(decision, name, value), decision, name, given)
    assert (then.outcome, then.by) == after


def test_every_alternative_that_is_available_has_such_a_test() -> None:
    """P-01 to P-41: what is offered is obeyed."""
    wanted = {(d, n, v) for (d, n), p in PARAM_POLICIES.items() for v in p.available}
    assert wanted == {(d, n, v) for d, n, v, *_ in FLIPS if type(v) is not int} | ELSEWHERE
    numbers = {n for (_, n), p in PARAM_POLICIES.items() if p.minimum is not None}
    assert numbers <= {n for _, n, *_ in FLIPS}
    assert {(k, v) for k, p in POLICIES.items() for v in p.available} == POLICY_FLIPS
    free = {k for k, p in POLICIES.items() if p.minimum is not None and not p.fixed}
    assert free == {
        "rounding.time.step",
        "lifecycle.delete_brake.records",
        "lifecycle.delete_brake.percent",
        "transport.retry.times",
        "invoicing.total_tolerance",
    }


def policies(at: Place, body: str) -> None:
    """Put a policy file into the project folder."""
    folder = at.home / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "policies.yaml").write_text(f"tallystick: policies/1\n{body}\n", encoding="utf-8")


def total(ws: Workspace) -> str:
    """What would be billed."""
    return str(billing.preview(ws, project="p1").total)


def world_of(minutes: int, rate: str = "100.00") -> World:
    world = small_world()
    world.portal["project"]["p1"]["rate"] = rate
    world.portal["time_entry"].clear()
    log(world, "e1", minutes=minutes)
    return world


@pytest.mark.parametrize(
    ("mode", "step", "billed"),
    [("up", 15, "45.00"), ("down", 15, "30.00"), ("nearest", 10, "40.00")],
)
def test_time_is_rounded_as_the_policy_says(
    place: Place, mode: str, step: int, billed: str
) -> None:
    """P-12: 38 minutes at one a minute."""
    policies(place, f"rounding: {{time: {{mode: {mode}, step: {step}}}}}")
    with place.synced(world_of(38, rate="60")) as ws:
        assert total(ws) == f"{billed} EUR"


@pytest.mark.parametrize(("mode", "cents"), [("half_up", "0.13"), ("half_even", "0.12")])
def test_money_is_rounded_as_the_policy_says(place: Place, mode: str, cents: str) -> None:
    """P-14: half an hour at 0.25 is 12.5 cents."""
    policies(place, f"rounding: {{money_mode: {mode}}}")
    with place.synced(world_of(30, rate="0.25")) as ws:
        assert total(ws) == f"{cents} EUR"


@pytest.mark.parametrize(
    ("scope", "found"), [("made_in_projects", ["EXP-02"]), ("all_of_project", [])]
)
def test_expenses_made_in_the_accounts_go_along_where_the_policy_says_so(
    place: Place, scope: str, found: list[str]
) -> None:
    """P-27: one key of policies.yaml reaches a rule of invoiced_once.yaml."""
    policies(place, f"expenses: {{scope: {scope}}}")
    world = small_world()
    with place.synced(world) as ws:
        books = next(iter(world.accounts["project"].values()))
        row = {"date": date(2026, 7, 3), "description": "Train", "amount_minor": 4200}
        row |= {"currency": "EUR", "billable": True, "status": "unbilled", "origin": "books"}
        row |= {"project_id": books["external_id"], "customer_id": books["client_id"]}
        world.put("accounts", "expense", "x1", **row)
        run(ws)
        seen = billing.preview(ws, project="p1", with_expenses=True)
        assert [o.code for o in seen.left_out if o.record == "expense:x1"] == found


def deleted(at: Place, body: str) -> bool:
    """Whether an entry that is gone from two complete lists counts as deleted."""
    policies(at, body)
    world = small_world()
    for number in range(2, 12):
        log(world, f"e{number}")
    with at.synced(world) as ws:
        del world.portal["time_entry"]["e1"]
        run(ws)
        run(ws)
        return state(ws)[0] != "unbilled"


@pytest.mark.parametrize(
    ("records", "percent", "wanted"), [(10, 5, False), (10, 50, True), (0, 50, False)]
)
def test_so_many_deletions_are_believed_as_the_policy_says(
    place: Place, records: int, percent: int, wanted: bool
) -> None:
    """P-33: one of eleven is more than five per cent."""
    brake = f"lifecycle: {{delete_brake: {{records: {records}, percent: {percent}}}}}"
    assert deleted(place, brake) is wanted
