"""What shadow files would have decided otherwise, kept between processes in the project folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tallystick.app.remembered import recall, remember

_FILE = "shadows.json"
_REPORTS_MAX = 20
_KINDS_MAX = 200
_EXAMPLES_MAX = 3
_COUNTS = ("asked", "failed", "differing")
Report = dict[str, Any]


class ShadowStore:
    """Reports by file and content; an edited file starts anew. At most twenty are kept.

    Losing it costs nothing but the counts, so a file that cannot be read or written is left.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def reports(self, fresh: Sequence[Report]) -> list[Report]:
        """The kept reports with the fresh ones added."""
        found: dict[tuple[str, str], Report] = {}
        for report in (*self._kept(), *fresh):
            key = (str(report["file"]), str(report["hash"]))
            found[key] = _merged(found[key], report) if key in found else report
        return list(found.values())[-_REPORTS_MAX:]

    def keep(self, fresh: Sequence[Report]) -> None:
        """Add reports to the kept ones; only in a project folder that is in use."""
        asked = [r for r in fresh if r["asked"] or r["failed"]]
        if asked:
            remember(self._path, self.reports(asked))

    def _kept(self) -> list[Report]:
        found = recall(self._path)
        if not isinstance(found, list):
            return []
        keys = {"file", "hash", "differences", *_COUNTS}
        return [r for r in found if isinstance(r, dict) and keys <= r.keys()]


def _merged(one: Report, other: Report) -> Report:
    kinds: dict[str, Report] = {}
    for kind in (*one["differences"], *other["differences"]):
        name = json.dumps([kind["live"], kind["shadow"]], sort_keys=True)
        known = kinds.get(name)
        if known is None:
            kinds[name] = dict(kind)
        else:
            known["count"] += kind["count"]
            both = dict.fromkeys([*known["examples"], *kind["examples"]])
            known["examples"] = list(both)[:_EXAMPLES_MAX]
    ordered = sorted(kinds.values(), key=lambda k: -k["count"])[:_KINDS_MAX]
    counts = {name: one[name] + other[name] for name in _COUNTS}
    return {**other, **counts, "differences": ordered}
