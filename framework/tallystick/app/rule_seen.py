"""Backtests that were seen, kept in the project folder until their rules are promoted."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

_FILE = "backtests.json"
_KEPT_MAX = 20
Report = dict[str, Any]


class SeenBacktests:
    """The newest backtest of each file. Losing it costs nothing but running one again."""

    def __init__(self, home: Path) -> None:
        self._path = home / ".tallystick" / _FILE

    def keep(self, file: str, report: Report) -> None:
        """Remember what was shown of a file; the oldest is dropped beyond twenty."""
        kept = {n: r for n, r in self._all().items() if n != file}
        kept[file] = report
        named = dict(list(kept.items())[-_KEPT_MAX:])
        if not self._path.parent.is_dir():
            return
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".backtests")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(named, stream)
            Path(name).replace(self._path)

    def of(self, file: str, hash: str) -> Report | None:
        """What was seen of these rules of a file; an edited file has not been seen."""
        report = self._all().get(file)
        return report if report is not None and report.get("hash") == hash else None

    def _all(self) -> dict[str, Report]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(n): r for n, r in found.items() if isinstance(r, dict)}
