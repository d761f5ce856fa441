"""What is missing from a list is deleted only when two complete lists agree (R-039, R-060)."""

import pytest
from read.lists import Reading
from tallystick.errors import Unreachable
from tallystick.store import Brake


def test_a_record_is_deleted_only_after_two_complete_lists(reading: Reading) -> None:
    """R-039: one list may have been moving while it was read."""
    reading()
    reading.next_run("1", "2", "3", "4")
    assert reading().deleted == 0
    assert reading.stored()["5"]["deleted_at"] is None
    reading.next_run("1", "2", "3", "4")
    assert reading().deleted == 1
    assert reading.stored()["5"]["deleted_at"] == reading.clock.now()


def test_a_record_that_comes_back_was_never_deleted(reading: Reading) -> None:
    """R-039: missing once, then there, then missing once."""
    reading()
    for ids in ("1234", "12345", "1234"):
        reading.next_run(*ids)
        assert reading().deleted == 0
    assert reading.stored()["5"]["deleted_at"] is None


def test_a_list_that_broke_off_deletes_nothing(reading: Reading) -> None:
    """R-040: only a list read to its end counts."""
    reading()
    reading.connector.fails_at = 5
    for _ in range(3):
        reading.next_run("1", "2", "3", "4")
        reading.connector.fails_at = 2
        with pytest.raises(Unreachable):
            reading()
    assert reading.stored()["5"]["deleted_at"] is None


def test_too_many_deletions_are_doubted(reading: Reading) -> None:
    """R-060, P-33: they stay until a person believes them."""
    reading()
    for _ in range(2):
        reading.next_run("1", "2", "3", "4")
        result = reading(brake=lambda: Brake(10, 5))
    assert (result.deleted, result.doubted) == (0, 1)
    reading.next_run("1", "2", "3", "4")
    assert reading(brake=lambda: Brake(10, 20)).deleted == 1
