"""Checks of everything a run needs, each with what to do about it."""

from collections.abc import Iterator
from pathlib import Path

from tallystick.app.actions import resolve
from tallystick.app.results import CheckLine
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.errors import TallystickError

_SKEW_SECONDS = 60


def doctor(
    home: Path, *, offline: bool = False, around: Surroundings | None = None
) -> tuple[CheckLine, ...]:
    """Check configuration, store, plugins, rules and, unless offline, the connections."""
    try:
        ws = open_workspace(home, around)
    except TallystickError as error:
        return (_failed("project", error),)
    with ws:
        return tuple(_checks(ws, offline=offline))


def _failed(what: str, error: TallystickError) -> CheckLine:
    return CheckLine("fail", what, error.message, error.code, error.fix)


def _checks(ws: Workspace, *, offline: bool) -> Iterator[CheckLine]:
    info = ws.store.info()
    yield CheckLine(
        "ok" if info.sound else "fail",
        "store",
        f"{info.dialect}, schema {info.version}, {info.integrity}",
        None if info.sound else "STO-07",
        None if info.sound else "Restore a backup, then run `tallystick sync run`.",
    )
    for problem in ws.host.problems:
        yield CheckLine("warn", "plugin", problem.message, problem.code, problem.fix)
    yield _rules(ws)
    for connection in ws.config.connections.values():
        try:
            info_ = ws.host.connector(connection.system)
        except TallystickError as error:
            yield _failed(connection.id, error)
            continue
        yield CheckLine("ok", "plugin", f"{info_.name} {info_.version} ({info_.distribution})")
        if not offline:
            yield from _connection(ws, connection.id)


def _rules(ws: Workspace) -> CheckLine:
    try:
        results = resolve("rules.test")(ws)
    except TallystickError as error:
        return _failed("rules", error)
    wrong = [r for r in results if not r.passed]
    packs = ws.rules.book().packs
    counts = f"{len(packs)} decisions, {len(results)} tests"
    if wrong:
        return CheckLine(
            "fail", "rules", f"{counts}, {len(wrong)} fail", "RUL-09", "tallystick rules test"
        )
    return CheckLine("ok", "rules", f"{counts} pass")


def _connection(ws: Workspace, connection_id: str) -> Iterator[CheckLine]:
    try:
        health = ws.quick(connection_id).check()
    except TallystickError as error:
        yield _failed(connection_id, error)
        return
    level = "ok" if health.ok else "fail"
    yield CheckLine(level, connection_id, health.message, health.code, health.fix)
    skew = health.skew_seconds
    if skew is not None and abs(skew) > _SKEW_SECONDS:
        yield CheckLine(
            "warn",
            "clock",
            f"this machine is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} "
            f"{connection_id}: cutoff decisions near midnight may differ",
            "CFG-15",
            "Set this machine's clock.",
        )
