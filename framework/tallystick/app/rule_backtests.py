"""Backtests that were seen, kept in the project folder until their rules are promoted."""

from pathlib import Path
from typing import Any

from tallystick.app.remembered import recall, remember

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
        remember(self._path, dict(list(kept.items())[-_KEPT_MAX:]))

    def of(self, file: str, hash: str) -> Report | None:
        """What was seen of these rules of a file; an edited file has not been seen."""
        report = self._all().get(file)
        return report if report is not None and report.get("hash") == hash else None

    def _all(self) -> dict[str, Report]:
        found = recall(self._path)
        if not isinstance(found, dict):
            return {}
        return {str(n): r for n, r in found.items() if isinstance(r, dict)}
