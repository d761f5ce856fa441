"""Checking rule files: everything that is wrong, each with its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tallystick.decide import RuleSource, parse_source
from tallystick.errors import RuleFileError
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint


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
    """Mistakes of rule files; each file is checked on its own."""
    found = []
    for source in sources:
        try:
            parse_source(source, types, points)
        except RuleFileError as error:
            found.append(_diagnostic(source, error))
    return found


def _diagnostic(source: RuleSource, error: RuleFileError) -> Diagnostic:
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
