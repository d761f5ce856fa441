"""Two processes at the same moment; threads with stores of their own stand for them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tallystick.errors import Refused, StoreError
from tallystick.model.operation import Operation, OperationStatus
from tallystick.store import OutboxRow, Store
from tallystick.testing.clock import START

from store.operations import claim, done, held, invoice, release, send

ROUNDS = 8


def _both(reopen: Callable[[], Store], act: Callable[[Store, int], str]) -> list[str]:
    """What each of two processes got that act at once."""
    barrier = Barrier(2)

    def run(number: int) -> str:
        store = reopen()
        barrier.wait(timeout=30)
        try:
            return act(store, number)
        except (Refused, StoreError) as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, (0, 1)))


def test_of_two_plans_that_want_one_entry_at_the_same_moment_one_gets_it(
    store: Store, reopen: Callable[[], Store]
) -> None:
    """V-ONCE-01, R-169; the lines are in opposite orders, and nobody waits for ever."""
    for number in range(ROUNDS):
        entries = [f"e{number}-1", f"e{number}-2", f"e{number}-3"]

        def act(mine: Store, who: int, entries: list[str] = entries) -> str:
            ordered = entries if who else entries[::-1]
            return claim(mine, invoice(*ordered, reference=f"TSY-{entries[0]}-{who}")).status

        assert _both(reopen, act) == ["CLAIMED", "INV-02"]
    assert len(held(store)) == 3 * ROUNDS


def test_the_same_operation_claimed_twice_at_once_is_one_operation(
    store: Store, reopen: Callable[[], Store]
) -> None:
    for number in range(ROUNDS):
        operation = invoice(f"e{number}")

        def act(mine: Store, who: int, operation: Operation = operation) -> str:
            return str(claim(mine, operation, str(who)).lease_owner)

        got = _both(reopen, act)
        assert got in (["0", "0"], ["1", "1"])
    assert len(held(store)) == ROUNDS


def test_switching_off_and_sending_at_once_never_sends_what_was_freed(
    store: Store, reopen: Callable[[], Store]
) -> None:
    """R-198, I1."""
    for number in range(ROUNDS):
        row = claim(store, invoice(f"e{number}"))

        def act(mine: Store, who: int, row: OutboxRow = row) -> str:
            if who:
                return str(mine.outbox.cancel_unsent("main", now=START))
            return f"sent {send(mine, row)}"

        _both(reopen, act)
        after = store.outbox.get(row.reference)
        assert after is not None
        sent = after.status == OperationStatus.SENDING
        assert (f"e{number}" in held(store)) is sent, after
        assert after.open_attempts == int(sent)


def test_an_invoice_is_released_by_one_of_two_sweeps(
    store: Store, reopen: Callable[[], Store]
) -> None:
    for number in range(ROUNDS):
        row = done(store, f"e{number}")

        def act(mine: Store, _who: int, row: OutboxRow = row) -> str:
            return release(mine, row).status

        got = _both(reopen, act)
        assert got == ["RELEASED", "STO-05"]
    assert len([e for e in store.events.recent() if e["kind"] == "claim.released"]) == ROUNDS
