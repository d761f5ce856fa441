"""Hypothesis strategies made from the catalogue and the rules: records, worlds, decisions.

Values lean towards what rules can tell apart: the literals they name, the next values on both
sides, null, and fields that were not fetched.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tallystick.app.plugin_rules import installed_sources
from tallystick.app.rules import points_of, types_of
from tallystick.decide import Pack, RuleSource, load_rulebook
from tallystick.decide.diagram import Diagram, cells, diagram, draw, subject_at
from tallystick.errors import RuleFileError
from tallystick.model.catalogue import FieldType
from tallystick.resources import default_rules
from tallystick.testing.simulated import CUTOFF
from tallystick.testing.steps import Step
from tallystick.workbench.subjects import values_by_field

_ABSENT = object()
_DAYS = (-1, 0, 1, -30, 30)


class _Numbers:
    """Draws for the diagram, made by Hypothesis, so that it can shrink them."""

    def __init__(self, data: st.DrawFn) -> None:
        self._draw = data

    def randrange(self, start: int, /) -> int:
        """A number from 0 and below `start`."""
        return self._draw(st.integers(0, start - 1))


@cache
def _shipped() -> tuple[Pack, ...]:
    texts = [(f, f.read_text(encoding="utf-8")) for f in sorted(default_rules().glob("*.yaml"))]
    rules = [
        RuleSource(f.name, text, "shipped")
        for f, text in texts
        if any(line.startswith("tallystick: rules/") for line in text.splitlines()[:40])
    ]
    known = [*installed_sources(), *rules]
    return tuple(load_rulebook(known, types_of(None), points_of(None)).packs.values())


@cache
def _literals(field: str) -> tuple[Any, ...]:
    """What the shipped rules compare a field of that name with, and the next values."""
    found: dict[Any, None] = {}
    for pack in _shipped():
        for path, values in values_by_field(pack).items():
            if path.rpartition(".")[2] == field:
                found |= dict.fromkeys(v for v in values if v.__hash__ is not None)
    return tuple(found)


def values(kind: FieldType) -> st.SearchStrategy[Any]:
    """Values of one field; those that rules name are as likely as all others."""
    named = [v for v in _literals(kind.name) if _of_type(v, kind.type)]
    usual = _usual(kind)
    members = [st.sampled_from([*named, *kind.values])] if named or kind.values else []
    if kind.nullable:
        members.append(st.none())
    return st.one_of(*members, usual)


def _of_type(value: Any, type_: str) -> bool:
    types: dict[str, type] = {"text": str, "boolean": bool, "date": date, "decimal": Decimal}
    if type_ == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return type_ in types and type(value) is types[type_]


def _usual(kind: FieldType) -> st.SearchStrategy[Any]:
    if kind.type == "boolean":
        return st.booleans()
    if kind.type == "integer":
        return st.integers(0 if kind.least is None else kind.least, kind.most or 100_000)
    if kind.type == "decimal":
        return st.decimals("0", "9999.9999", places=4)
    if kind.type == "date":
        near = st.sampled_from([CUTOFF + timedelta(n) for n in _DAYS])
        return near | st.dates(date(2020, 1, 1), date(2032, 12, 31))
    if kind.type == "instant":
        return st.datetimes(datetime(2020, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
    if kind.type == "list":
        return st.lists(st.text(max_size=8), max_size=3)
    if kind.type == "object":
        return st.just({})
    return st.text(max_size=20)


@st.composite
def records(draw_: st.DrawFn, /, type: str, **fixed: Any) -> dict[str, Any]:
    """Rows of a record type of the catalogue; `fixed` fields keep their values.

    A field that is absent was not fetched. Raises KeyError for a type that does not exist.
    """
    row: dict[str, Any] = {}
    for name, kind in types_of(None)[type].fields.items():
        if name in fixed:
            row[name] = fixed[name]
            continue
        value = draw_(values(kind) | st.just(_ABSENT))
        if value is not _ABSENT:
            row[name] = value
    return row


def _pack(decision: str) -> Pack:
    for pack in _shipped():
        if pack.decision == decision:
            return pack
    raise RuleFileError(f"No rule file takes the decision {decision}.", code="RUL-07")


@cache
def _whole(decision: str) -> Diagram:
    pack = _pack(decision)
    return diagram(pack, absent=True, space=cells(pack))


@st.composite
def decisions(draw_: st.DrawFn, /, decision: str, pack: Pack | None = None) -> Mapping[str, Any]:
    """Whole subjects of a decision, `params` included, by the file in force or another one.

    Every answer that the rules can give is as likely; then any way to it.
    """
    found = _whole(decision) if pack is None else diagram(pack, absent=True)
    numbers = _Numbers(draw_)
    if draw_(st.booleans()):
        return draw(found, numbers).subject
    path = [numbers.randrange(len(g.cells)) for g in found.space.groups]
    return subject_at(found.space, path, numbers)


@st.composite
def worlds(draw_: st.DrawFn, /, logs: int = 5) -> tuple[Step, ...]:
    """Steps that fill an office with work around the cutoff: up to so many logs."""
    return tuple(
        Step(
            "log",
            {
                "day": (CUTOFF + timedelta(draw_(st.sampled_from(_DAYS[:3])))).isoformat(),
                "minutes": draw_(st.sampled_from([60, 1, 1440]) | st.integers(1, 1440)),
                "billable": draw_(st.booleans()),
                "approval": draw_(st.sampled_from(["approved", "pending", "rejected"])),
            },
        )
        for _ in range(draw_(st.integers(0, logs)))
    )
