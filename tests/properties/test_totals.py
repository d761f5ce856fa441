"""What is on an invoice does not depend on its lines, and its total is their sum (I-05)."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.proptest import Step, opened_office, worlds

GROUPINGS = ("by_task", "by_user", "by_task_user", "single_line", "all_entries")


def billed(world: tuple[Step, ...], grouping: str) -> tuple[int, Decimal, Decimal]:
    """How many entries of the accounts are billed; the lines' sum and the printed total."""
    with opened_office() as office:
        for step in (*world, Step("sync"), Step("bill", {"grouping": grouping})):
            assert office.do(step).code is None
        (head,) = office.people.invoices()
        lines: list[dict[str, Any]] = office.people.invoice(head["invoice_id"])["line_items"]
        entries = [e for line in lines for e in line["time_entry_ids"]]
        assert len(entries) == len(set(entries))
        amounts = [Decimal(str(line["item_total"])) for line in lines]
        return len(entries), sum(amounts, Decimal()), Decimal(str(head["total"]))


@settings(max_examples=4, deadline=None)
@given(worlds(logs=3), st.sampled_from(GROUPINGS[1:]))
def test_an_invoice_bills_the_same_work_however_it_is_grouped(
    world: tuple[Step, ...], grouping: str
) -> None:
    """I-05, R-148, R-163."""
    usual, other = billed(world, GROUPINGS[0]), billed(world, grouping)
    assert other[0] == usual[0] >= 1
    for _, lines, total in (usual, other):
        assert lines == total > 0
