"""What a list answers to --where, --sort, --limit and --columns."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tallystick.cli.tables import chosen, hours, many
from tallystick.errors import ConfigError

NAMES = ("run", "state", "ok")
ROWS = [(2, "done", True), (10, "failed", False), (1, None, True)]


def ask(**options: Any) -> list[dict[str, Any]]:
    """The rows with these options."""
    asked = {"where": (), "sort": None, "limit": 50, "columns": None, **options}
    return chosen(NAMES, ROWS, **asked)


def test_numbers_sort_by_size_and_not_by_letters() -> None:
    assert [r["run"] for r in ask(sort="run")] == [1, 2, 10]
    assert [r["run"] for r in ask(sort="-run")] == [10, 2, 1]


def test_nothing_sorts_first() -> None:
    assert [r["state"] for r in ask(sort="state")] == [None, "done", "failed"]


def test_numbers_within_words_sort_by_size() -> None:
    options: dict[str, Any] = {"where": (), "sort": "error", "limit": 9, "columns": None}
    rows = chosen(("error",), [("E-10",), ("E-9",)], **options)
    assert [r["error"] for r in rows] == ["E-9", "E-10"]


@pytest.mark.parametrize("condition", ["ok=yes", "ok=True", "ok=true"])
def test_a_condition_is_written_as_people_or_programs_write_it(condition: str) -> None:
    assert [r["run"] for r in ask(where=(condition,))] == [2, 1]


def test_conditions_hold_together_and_may_name_a_column_that_is_not_shown() -> None:
    assert ask(where=("ok=yes", "state=done"), columns="run") == [{"run": 2}]


def test_the_limit_cuts_after_sorting() -> None:
    assert ask(sort="run", limit=1, columns="run") == [{"run": 1}]


def test_a_value_may_hold_an_equals_sign() -> None:
    assert ask(where=("state=a=b",)) == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"where": ("state",)}, "CFG-06"),
        ({"where": ("=done",)}, "CFG-06"),
        ({"where": ("stat=done",)}, "CFG-12"),
        ({"sort": "-stat"}, "CFG-12"),
        ({"columns": "run,stat"}, "CFG-12"),
    ],
)
def test_what_is_no_condition_or_no_column_is_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        ask(**options)
    assert refused.value.code == code
    assert refused.value.fix


def test_an_unknown_column_is_refused_in_an_empty_list_too() -> None:
    options: dict[str, Any] = {"where": ("stat=x",), "sort": None, "limit": 9, "columns": None}
    with pytest.raises(ConfigError):
        chosen(NAMES, [], **options)


def test_minutes_are_shown_as_hours() -> None:
    assert (hours(1110), hours(5)) == ("18 h 30 min", "0 h 05 min")


def test_a_noun_agrees_with_its_number() -> None:
    assert (many(1, "entry", "entries"), many(2, "entry", "entries")) == ("1 entry", "2 entries")


def test_instants_sort_by_time() -> None:
    early, late = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    options: dict[str, Any] = {"where": (), "sort": "at", "limit": 9, "columns": None}
    assert chosen(("at",), [(late,), (early,)], **options)[0] == {"at": early}
