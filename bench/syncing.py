"""Benchmarks of a sync: first, with planning, second, memory."""

from collections.abc import Callable, Iterator
from typing import Any

from bench import peer
from bench.figures import Figure, at_least, middle, spread
from bench.running import Options, bare, ours, simulators

_UNIT = "rows per CPU second"
_PEER = f"dlt {peer.VERSION}, extract + normalize + load, sqlalchemy destination on SQLite"
_MEMORY_MAX = 256
_MIB = 1024 * 1024


def _rate(*taken: Any) -> float:
    rows = next(t["rows"] for t in taken if "rows" in t)
    return float(rows / sum(t["cpu_seconds"] for t in taken))


def _alternate(
    options: Options, runners: dict[str, Callable[[str], float]]
) -> dict[str, list[float]]:
    """Rates of some runners that take turns on the same simulators."""
    found: dict[str, list[float]] = {name: [] for name in runners}
    with simulators(options.size) as announced:
        for _ in range(options.runs):
            for name, runner in runners.items():
                found[name].append(runner(announced))
    return found


def _against_peer(
    options: Options, name: str, steps: str, least: float, **more: Callable[[str], float]
) -> tuple[Figure, dict[str, list[float]]]:
    def mine(announced: str) -> float:
        figures = ours(announced, steps)
        return _rate(*(figures[s] for s in steps.split(",")))

    runners: dict[str, Callable[[str], float]] = {"ours": mine, **more}
    if options.peer:
        peer.python()
        runners["peer"] = lambda announced: _rate(peer.dlt(announced, options.size))
    rates = _alternate(options, runners)
    figure = middle(rates["ours"])
    ratio = figure / middle(rates["peer"]) if options.peer else None
    note = f"ours {spread(rates['ours'])}"
    if options.peer:
        note += f"; peer {middle(rates['peer']):,.0f} ({spread(rates['peer'])})"
    against = _PEER if options.peer else f"{_PEER} (not run)"
    made = Figure(
        name, figure, _UNIT, against, ratio, f">= {least:g} x", at_least(ratio, least), note
    )
    return made, rates


def first_sync(options: Options) -> Iterator[Figure]:
    """Time logs read over HTTP and stored, against the peer; then as a share of a bare loop."""
    figure, rates = _against_peer(
        options, "first-sync", "read", 5.0, bare=lambda announced: _rate(bare(announced))
    )
    yield figure
    loop = middle(rates["bare"])
    yield Figure(
        "first-sync-bare",
        loop,
        _UNIT,
        "the first sync's share of a bare requests + orjson + sqlite3 loop",
        middle(rates["ours"]) / loop,
        "reach for 0.6",
        None,
        spread(rates["bare"]),
    )


def sync_and_plan(options: Options) -> Iterator[Figure]:
    """The same with deciding and planning, against the peer's reading and loading alone."""
    yield _against_peer(options, "sync-and-plan", "read,plan", 2.0)[0]


def second_sync(options: Options) -> Iterator[Figure]:
    """A second sync of what did not change: nothing is written, and it is faster."""
    first, second, written = [], [], 0
    with simulators(options.size) as announced:
        for _ in range(options.runs):
            figures = ours(announced, "read,again")
            first.append(_rate(figures["read"]))
            second.append(_rate(figures["again"]))
            written = max(written, figures["again"]["written"])
    ratio = middle(second) / middle(first)
    yield Figure(
        "second-sync",
        middle(second),
        _UNIT,
        "the first sync in the same process",
        ratio,
        "0 rows written and >= 1.3 x",
        ratio >= 1.3 and written == 0,
        f"{written} rows written; {spread(second)}",
    )


def memory(options: Options) -> Iterator[Figure]:
    """The most memory that a process has resident while it reads, stores and plans."""
    with simulators(options.size) as announced:
        figures = ours(announced, "read,plan")
    peak = figures["peak_bytes"] / _MIB
    yield Figure(
        "memory",
        peak,
        "MiB resident at most",
        f"{_MEMORY_MAX} MiB",
        peak / _MEMORY_MAX,
        f"<= {_MEMORY_MAX} MiB at 1,000,000 time logs",
        peak <= _MEMORY_MAX,
        f"{options.size:,} time logs, {figures['plan']['operations']:,} operations planned, "
        f"{figures['read']['wall_seconds'] + figures['plan']['wall_seconds']:,.0f} s",
    )
