"""Renaming anything on either side changes no pairing, and makes nothing twice (I-11)."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.mutants import paired_by_name
from tallystick.model.record import RecordKey
from tallystick.proptest import Broken, Office, Step, check_invariants, opened_office
from tallystick.testing.office import PAIRED

NAMES = ["Renamed", "Acme Ltd", " atlas  ROLLOUT", "Data import", "Müller & Söhne"]
RENAMES = st.lists(
    st.builds(
        lambda side, kind, to: Step("rename", {"side": side, "kind": kind, "to": to}),
        st.sampled_from(["portal", "accounts"]),
        st.sampled_from(PAIRED),
        st.sampled_from(NAMES),
    ),
    min_size=1,
    max_size=4,
)
LOG = Step("log", {"day": "2026-07-03", "minutes": 30})
SYNC, BILL = Step("sync"), Step("bill")


def after(renames: Sequence[Step]) -> tuple[Any, ...]:
    """The id map, how much is in the accounts, what is billed and refused after such renames."""
    with opened_office() as office:
        taken = [office.do(step) for step in (*renames, LOG, SYNC, BILL, SYNC)]
        totals = [i["total"] for i in office.people.invoices()]
        codes = [t.code for t in taken if t.code]
        return office.pairs(), office.people.counted(), totals, codes


@pytest.fixture(scope="module")
def usual() -> tuple[Any, ...]:
    """What comes when nothing is renamed."""
    found = after([])
    assert {kind for kind, _ in found[0]} == set(PAIRED)
    assert found[1:] == ({"contact": 1, "project": 1, "time_entry": 2}, found[2], [])
    return found


@settings(max_examples=6, deadline=None)
@given(RENAMES)
def test_no_rename_changes_a_pair_or_makes_a_record_twice(
    usual: tuple[Any, ...], renames: list[Step]
) -> None:
    """I-11, R-059, R-069, R-091."""
    assert after(renames) == usual


def test_pairs_that_hang_on_a_name_are_noticed(usual: tuple[Any, ...]) -> None:
    """I-11 would say nothing if renames did not reach the framework."""
    rename = Step("rename", {"side": "accounts", "kind": "contact", "to": "Renamed"})
    with paired_by_name():
        assert after([rename])[:2] != usual[:2]


def test_a_pair_that_is_gone_breaks_the_invariant_of_pairs(office: Office) -> None:
    """I-11: so the machine, which renames too, would see it."""
    key = RecordKey(office.source, "contact", office.client)
    office.ws.store.links.close(key, now=office.pair.clock.now())
    with pytest.raises(Broken, match="a-pair-stays-whatever-the-names"):
        check_invariants(office, only=["a-pair-stays-whatever-the-names"])
