"""What is said about a rule file: code, place, words, and a record that shows it."""

from dataclasses import dataclass

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


def at(
    source: RuleSource,
    mark: Mark,
    said: tuple[str, str, str],
    *,
    kind: str = "mistake",
    record: str | None = None,
) -> Diagnostic:
    """A finding at a place: its code, message and remedy."""
    lines = source.text.splitlines()
    text = lines[mark.line - 1] if mark.line <= len(lines) else ""
    code, message, fix = said
    return Diagnostic(code, source.name, mark.line, mark.column, message, fix, text, kind, record)


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
