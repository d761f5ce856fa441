"""Where records come from, as rules that are for some records only see it."""

from pathlib import Path

from tallystick.app.config import Config, load_config
from tallystick.decide import Rulebook
from tallystick.decide.applies import About, Places
from tallystick.decide.values import suggestion
from tallystick.errors import ConfigError, RuleFileError, Where
from tallystick.host import Host


def config_of(home: Path) -> Config | None:
    """The project's configuration, if there is one that can be used."""
    try:
        return load_config(home)
    except ConfigError:
        return None


def about(config: Config | None, integration: str) -> About:
    """What is known of the records of one integration."""
    found = config.integrations.get(integration) if config else None
    system = config.connections[found.source].system if config and found else None
    return About(connector=system, integration=integration)


def places_of(config: Config | None) -> Places:
    """Where records come from: each connection's connector, and its integration if it has one."""
    if config is None:
        return Places()
    connections = {}
    for id_, connection in config.connections.items():
        of = [n for n, i in config.integrations.items() if id_ in {i.source, i.target}]
        only = of[0] if len(of) == 1 else None
        connections[id_] = About(connector=connection.system, integration=only)
    names = list(config.integrations)
    return Places(connections, about(config, names[0]) if len(names) == 1 else About())


def demand_known_places(book: Rulebook, host: Host, config: Config | None) -> None:
    """Refuse a file that is narrowed to what does not exist: it would never decide anything."""
    systems = [c.system for c in config.connections.values()] if config else []
    known = {
        "connectors": dict.fromkeys([*host.connectors, *systems]),
        "integrations": dict.fromkeys(config.integrations if config else ()),
    }
    for pack in (*book.packs.values(), *book.beside):
        for what, names in known.items():
            for name in getattr(pack.applies_to, what):
                if names and name not in names:
                    mark = pack.applies_to.marks[name]
                    raise RuleFileError(
                        f"There is no {what[:-1]} {name}.{suggestion(name, names)}",
                        code="RUL-11",
                        where=Where(pack.file, mark.line, mark.column),
                    )
