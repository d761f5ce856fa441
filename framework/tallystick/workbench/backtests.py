"""What `rules backtest` calls: a file, or every draft and shadow, against what was decided."""

from datetime import datetime

from tallystick.app.plain import plain
from tallystick.app.rule_backtests import SeenBacktests
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError
from tallystick.workbench.backtest_replay import Books, Replay
from tallystick.workbench.backtest_results import Backtest
from tallystick.workbench.versions import (
    LIVE,
    STORED,
    Version,
    as_in_force,
    in_force,
    other_text,
    packs_in,
    version_of,
)


def backtest(
    ws: Workspace,
    subject: str | None = None,
    *,
    against: str = STORED,
    since: datetime | None = None,
) -> tuple[Backtest, ...]:
    """Stored decisions under a rule file, one answer for each decision it takes.

    Without a file, every draft and shadow of the project. `against` is `stored` (what was
    decided), `live` (what the rules in force say now), a file, or the hash of a version that was
    replaced. What was seen is remembered: promoting asks for it.
    """
    if subject is not None:
        return _of(ws, subject, against, since)
    files = dict.fromkeys(p.file for p in ws.rules.book().beside)
    if not files:
        raise ConfigError(
            "There is no draft and no shadow to replay.",
            code="CFG-14",
            fix="Name a rule file, or make one: tallystick rules draft FILE",
        )
    return tuple(b for file in files for b in _of(ws, file, against, since))


def _of(ws: Workspace, subject: str, against: str, since: datetime | None) -> tuple[Backtest, ...]:
    version = version_of(ws, subject, against)
    books = _books(ws, version)
    try:
        found = tuple(
            Replay(ws, pack, books).run(version, since)
            for pack in packs_in(books.after, ws, version)
        )
    finally:
        books.close()
    if since is None and against == STORED:
        report = {"hash": version.hash, "against_hash": version.against_hash}
        SeenBacktests(ws.home).keep(version.file, {**report, "results": plain(found)})
    return found


def _books(ws: Workspace, version: Version) -> Books:
    live = in_force(ws)
    before = None
    if version.against == LIVE:
        before = live
    elif version.against != STORED:
        before = as_in_force(ws, *other_text(ws, version.against))
    return Books(as_in_force(ws, version.file, version.text), before, live)


def seen(ws: Workspace, subject: str) -> list[dict[str, object]]:
    """The backtest of a file that was run last, if its rules and those in force are the same."""
    version = version_of(ws, subject, STORED)
    report = SeenBacktests(ws.home).of(version.file, version.hash)
    if report is None or report.get("against_hash") != version.against_hash:
        return []
    results: list[dict[str, object]] = report["results"]
    return results
