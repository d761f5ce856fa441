"""Which rule files were tried by both matchers, kept so that each is tried once."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from tallystick.app.remembered import recall, remember
from tallystick.decide import Pack, Rulebook
from tallystick.errors import RuleFileError, Where

_FILE = "proved.json"
_KEPT_MAX = 500
_ENGINES = ("durable-rules", "tallystick")
_here: set[str] = set()
"""What this process has tried; a file is the same wherever it lies."""


class Proofs:
    """Files on which engine and reference agree, by content and by the engine's version.

    Losing it costs a second, so a file that cannot be read or written is left.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def demand(self, book: Rulebook) -> None:
        """Try the files in force that were not tried yet.

        Raises `RuleFileError` RUL-21 with the place for one on which the matchers differ.
        """
        packs = {_name(pack): pack for pack in book.packs.values()}
        fresh = {n: p for n, p in packs.items() if n not in _here}
        if not fresh:
            return
        kept = self._kept()
        for name, pack in fresh.items():
            if name not in kept:
                _prove(book, pack)
        _here.update(fresh)
        if any(name not in kept for name in fresh):
            names = [*(n for n in kept if n not in fresh), *fresh]
            remember(self._path, names[-_KEPT_MAX:])

    def _kept(self) -> list[str]:
        found = recall(self._path)
        return [n for n in found if isinstance(n, str)] if isinstance(found, list) else []


def _prove(book: Rulebook, pack: Pack) -> None:
    # most starts find all files tried, and need nothing of it
    from tallystick.decide.selfcheck import disagreement  # noqa: PLC0415

    found = disagreement(book.ready(pack))
    if found is None:
        return
    record = json.dumps(found, default=str, sort_keys=True)
    raise RuleFileError(
        f"The two matchers of {pack.decision} differ, so the file decides nothing: {record}",
        code="RUL-21",
        where=Where(pack.file, pack.line, 1),
        fix="Report the rule file and the record; until then use the former file.",
    )


def _name(pack: Pack) -> str:
    """A pack's content, the types it is checked against, and the versions that decide."""
    versions = [f"{name} {version(name)}" for name in _ENGINES]
    parts = repr((pack.hash, versions, pack.types))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]
