"""What is said about a rule file: code, place, words, and a record that shows it."""

from dataclasses import dataclass

from tallystick.app.plain import fix_of
from tallystick.decide import RuleSource
from tallystick.decide.yamlnodes import Mark
from tallystick.errors import RuleFileError


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding in a rule file; line and column count from 1.

    A `mistake` keeps a file from being sound, a `note` is for a person to know. `record` is what
    a record has, beyond the file's base, that shows it: as `given` of a test.
    """

    code: str
    file: str
    line: int | None
    column: int | None
    message: str
    fix: str | None
    source: str = ""
    """The line of text the mistake stands on."""
    kind: str = "mistake"
    record: str | None = None
    owned: bool = True
    """The file is the project's, or was named; a note on another is nobody's here to mend."""


def at(
    source: RuleSource,
    mark: Mark,
    said: tuple[str, str, str],
    *,
    kind: str = "mistake",
    record: str | None = None,
) -> Diagnostic:
    """A finding at a place: its code, message and remedy."""
    code, message, fix = said
    text = line_of(source, mark.line)
    return Diagnostic(code, source.name, mark.line, mark.column, message, fix, text, kind, record)


def diagnostic(source: RuleSource, error: RuleFileError) -> Diagnostic:
    """An error about a rule file, with the line of text it stands on."""
    where = error.where
    line = where.line if where else None
    return Diagnostic(
        error.code,
        where.file if where else source.name,
        line,
        where.column if where else None,
        error.message,
        fix_of(error),
        line_of(source, line),
    )


def line_of(source: RuleSource, number: int | None) -> str:
    """A line of a rule file; "" for a number that it has not."""
    lines = source.text.splitlines()
    return lines[number - 1] if number is not None and 0 < number <= len(lines) else ""
