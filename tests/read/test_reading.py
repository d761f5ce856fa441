"""Pages into records, resumed where reading stopped (R-037...R-040)."""

import pytest
from read.lists import PER_PROJECT, SINCE, Lists, Reading
from tallystick.errors import RemoteError, Unreachable
from tallystick.model.record import Cursor, Malformed, Page
from tallystick.read import ReadResult


def test_a_list_is_read_to_its_end(reading: Reading) -> None:
    """R-037: what was read is counted, and told as it goes."""
    heard: list[int] = []
    result = reading(progress=heard.append)
    assert (result.rows, result.changed, result.pages, result.finished) == (5, 5, 3, True)
    assert heard == [2, 4, 5]
    assert list(reading.stored()) == ["1", "2", "3", "4", "5"]


def test_a_run_that_was_interrupted_goes_on_at_the_first_page_not_stored(reading: Reading) -> None:
    """R-040, I5."""
    reading.connector.fails_at = 2
    with pytest.raises(Unreachable):
        reading()
    assert list(reading.stored()) == ["1", "2"]
    reading.connector.fails_at = None
    reading.connector.asked.clear()
    result = reading()
    assert reading.connector.asked == [(None, "2"), (None, "4")]
    assert (result.rows, result.pages) == (5, 3)


def test_a_step_of_few_pages_says_that_there_is_more(reading: Reading) -> None:
    """A durable step reads a few pages; the next goes on behind them."""
    first = reading(pages_max=2)
    assert (first.rows, first.finished) == (4, False)
    assert reading(pages_max=2).finished
    assert reading.connector.asked == [(None, ""), (None, "2"), (None, "4")]


def test_a_list_that_was_read_in_this_run_is_not_read_again(reading: Reading) -> None:
    """R-040: a step that runs again finds it done."""
    reading()
    result = reading()
    assert (result.rows, result.pages, result.changed) == (5, 3, 0)
    assert len(reading.connector.asked) == 3


def test_a_new_run_begins_at_the_beginning(reading: Reading) -> None:
    """R-039: and finds nothing changed."""
    reading()
    reading.next_run("1", "2", "3", "4", "5")
    assert reading().changed == 0
    assert reading.connector.asked[0] == (None, "")


def test_the_same_page_twice_ends_the_reading(reading: Reading) -> None:
    """DATA-01: a service that never ends."""
    reading.connector.stuck = True
    with pytest.raises(RemoteError) as error:
        reading()
    assert error.value.code == "DATA-01"
    assert len(reading.connector.asked) == 2


def test_an_empty_list_is_complete(reading: Reading) -> None:
    """Nothing is the same page twice of nothing."""
    reading.connector.lists[None] = []
    assert reading() == ReadResult(pages=1)


def test_the_watermark_moves_at_the_end_only(reading: Reading) -> None:
    """R-040: to the instant the reading began, so that nothing between is missed."""
    began = reading.clock.now()
    reading.connector.fails_at = 3
    with pytest.raises(Unreachable):
        reading(SINCE)
    saved = reading.store.cursors.get("portal", "task")
    assert saved is not None
    assert (saved.watermark, saved.finished_at) == (None, None)
    reading.clock.advance(minutes=5)
    reading.connector.fails_at = None
    reading(SINCE)
    saved = reading.store.cursors.get("portal", "task")
    assert saved is not None
    assert saved.watermark == began
    assert saved.finished_at == reading.clock.now()


def test_a_later_run_asks_for_what_changed_since_and_deletes_nothing(reading: Reading) -> None:
    """R-039: an incomplete list says nothing about what is missing."""
    reading(SINCE)
    began = reading.clock.now()
    for _ in range(3):
        reading.next_run("5")
        reading(SINCE, full=False)
    assert reading.connector.since[-1] == began
    assert all(r["deleted_at"] is None for r in reading.stored().values())


def test_a_type_that_cannot_be_filtered_is_always_read_whole(reading: Reading) -> None:
    """A full list every time."""
    reading()
    reading.next_run("1", "2", "3", "4", "5")
    reading(full=False)
    assert reading.connector.since[-1] is None


def test_a_malformed_row_is_set_aside_and_the_page_goes_on(reading: Reading) -> None:
    """R-220: it is not missing either, so it is not deleted."""
    reading()
    for _ in range(2):
        reading.next_run("1", "2", "3", "4")
        reading.connector.malformed = (Malformed("5", "no name", "name"),)
        result = reading()
    assert {m.external_id for m in result.malformed} == {"5"}
    assert result.rows == 4
    assert reading.stored()["5"]["deleted_at"] is None


def test_a_row_that_cannot_be_stored_is_set_aside_too(reading: Reading) -> None:
    """R-220: found when it is stored, not when it is mapped."""
    original = reading.connector.read

    class Wrong(Lists):
        def read(self, type: str, cursor: Cursor) -> Page:
            page = original(type, cursor)
            for row in page.rows:
                if row["external_id"] == "2":
                    row["completed"] = "perhaps"
            return page

    reading.connector = Wrong(reading.connector.lists)
    result = reading()
    assert [m.external_id for m in result.malformed] == ["2"]
    assert sorted(reading.stored()) == ["1", "3", "4", "5"]


def test_lists_per_parent_are_read_one_after_the_other(reading: Reading) -> None:
    """Each project of the store has its own list."""
    projects = [{"external_id": p} for p in ("p1", "p2", "p3")]
    reading.store.records.upsert("portal", "project", projects, run_id=1)
    reading.connector = Lists({"p1": ["1", "2", "3"], "p2": [], "p3": ["4"]})
    assert reading(PER_PROJECT).rows == 4
    assert reading.connector.asked == [("p1", ""), ("p1", "2"), ("p2", ""), ("p3", "")]
    assert reading.stored()["4"]["project_id"] == "p3"


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_a_run_interrupted_between_parents_repeats_no_list_that_was_finished(
    reading: Reading, fails_at: int
) -> None:
    """R-040: whatever page it was cut at."""
    projects = [{"external_id": p} for p in ("p1", "p2", "p3")]
    reading.store.records.upsert("portal", "project", projects, run_id=1)
    reading.connector = Lists({"p1": ["1", "2", "3"], "p2": [], "p3": ["4"]}, fails_at=fails_at)
    with pytest.raises(Unreachable):
        reading(PER_PROJECT)
    done = reading.connector.asked[:-1]
    reading.connector.fails_at = None
    reading.connector.asked.clear()
    assert reading(PER_PROJECT).rows == 4
    assert not set(done) & set(reading.connector.asked)
    assert sorted(reading.stored()) == ["1", "2", "3", "4"]


def test_two_equal_first_pages_of_two_parents_are_no_repetition(reading: Reading) -> None:
    """DATA-01 is about one list."""
    projects = [{"external_id": p} for p in ("p1", "p2")]
    reading.store.records.upsert("portal", "project", projects, run_id=1)
    reading.connector = Lists({"p1": ["1"], "p2": ["1"]})
    assert reading(PER_PROJECT).pages == 2
