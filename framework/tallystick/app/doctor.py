"""Checks of everything a run needs, each with what to do about it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tallystick.app import guards
from tallystick.app.actions import resolve
from tallystick.app.integrations import record
from tallystick.app.plain import fix_of
from tallystick.app.proving import prove
from tallystick.app.repairs import loose, repair
from tallystick.app.results import CheckLine
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.errors import ConfigError, TallystickError
from tallystick.model.connector import Connector

_SKEW_SECONDS = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def doctor(
    home: Path,
    *,
    offline: bool = False,
    fix: bool = False,
    around: Surroundings | None = None,
) -> tuple[CheckLine, ...]:
    """Check configuration, store, plugins, rules and, unless offline, the connections.

    With `fix`, what is safe is repaired first and listed.
    """
    done: tuple[CheckLine, ...] = ()
    try:
        done = repair(home) if fix else ()
        ws = open_workspace(home, around)
    except TallystickError as error:
        return (*done, _failed("project", error))
    with ws:
        return (*done, *_checks(ws, offline=offline))


def proving(
    home: Path,
    *,
    name: str | None = None,
    organization: str | None = None,
    customer: str | None = None,
    around: Surroundings | None = None,
) -> tuple[CheckLine, ...]:
    """Prove that the accounts refuse a second record with the same reference, then check all.

    On a real organization it must be named, and so must the customer of the draft.
    """
    with open_workspace(home, around) as ws:
        return (
            prove(ws, name, organization=organization, customer=customer),
            *_checks(ws, offline=False),
        )


def _failed(what: str, error: TallystickError) -> CheckLine:
    return CheckLine("fail", what, error.message, error.code, fix_of(error))


def _checks(ws: Workspace, *, offline: bool) -> Iterator[CheckLine]:
    info = ws.store.info()
    yield CheckLine(
        "ok" if info.sound else "fail",
        "store",
        f"{info.dialect}, schema {info.version}, {info.integrity}",
        None if info.sound else "STO-07",
        None if info.sound else "Restore a backup, then run `tallystick sync run`.",
    )
    yield from _permissions(ws)
    for problem in ws.host.problems:
        yield CheckLine("warn", "plugin", problem.message, problem.code, problem.fix)
    yield _rules(ws)
    reached: dict[str, Connector] = {}
    for connection in ws.config.connections.values():
        try:
            info_ = ws.host.connector(connection.system)
        except TallystickError as error:
            yield _failed(connection.id, error)
            continue
        yield CheckLine("ok", "plugin", f"{info_.name} {info_.version} ({info_.distribution})")
        yield from _connection(ws, connection.id, reached, offline=offline)
    yield from _guards(ws, reached)


def _permissions(ws: Workspace) -> Iterator[CheckLine]:
    open_to_others = loose(ws.home)
    for path, mode in open_to_others:
        yield CheckLine(
            "warn",
            "permissions",
            f"{path} is open to others ({path.stat().st_mode & 0o777:o} instead of {mode:o})",
            "CFG-10",
            "tallystick doctor --fix",
        )
    if not open_to_others:
        yield CheckLine("ok", "permissions", "key, configuration, rules and store are not open")


def _rules(ws: Workspace) -> CheckLine:
    try:
        results = resolve("rules.test")(ws)
    except TallystickError as error:
        return _failed("rules", error)
    wrong = [r for r in results if not r.passed]
    book = ws.rules.book()
    rules = sum(len(p.rules) for p in book.packs.values())
    counts = f"{len(book.packs)} files, {rules} rules, {len(results)} tests"
    states = sorted(p.state for p in book.beside)
    aside = "".join(f", {states.count(s)} in {s}" for s in dict.fromkeys(states))
    if wrong:
        return CheckLine(
            "fail",
            "rules",
            f"{counts}, {len(wrong)} fail{aside}",
            "RUL-09",
            "tallystick rules test",
        )
    return CheckLine("ok", "rules", f"{counts} pass{aside}")


def _connection(
    ws: Workspace, connection_id: str, reached: dict[str, Connector], *, offline: bool
) -> Iterator[CheckLine]:
    """The credential of a connection, then what the other system says to it and its clock."""
    try:
        stored = ws.store.vault.credential(connection_id)
        connector = ws.quick(connection_id)
    except TallystickError as error:
        yield CheckLine("fail", "key", f"{connection_id}: {error.message}", error.code, error.fix)
        return
    if offline:
        kind = stored.kind if stored else "none"
        yield CheckLine("ok", "key", f"{connection_id}: {kind} stored, not tried")
        return
    try:
        health = connector.check()
    except TallystickError as error:
        yield CheckLine("fail", "key", f"{connection_id}: {error.message}", error.code, error.fix)
        return
    level = "ok" if health.ok else "fail"
    words = f"{connection_id}: {health.message}"
    yield CheckLine(level, "key", words, health.code, health.fix)
    reached[connection_id] = connector
    yield from _skew(connection_id, health.skew_seconds, local=_simulated(ws, connection_id))


def _simulated(ws: Workspace, connection_id: str) -> bool:
    """True for a system on this machine: a simulator, whose clock is moved at will."""
    stored = ws.store.settings.connection(connection_id)
    settings = {**ws.config.connections[connection_id].settings}
    settings |= dict(stored.settings) if stored else {}
    host = urlsplit(str(settings.get("base_url") or "")).hostname
    return host is not None and host in _LOOPBACK


def _skew(connection_id: str, seconds: float | None, *, local: bool) -> Iterator[CheckLine]:
    if seconds is None:
        return
    if local and abs(seconds) > _SKEW_SECONDS:
        words = f"{connection_id} is a simulator on this machine; its clock is its own"
        yield CheckLine("ok", "clock", words)
        return
    if abs(seconds) <= _SKEW_SECONDS:
        yield CheckLine("ok", "clock", f"within {_SKEW_SECONDS} s of {connection_id}")
        return
    yield CheckLine(
        "warn",
        "clock",
        f"this machine is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} "
        f"{connection_id}: cutoff decisions near midnight may differ",
        "CFG-15",
        "Set this machine's clock.",
    )


def _guards(ws: Workspace, reached: dict[str, Connector]) -> Iterator[CheckLine]:
    for name in ws.config.integrations:
        with contextlib.suppress(ConfigError):
            row = record(ws, name)
            found = guards.line(ws, row, reached.get(row.target_id))
            if found is not None:
                yield found
