"""Default rule files of plugins: each is tried alone; one that is wrong is left out and told."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tallystick import host as hosting
from tallystick.decide import Pack, RuleSource, load_rulebook, parse_source
from tallystick.decide.yamlnodes import BYTES_MAX
from tallystick.errors import RuleFileError, Where
from tallystick.host import Host, RuleFile
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint

FILES_MAX = 200


def plugin_sources(host: Host) -> list[RuleSource]:
    """The plugins' rule files that can be used; of one that cannot, the host lists the problem."""
    if not (files := host.rule_files()):
        _all_answered(host, [])
        return []
    types, points = host.types(), host.points()
    good: list[RuleSource] = []
    packs: list[Pack] = []
    for file in files[:FILES_MAX]:
        name = f"{file.plugin}/{_name(file)}"
        try:
            source = RuleSource(name, _text(file), "plugin")
            found = parse_source(source, types, points)
            _known_places(host, found)
            # two plugins must not give a default for the same records
            load_rulebook([*good, source], types, points).close()
        except RuleFileError as error:
            place = f"{error.where}: " if error.where else ""
            _left_out(host, file, f"{error.code} {place}{error.message}")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may give anything
            _left_out(host, file, f"{type(error).__name__}: {error}")
        else:
            good.append(source)
            packs += found
    for file in files[FILES_MAX:]:
        _left_out(host, file, f"plugins bring more than {FILES_MAX} files")
    _all_answered(host, packs)
    return good


def _known_places(host: Host, packs: list[Pack]) -> None:
    """Refuse a file that is narrowed to what a plugin cannot know."""
    for pack in packs:
        lost = [c for c in pack.applies_to.connectors if c not in host.connectors]
        for name in (*lost, *pack.applies_to.integrations):
            mark = pack.applies_to.marks[name]
            raise RuleFileError(
                f"A plugin's file cannot be for {name}.",
                code="RUL-11",
                where=Where(pack.file, mark.line, mark.column),
            )


def _name(file: RuleFile) -> str:
    return str(getattr(file.file, "name", file.file))


def _text(file: RuleFile) -> str:
    body: Any = file.file.read_bytes()
    if len(body) > BYTES_MAX:
        raise RuleFileError(f"The file is larger than {BYTES_MAX // 1024} KB.", code="RUL-08")
    return str(body.decode("utf-8"))


def _left_out(host: Host, file: RuleFile, why: str) -> None:
    host.problem(file.plugin, f"brings a rule file that is left out, {_name(file)}", why)


def _all_answered(host: Host, packs: list[Pack]) -> None:
    """A question of a plugin without an answer of its own is not asked until a project has one."""
    answered = {p.decision for p in packs if p.state == "enforce" and not p.applies_to}
    for name in host.words.points:
        if name not in answered:
            host.problem(
                host.words.owners[name],
                f"asks {name}",
                "without a default rule file that can be used; only a file of the project decides",
            )


@cache
def installed() -> Host:
    """The plugins of this installation, loaded once, where no project folder is open."""
    return hosting.load()


def installed_types() -> Mapping[str, RecordType]:
    """Every record type that rules can speak of here, where no project folder is open."""
    return installed().types()


def installed_points() -> tuple[DecisionPoint, ...]:
    """Every decision of this installation, where no project folder is open."""
    return installed().points()


def installed_sources() -> list[RuleSource]:
    """The default rule files of the plugins of this installation."""
    return plugin_sources(installed())
