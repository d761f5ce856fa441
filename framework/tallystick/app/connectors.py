"""Installed connectors, and their simulators on a socket."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tallystick import host as hosting
from tallystick.app.config import FILE, load_config
from tallystick.app.plugin_rules import plugin_sources
from tallystick.app.results import ConnectorView
from tallystick.errors import ConfigError, PluginError
from tallystick.simulator.app import Simulator
from tallystick.simulator.faults import parse_fault
from tallystick.simulator.server import serve_forever


def listing(home: Path | None = None) -> tuple[ConnectorView, ...]:
    """Every installed connector, every plugin that has none, and those configured but missing.

    What is wrong with a part of a plugin, such as a rule file, stands beside its connector.
    """
    host = hosting.load()
    files = [source.name for source in plugin_sources(host)]
    wrong: dict[str, list[str]] = {}
    for p in host.problems:
        wrong.setdefault(p.plugin, []).append(f"{p.code} {p.message} {p.fix}")
    brings = {
        p.name: (*p.brings, *(f"rule file {n}" for n in files if n.startswith(f"{p.name}/")))
        for p in host.plugins.values()
    }
    views = [
        ConnectorView(
            info.name,
            info.connector.title,
            info.version,
            info.distribution,
            tuple(sorted(info.connector.reads)),
            tuple(sorted(info.connector.writes)),
            tuple(wrong.pop(info.name, ())),
            next((brings[p.name] for p in host.plugins.values() if info.name in p.connectors), ()),
        )
        for info in host.connectors.values()
    ]
    views += [
        ConnectorView(
            *(p.name, p.name, p.version, p.distribution, (), ()),
            problems=tuple(wrong.pop(p.name, ())),
            brings=brings[p.name],
        )
        for p in host.plugins.values()
        if not p.connectors
    ]
    views += [
        ConnectorView(name, name, "?", "?", (), (), (problem,))
        for name, problems in wrong.items()
        for problem in problems
    ]
    known = {v.name for v in views}
    if home is not None and (home / FILE).is_file():
        for connection in load_config(home).connections.values():
            if connection.system not in known:
                views.append(_missing(host, connection.system))
    return tuple(views)


def _missing(host: hosting.Host, name: str) -> ConnectorView:
    try:
        host.connector(name)
    except PluginError as error:
        return ConnectorView(
            name, name, "-", "-", (), (), (f"{error.code} {error.message} {error.fix}",)
        )
    raise AssertionError(name)


def simulate(
    name: str,
    *,
    port: int,
    seed: int,
    size: str,
    faults: Sequence[str],
    announce: Callable[[Mapping[str, Any]], None],
    state: Path | None = None,
) -> None:
    """Serve a connector's simulator on the loopback until interrupted.

    `announce` gets one mapping with base URLs, ids and the credentials it accepts. With `state`
    its state is kept in that file, and what an earlier process left there is taken up.
    """
    made = hosting.load().simulator(name, seed=seed, size=size)
    if state is not None:
        _keep(made.simulator, state)
    for text in faults:
        made.simulator.faults.add(parse_fault(text))
    try:
        serve_forever(made.simulator, port, lambda base_url: announce(made.describe(base_url)))
    except OSError as error:
        raise ConfigError(
            f"Port {port} cannot be served: {error.strerror}.",
            code="CFG-10",
            fix="Name another port, or none for a free one.",
        ) from None


def _keep(simulator: Simulator, state: Path) -> None:
    try:
        simulator.keep_in(state)
    except OSError as error:
        raise ConfigError(
            f"{state} cannot be used: {error.strerror}.", code="CFG-10", fix="Name another file."
        ) from None
    except Exception as error:  # noqa: BLE001 - a damaged pickle raises nearly anything
        raise ConfigError(
            f"{state} holds no state of this simulator ({type(error).__name__}).",
            code="CFG-10",
            fix="Name another file, or remove this one.",
        ) from None
