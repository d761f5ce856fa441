"""A whole plan: ids filled in, children of what failed, a person's Ctrl-C."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from store.operations import BECAUSE, invoice
from support.scripted import ABSENT, MADE, Bench
from tallystick.apply.desk import filled
from tallystick.apply.runner import Runner, Tally
from tallystick.apply.sender import Sender
from tallystick.errors import OutcomeUnknown, Rejected, StoreError, Throttled
from tallystick.model.operation import Action, Mode, Operation, OperationStatus, Receipt
from tallystick.model.record import RecordKey


def operation(type: str, name: str, *parents: Operation, **changes: object) -> Operation:
    """A create of one record under its parents, whose ids it gets as `<type>_id`."""
    fills = {f"{p.type}_id": p.reference for p in parents}
    made = Operation(
        f"TSY-{type}-{name}",
        Action.CREATE,
        type,
        "books",
        f"{type} {name}",
        {"name": name},
        BECAUSE,
        source=RecordKey("portal", type, name),
        fills=fills,
        needs=tuple(fills.values()),
        module=type,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


CUSTOMER = operation("contact", "c1")
PROJECT = operation("project", "p1", CUSTOMER)
TASK = operation("task", "t1", PROJECT)
ENTRY = operation("time_entry", "e1", PROJECT, TASK)
PLAN = (CUSTOMER, PROJECT, TASK, ENTRY)


def receipt(external_id: str) -> Receipt:
    """An answer without an echo."""
    return Receipt(external_id)


def run(place: Bench, operations: Sequence[Operation] = PLAN) -> Tally:
    """Carry a plan out."""
    return Runner(place.desk()).run(operations)


def test_one_plan_covers_the_whole_run_because_ids_are_filled_in_on_the_way(place: Bench) -> None:
    """R-026: a child is planned before its parent has an id."""
    place.books.answers = [receipt(i) for i in ("b1", "b2", "b3", "b4")]
    tally = run(place)
    assert tally.done == 4
    assert place.books.sent[1].payload == {"name": "p1", "contact_id": "b1"}
    assert place.books.sent[3].payload == {"name": "e1", "project_id": "b2", "task_id": "b3"}
    assert place.row(ENTRY).payload["project_id"] == "b2", "what is sent is what is stored"


def test_a_fill_of_the_record_itself_becomes_its_target() -> None:
    """R-062: a new user is made, then made inactive under the id it got."""
    ids = {CUSTOMER.reference: "b1"}
    off = operation("contact", "c1", action=Action.DEACTIVATE)
    off = replace(off, fills={"external_id": CUSTOMER.reference})
    assert filled(off, ids).target_id == "b1"
    assert "external_id" not in filled(off, ids).payload
    assert filled(CUSTOMER, ids) is CUSTOMER


def test_a_parent_that_fails_holds_everything_under_it_and_names_one_root(place: Bench) -> None:
    """I-10: what hangs on it is not sent, and leads to the root."""
    place.books.answers = [receipt("b1"), Rejected("No such currency.", code="DATA-02")]
    tally = run(place)
    assert (tally.done, tally.failed, tally.held) == (1, 1, 2)
    assert [o.type for o in place.books.sent] == ["contact", "project"]
    roots = {p.operation.type: p.cause for p in tally.problems}
    assert roots == {
        "project": None,
        "task": PROJECT.source,
        "time_entry": PROJECT.source,
    }
    assert {p.code for p in tally.problems} == {"DATA-02"}


def test_a_grandchild_that_hangs_on_a_held_child_alone_leads_to_the_same_root(place: Bench) -> None:
    """I-10: to the record that failed, not to the one between."""
    place.books.answers = [receipt("b1"), Rejected("wrong", code="DATA-02")]
    tally = run(place, [CUSTOMER, PROJECT, TASK, operation("time_entry", "e2", TASK)])
    assert [p.cause for p in tally.problems] == [None, PROJECT.source, PROJECT.source]


def test_a_refused_record_does_not_stop_its_neighbours(place: Bench) -> None:
    """R-220, V-CAS-10."""
    plan = [operation("contact", f"c{n}") for n in range(61)]
    place.books.answers = [receipt(f"b{n}") for n in range(61)]
    place.books.answers[30] = Rejected("wrong", code="DATA-02")
    tally = run(place, plan)
    assert (tally.done, tally.failed, len(tally.problems)) == (60, 1, 1)
    assert tally.by_module == {"contact": {"done": 60, "failed": 1}}


def test_a_parent_in_doubt_holds_its_children_too(place: Bench) -> None:
    """R-171: nothing is built on a write whose outcome is unknown."""
    place.books.answers = [OutcomeUnknown("lost")]
    place.books.lookups = [ABSENT]
    tally = run(place)
    assert (tally.parked, tally.held, tally.done) == (1, 3, 0)
    assert {p.code for p in tally.problems} == {"INV-03"}


def test_what_an_earlier_run_made_gives_its_id_to_what_is_left(place: Bench) -> None:
    """R-040: an interrupted apply goes on behind what is done."""
    place.books.answers = [receipt("b1"), Throttled("wait")]
    with pytest.raises(Throttled):
        run(place)
    place.a_process_dies()
    place.books.answers = [receipt("b2"), receipt("b3"), receipt("b4")]
    tally = Runner(place.desk("two")).run(PLAN)
    assert (tally.already, tally.done) == (1, 3)
    assert place.books.sent[2].payload["contact_id"] == "b1"


def test_a_child_planned_alone_finds_its_parent_in_the_outbox(place: Bench) -> None:
    """R-040: the parent may have been made by an earlier plan."""
    place.books.answers = [receipt("b1"), receipt("b2")]
    run(place, [CUSTOMER])
    assert run(place, [PROJECT]).done == 1
    assert place.books.sent[1].payload["contact_id"] == "b1"


def test_a_child_whose_parent_is_nowhere_is_held(place: Bench) -> None:
    """CFG-08: it has no root record to name."""
    tally = run(place, [TASK])
    assert [(p.what, p.code, p.cause) for p in tally.problems] == [("held", "CFG-08", TASK.source)]
    assert place.books.sent == []


def test_a_pair_of_the_id_map_is_stored_without_sending(place: Bench) -> None:
    """R-078: linking writes nothing to the accounts."""
    pair = operation("contact", "c1", action=Action.LINK, target_id="b9")
    tally = run(place, [pair])
    assert (tally.linked, place.books.sent) == (1, [])
    assert place.store.links.by_source("portal", "contact") == {"c1": ("contact", "b9")}


def test_a_pair_with_a_missing_side_is_no_pair(place: Bench) -> None:
    """A link needs both."""
    tally = run(place, [operation("contact", "c1", action=Action.LINK)])
    assert (tally.linked, place.store.links.by_source("portal", "contact")) == (0, {})


def test_ctrl_c_keeps_what_is_done_and_lets_the_next_process_go_on_at_once(place: Bench) -> None:
    """I-04: leases end with the run, not five minutes later."""
    place.books.answers = [receipt("b1")]

    def stop() -> None:
        if len(place.books.sent) == 2:
            raise KeyboardInterrupt

    place.books.during_write = stop
    with pytest.raises(KeyboardInterrupt):
        run(place)
    assert place.row(CUSTOMER).status == OperationStatus.DONE
    assert place.row(PROJECT).status == OperationStatus.SENDING
    assert place.store.outbox.get(TASK.reference) is None
    place.books.during_write = None
    place.mode(Mode.A)
    place.books.lookups = [ABSENT]
    tally = Runner(place.desk("two")).run(PLAN[:2])
    assert (tally.already, tally.parked) == (1, 1), "its one send in mode C is looked up, not sent"


def test_progress_is_told_after_each_operation(place: Bench) -> None:
    """R-037."""
    place.books.answers = [receipt("b1"), receipt("b2")]
    heard: list[tuple[str, int]] = []
    runner = Runner(place.desk(), progress=lambda o, t: heard.append((o.type, t.done)))
    runner.run(PLAN[:2])
    assert heard == [("contact", 1), ("project", 2)]


def test_a_claim_held_elsewhere_fails_that_invoice_alone(place: Bench) -> None:
    """R-169: no waiting, no stealing."""
    place.books.answers = [MADE, Receipt("i2")]
    first, second, third = invoice("e1"), invoice("e1", "e2"), invoice("e3")
    tally = run(place, [first, second, third])
    assert (tally.done, tally.failed) == (2, 1)
    assert tally.problems[0].code == "INV-01"


def test_an_operation_taken_over_by_another_process_is_held_here(place: Bench) -> None:
    """W11, STO-05: it goes on there."""

    def taken_over() -> None:
        place.books.during_write = None
        place.clock.advance(hours=1)
        row = place.row(CUSTOMER)
        place.store.outbox.take(
            row.reference,
            seen_epoch=row.lease_epoch,
            executor="two",
            lease_until=place.clock.now().replace(hour=23),
            now=place.clock.now(),
        )

    place.books.during_write = taken_over
    place.books.answers = [receipt("b1")]
    tally = run(place, [CUSTOMER])
    assert [(p.what, p.code) for p in tally.problems] == [("held", "STO-05")]


def test_any_other_trouble_of_the_store_ends_the_run(
    place: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STO-10, W16: a full disk is not a record's fault."""

    def full(*_args: object, **_values: object) -> None:
        raise StoreError("disk full", code="STO-10")

    monkeypatch.setattr(place.store.outbox, "claim", full)
    with pytest.raises(StoreError) as error:
        run(place, [CUSTOMER])
    assert error.value.code == "STO-10"


def test_an_operation_that_a_living_process_works_on_is_left_to_it(place: Bench) -> None:
    """R-030: seen open under a foreign lease, it counts as parked here."""
    place.books.answers = [Throttled("wait")]
    with pytest.raises(Throttled):
        Sender(place.desk("two")).carry_out(CUSTOMER)
    tally = run(place, [CUSTOMER])
    assert (tally.parked, len(place.books.sent)) == (1, 1)
