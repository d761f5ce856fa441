"""`records why`: conditions as the rule has them, and decisions with a number of their own."""

import pytest
from support.fakes import log, small_world

from cli.terminal import Terminal, ready


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A folder that was synced once."""
    world = small_world()
    log(world, "e0")
    terminal = ready(tmp_path_factory.mktemp("synced"), world)
    assert terminal("sync", "run", "--yes").exit == 0
    return terminal


def test_why_marks_each_condition_as_the_rule_has_it(synced: Terminal) -> None:
    """R-223: an alternative that does not hold is not told as if it did."""
    printed = synced("records", "why", "time_entry:e0").out
    lines = [line.split() for line in printed.splitlines()]
    assert ["✓", "record.minutes", "60", "is", "more", "than", "0"] in lines
    assert ["✗", "record.approval", "approved", "is", "pending"] in lines
    found = synced.data("records", "why", "time_entry:e0")["decisions"]
    fetched = next(d for d in found if d["decision"] == "record.fetch")
    said = {(e["path"], e["test"]): e["holds"] for e in fetched["evidence"]}
    assert said["record.approval", "is approved"] == "yes"
    assert said["record.approval", "is pending"] == "no"


def test_decisions_that_are_kept_in_one_row_do_not_share_a_number(synced: Terminal) -> None:
    """R-223."""
    found = synced.data("records", "why", "time_entry:e0")["decisions"]
    numbers = [d["id"] for d in found if d["id"] is not None]
    assert len(set(numbers)) == len(numbers)
    led = [d for d in found if d["id"] is None]
    assert {d["kept_with"] for d in led} <= {*numbers}
    assert "record.fetch" in {d["decision"] for d in led}
    printed = synced("records", "why", "time_entry:e0").out
    for number in numbers:
        assert printed.count(f"(decision {number})") == 1
    assert f"(no number of its own; it led to decision {led[0]['kept_with']})" in printed
