"""Checking rule files: everything that is wrong, each with its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tallystick.decide import Pack, RuleSource, load_policies, parse_source
from tallystick.errors import RuleFileError, Where
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint

POLICIES = "tallystick: policies/"
_HEAD_LINES = 40


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake in a rule file; line and column count from 1."""

    code: str
    file: str
    line: int | None
    column: int | None
    message: str
    fix: str | None
    source: str = ""
    """The line of text the mistake stands on."""


def check(
    sources: Iterable[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
) -> list[Diagnostic]:
    """Mistakes of rule files; each is checked on its own, then whether two take one decision."""
    found: list[Diagnostic] = []
    taken: list[Pack] = []
    for source in sources:
        try:
            for pack in _packs(source, types, points):
                _once(pack, taken)
        except RuleFileError as error:
            found.append(diagnostic(source, error))
    return found


def _packs(
    source: RuleSource, types: Mapping[str, RecordType], points: Sequence[DecisionPoint]
) -> Sequence[Pack]:
    if any(line.startswith(POLICIES) for line in source.text.splitlines()[:_HEAD_LINES]):
        load_policies(source.text, source.name)
        return ()
    return parse_source(source, types, points)


def _once(pack: Pack, taken: list[Pack]) -> None:
    """Refuse a second file of one origin where it is not clear which decides a record."""
    if pack.state != "enforce":
        return
    for other in taken:
        one, two = pack.applies_to, other.applies_to
        if (other.origin, other.decision) != (pack.origin, pack.decision) or not one.meets(two):
            continue
        if one == two or not (one.within(two) or two.within(one)):
            raise RuleFileError(
                f"{pack.decision} is decided by {other.file}:{other.line} already.",
                code="RUL-07",
                where=Where(pack.file, pack.line, 1),
                fix="Keep one of them, narrow them with applies_to, or make one a draft.",
            )
    taken.append(pack)


def diagnostic(source: RuleSource, error: RuleFileError) -> Diagnostic:
    """An error about a rule file, with the line of text it stands on."""
    where = error.where
    line = where.line if where else None
    lines = source.text.splitlines()
    text = lines[line - 1] if line is not None and 0 < line <= len(lines) else ""
    return Diagnostic(
        error.code,
        where.file if where else source.name,
        line,
        where.column if where else None,
        error.message,
        error.fix,
        text,
    )
