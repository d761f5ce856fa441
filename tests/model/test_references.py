"""References are found again in other systems, so their spelling never changes."""

import base64
import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st
from tallystick.model.operation import Action, invoice_reference, record_reference
from tallystick.model.record import SourceKey


def spelled(parts: list[object]) -> str:
    """The first 100 bits of SHA-256 over JSON without spaces, in base 32."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return "TSY-" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:20]


@given(st.tuples(*[st.text()] * 4), st.sampled_from(list(Action)), st.integers(0, 10**6))
def test_a_reference_is_the_hash_of_its_record_and_its_number(
    key: tuple[str, str, str, str], action: Action, number: int
) -> None:
    """R-170: of the source system, never of a connection; a create has no action in it."""
    said = [] if action is Action.CREATE else [str(action)]
    found = record_reference(SourceKey(*key), action, number)
    assert found == spelled([*key, number, *said])


def test_references_that_were_sent_are_made_again() -> None:
    """A store that is lost finds its writes by these."""
    key = SourceKey("zoho_projects", "400000001", "time_entry", "4700000000000000é39")
    assert record_reference(key, Action.CREATE) == "TSY-3KJILKVDWDFF5QATXDM3"
    assert record_reference(key, Action.UPDATE, 2) == "TSY-2ONTUERJY7GQ5PTBTXC3"
    lines = [("time_entry", "b"), ("expense", "a")]
    assert invoice_reference("1", "2", "3", lines, 1) == "TSY-TA4GZLUPAHP77EML4YKV"
