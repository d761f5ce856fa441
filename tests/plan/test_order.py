"""The order of a plan, its fingerprint, and the plan as JSON."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.operations import BECAUSE, invoice
from support.planning import context, rows, there
from tallystick.model.connection import MODULES
from tallystick.model.operation import Action, ClaimKey, Operation
from tallystick.model.record import RecordKey
from tallystick.plan.digest import Digest, Pattern, blank, body_of, from_json, plan_digest, to_json
from tallystick.plan.order import ordered, sign
from tallystick.plan.upsert import Fills, Wanted, differing, place, update


def operation(name: str, module: str = "projects", *needs: str) -> Operation:
    """A create that needs others."""
    return Operation(
        name,
        Action.CREATE,
        "task",
        "books",
        name,
        {"name": name},
        BECAUSE,
        needs=needs,
        module=module,
    )


def names(*operations: Operation) -> list[str]:
    """References in plan order."""
    return [o.reference for o in ordered(operations)]


def test_modules_come_in_their_order() -> None:
    """R-025."""
    backwards = [operation(m, m) for m in reversed(MODULES)]
    assert names(operation("other", "elsewhere"), *backwards) == [*MODULES, "other"]


def test_parents_come_before_children_and_the_rest_stays_as_planned() -> None:
    """R-025, R-026."""
    child = operation("child", "projects", "parent")
    grandchild = operation("grandchild", "projects", "child")
    parent = operation("parent")
    assert names(grandchild, child, operation("a"), parent, operation("b")) == [
        "a",
        "parent",
        "b",
        "child",
        "grandchild",
    ]


def test_a_parent_of_a_later_module_pulls_its_child_behind_it() -> None:
    """Parents win over modules."""
    assert names(operation("x", "projects", "y"), operation("y", "tasks")) == ["y", "x"]


def test_what_is_needed_from_outside_the_plan_holds_nobody_up() -> None:
    """It was made by an earlier plan."""
    assert names(operation("x", "projects", "made before")) == ["x"]


def test_operations_that_need_each_other_are_a_fault_of_planning() -> None:
    """No planner produces them; a plan that could never end is refused."""
    with pytest.raises(ValueError, match="need each other"):
        ordered([operation("x", "projects", "y"), operation("y", "projects", "x")])


@pytest.mark.parametrize(
    ("action", "mark"),
    [("create", "+"), ("link", "="), ("update", "~"), ("deactivate", "-"), ("void", "-")],
)
def test_each_action_has_its_mark(action: str, mark: str) -> None:
    """What a person reads in a printed plan."""
    assert sign(replace(operation("x"), action=Action(action))) == mark


FULL = replace(
    invoice("e1", "e2", generation=2),
    source=RecordKey("portal", "project", "p1"),
    target_id="b9",
    fills={"client_id": "TSY-A"},
    needs=("TSY-A",),
    versions={"project:p1": "v1"},
)


@pytest.mark.parametrize("planned", [FULL, operation("x")])
def test_an_operation_survives_the_way_through_json(planned: Operation) -> None:
    """What is applied is what was planned, claims and all."""
    assert from_json(to_json(planned)) == planned


def digest(*operations: Operation, **changes: str) -> str:
    """The fingerprint of a plan."""
    values = {"rules_hash": "r", "integration": "main", "kind": "sync", **changes}
    return plan_digest(operations, **values)


CHANGES: list[dict[str, Any]] = [
    {"reference": "TSY-OTHER"},
    {"action": Action.UPDATE},
    {"type": "contact"},
    {"payload": {"lines": []}},
    {"fills": {"client_id": "TSY-B"}},
    {"needs": ("TSY-A", "TSY-B")},
    {"target_id": "b8"},
    {"versions": {"project:p1": "v2"}},
    {"claims": (ClaimKey("projects", "P1", "time_entry", "e3", 60),)},
    {"connection_id": "elsewhere"},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda c: next(iter(c)))
def test_the_fingerprint_covers_everything_that_apply_sends_or_claims(
    changes: dict[str, Any],
) -> None:
    """R-016: a plan file that was changed is refused."""
    assert digest(replace(FULL, **changes)) != digest(FULL)


@pytest.mark.parametrize("what", ["rules_hash", "integration", "kind"])
def test_the_fingerprint_covers_rules_integration_and_kind(what: str) -> None:
    """R-016: a plan is of one integration under one set of rules."""
    assert digest(FULL, **{what: "other"}) != digest(FULL)


def test_the_fingerprint_covers_order_and_number() -> None:
    """A plan cut short or turned round is another."""
    one, two = operation("x"), operation("y")
    assert len({digest(one, two), digest(two, one), digest(one), digest()}) == 4


def entry_like(told: dict[str, str | int | None]) -> Operation:
    """A new time entry with these values."""
    return Operation(
        str(told["reference"]),
        Action.CREATE,
        "time_entry",
        "books",
        str(told["title"]),
        {"minutes": told["minutes"], "notes": told["notes"], "billable": True},
        BECAUSE,
        source=RecordKey("portal", "time_entry", str(told["id"])),
        needs=("TSY-%s",),
        module="timesheets",
    )


VALUES = ("reference", "title", "minutes", "notes", "id")


@given(
    st.fixed_dictionaries(
        {
            "reference": st.text(),
            "title": st.text(),
            "minutes": st.none() | st.integers(-(2**40), 2**40),
            "notes": st.text(),
            "id": st.text(),
        }
    )
)
def test_a_pattern_writes_what_the_operation_itself_would_be(
    told: dict[str, str | int | None],
) -> None:
    """A plan of a million entries has the fingerprint that its file is checked against."""
    pattern = Pattern(entry_like({name: blank(name) for name in VALUES}), VALUES)
    written = pattern.body({name: orjson.dumps(told[name]).decode() for name in pattern.names})
    assert written.encode() == body_of(entry_like(told))


def test_the_fingerprint_grows_as_it_goes() -> None:
    """A plan of a million operations is never held as a whole."""
    growing = Digest("r", "main", "sync")
    growing.add(body_of(FULL))
    assert (growing.count, growing.value()) == (1, digest(FULL))


def test_a_change_numbers_itself_behind_those_that_were_carried_over() -> None:
    """A second change of a record is another operation than the first."""
    wanted = Wanted(
        RecordKey("portal", "task", "t1"), "T", "task", "tasks", "T", {"name": "New"}, ("name",)
    )
    references = set()
    for number in range(3):
        made, sink = context(
            changes={("task", "t1"): number},
            links={("task", "t1"): ("task", "bt")},
            targets={"task": rows({"external_id": "bt", "name": "Old"})},
        )
        place(made, wanted, BECAUSE)
        references.add(sink.operations[0].reference)
    assert len(references) == 3


def test_a_value_the_source_does_not_know_never_erases_one() -> None:
    """P-06, R-077."""
    wanted = {"name": None, "email": "", "phone": "1", "website": "same"}
    row = {"name": "Kept", "email": "kept", "phone": "2", "website": "same"}
    assert differing(wanted, row, tuple(wanted)) == {"phone": "1"}


def test_a_target_that_was_not_read_is_not_changed() -> None:
    """There is nothing to compare with."""
    wanted = Wanted(
        RecordKey("portal", "task", "t1"), "T", "task", "tasks", "T", {"name": "New"}, ("name",)
    )
    made, sink = context()
    update(made, wanted, "bt", BECAUSE)
    assert sink.operations == []


def test_a_parent_that_failed_fills_nothing_in() -> None:
    """Neither an id nor a reference is known of it."""
    lost = replace(there("project", "p1"), reference=None)
    wanted = Wanted(
        RecordKey("portal", "task", "t1"),
        "T",
        "task",
        "tasks",
        "T",
        {"name": "New"},
        (),
        fills=Fills.of({"project_id": lost}),
    )
    made, sink = context()
    place(made, wanted, BECAUSE)
    assert (sink.operations[0].fills, sink.operations[0].needs) == ({}, ())
