"""The product's codes: never re-used, never renumbered; texts may change (R-222)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tallystick.model.codes_data import TEXT


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code: severity B blocks the record and all under it, H holds it, W warns, S stops."""

    code: str
    severity: str
    title: str
    cause: str
    fix: str
    cascade: str = ""
    see_also: tuple[str, ...] = ()


def _entry(line: str) -> CodeEntry:
    code, severity, title, cause, fix, *rest = line.split(" | ")
    cascade = rest[0] if rest else ""
    also = tuple(rest[1].split()) if len(rest) > 1 else ()
    return CodeEntry(code, severity, title, cause, fix, cascade, also)


CODES: Mapping[str, CodeEntry] = {e.code: e for e in map(_entry, TEXT.splitlines())}
