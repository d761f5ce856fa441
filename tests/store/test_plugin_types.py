"""Record types of plugins get tables of their own, on both databases, and these only grow."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest
from tallystick.model.record import RecordKey
from tallystick.records.base import Record, column, instant
from tallystick.store import Store
from tallystick.store.database import PLUGIN_TABLES, table, tables


class Box(Record):
    """A box, as the first version of a plugin knows it."""

    type_name: ClassVar[str] = "acme/box"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"name_key": ("name", "name")}

    name: str | None = column("Name.", index=True)
    name_key: str = column("Folded.", default="")
    packed_at: datetime | None = instant("When.")
    packed_on: date | None = column("Day.")
    weight: int | None = column("Grams.")
    cents: int | None = column("Worth.", kind="minor")
    fragile: bool | None = column("Breaks.")
    labels: list[str] = column("Words.", kind="list")


class Wider(Box):
    """The same box with a column more."""

    type_name: ClassVar[str] = "acme/box"

    colour: str | None = column("Colour.", index=True)


class Other(Record):
    """The same name with another type of column."""

    type_name: ClassVar[str] = "acme/box"

    weight: str | None = column("Pounds.")


ROW: dict[str, Any] = {
    "external_id": "b1",
    "name": " ACME  Box",
    "packed_at": datetime(2026, 7, 2, 4, 30, tzinfo=UTC),
    "packed_on": date(2026, 7, 2),
    "weight": 12,
    "cents": 2**40,
    "fragile": True,
    "labels": ["up"],
}


@pytest.fixture(autouse=True)
def _forget() -> Any:
    yield
    PLUGIN_TABLES.clear()


def test_a_row_of_a_plugins_type_comes_back_as_it_was(store: Store) -> None:
    assert store.add_types([Box]) == {}
    saved = store.records.upsert("c", "acme/box", [ROW], run_id=1)
    assert (saved.new, saved.malformed) == (1, ())
    row = store.records.get(RecordKey("c", "acme/box", "b1")) or {}
    assert {n: row[n] for n in ROW} == ROW
    assert row["name_key"] == "acme box"
    assert store.records.upsert("c", "acme/box", [ROW], run_id=2).same == 1
    assert store.records.ids("c", "acme/box", {"weight": [12]}) == ["b1"]


def test_a_value_of_another_type_is_quarantined_and_the_others_are_stored(store: Store) -> None:
    store.add_types([Box])
    rows = [{**ROW, "weight": "heavy"}, {**ROW, "external_id": "b2"}]
    saved = store.records.upsert("c", "acme/box", rows, run_id=1)
    assert (saved.ids, [m.external_id for m in saved.malformed]) == (("b2",), ["b1"])


def test_a_type_that_grew_keeps_its_rows_and_gets_its_column(
    store: Store, reopen: Callable[[], Store]
) -> None:
    store.add_types([Box])
    store.records.upsert("c", "acme/box", [ROW], run_id=1)
    later = reopen()
    assert later.add_types([Wider]) == {}
    later.records.upsert("c", "acme/box", [{**ROW, "external_id": "b2", "colour": "red"}], run_id=2)
    rows = {r["external_id"]: r["colour"] for r in later.records.scan("c", "acme/box")}
    assert rows == {"b1": None, "b2": "red"}


def test_an_older_version_of_a_plugin_still_works_on_a_table_that_grew(store: Store) -> None:
    store.add_types([Wider])
    assert store.add_types([Box]) == {}
    store.records.upsert("c", "acme/box", [ROW], run_id=1)
    assert store.records.count("c", "acme/box") == 1


def test_a_column_of_another_type_is_refused_and_nothing_is_changed(store: Store) -> None:
    store.add_types([Box])
    store.records.upsert("c", "acme/box", [ROW], run_id=1)
    assert store.add_types([Other]) == {
        "acme/box": "weight is stored as INTEGER and is now VARCHAR"
    }
    store.add_types([Box])
    assert store.records.count("c", "acme/box") == 1


def test_tables_of_plugins_are_none_of_the_hosts(store: Store) -> None:
    store.add_types([Box])
    assert table("plugin__acme__box").name not in tables().tables
