"""Rule files for people who edit them: which there are, and where their text stands.

Checking, testing, showing and changing them is the workbench's, which takes its texts from here.
"""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.plugin_rules import installed_points, installed_sources, installed_types
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, RuleSource
from tallystick.errors import ConfigError
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.resources import default_rules

_HEAD_LINES = 40


@dataclass(frozen=True, slots=True)
class RuleFileView:
    """One rule file, in force or beside it; `tests` is how many `rules test` runs."""

    decision: str
    title: str
    file: str
    origin: str
    state: str
    strategy: str
    rules: int
    tests: int
    hash: str
    version: int | None
    owner: str
    applies_to: str


def listing(ws: Workspace) -> tuple[RuleFileView, ...]:
    """Rule files with state and origin: those in force, then drafts and shadows, then policies."""
    policies = policies_source(ws)
    hash = hashlib.sha256(policies.text.encode()).hexdigest()[:16]
    last = RuleFileView(
        "policies",
        "Policies that no decision file reads",
        policies.name,
        policies.origin,
        "enforce",
        strategy="",
        rules=0,
        tests=0,
        hash=hash,
        version=None,
        owner="",
        applies_to="",
    )
    files = tuple(
        RuleFileView(
            pack.decision,
            pack.title,
            pack.file,
            pack.origin,
            pack.state,
            pack.strategy,
            len(pack.rules),
            trials(pack),
            pack.hash,
            pack.version,
            pack.owner,
            str(pack.applies_to),
        )
        for pack in _packs(ws)
    )
    return (*files, last)


def _packs(ws: Workspace) -> tuple[Pack, ...]:
    book = ws.rules.book()
    return (*book.packs.values(), *book.beside)


def trials(pack: Pack) -> int:
    """How many tests a file has: its examples, and the invariants that are tried on them."""
    return len(pack.tests) + sum(i.scope is None for i in pack.invariants)


def is_named(pack: Pack, subject: str) -> bool:
    """True when a file is meant by a decision, a file name or the id of a rule."""
    names = {pack.decision, pack.file, Path(pack.file).name, Path(pack.file).stem}
    return subject in names or any(rule.id == subject for rule in pack.rules)


def is_loaded(ws: Workspace, subject: str) -> bool:
    """True when the rules in force, or files beside them, have one that is meant."""
    return any(is_named(pack, subject) for pack in _packs(ws))


def find(ws: Workspace, subject: str) -> tuple[Pack, str]:
    """One rule file with its text, by decision, file name or rule id; one in force comes first."""
    for pack in _packs(ws):
        if is_named(pack, subject):
            named = (pack.file, pack.origin)
            return pack, next(s.text for s in ws.rules.loaded() if (s.name, s.origin) == named)
    raise ConfigError(
        f"{subject} is no rule file, decision or rule here.",
        code="CFG-14",
        fix="`tallystick rules list`",
    )


def types_of(ws: Workspace | None) -> Mapping[str, RecordType]:
    """The record types that rules can speak of, with or without a project folder."""
    return ws.rules.catalogue() if ws else installed_types()


def points_of(ws: Workspace | None) -> tuple[DecisionPoint, ...]:
    """The decisions that rule files can take, with or without a project folder."""
    return ws.rules.points() if ws else installed_points()


def sources(
    ws: Workspace | None, paths: Sequence[Path], *, policies: bool = False
) -> list[RuleSource]:
    """The named files and folders; none: the rules in force, or those of this installation.

    What is no path may be the name of a file in force, as `rules list` shows it. With `policies`,
    files of policies that stand in the folders too.
    """
    found: list[RuleSource] = []
    if not paths:
        if ws is not None:
            return [*ws.rules.sources(), *([policies_source(ws)] if policies else ())]
        paths, found = [default_rules()], installed_sources()
    named = {path: source for path in paths if (source := _in_force(ws, path)) is not None}
    found += named.values()
    for file in files_of([path for path in paths if path not in named]):
        text = read_text(file)
        other = is_kind(text, "policies") or is_kind(text, "matching")
        if file in paths or not other or (policies and is_kind(text, "policies")):
            found.append(RuleSource(str(file), text, "project"))
    return found


def _in_force(ws: Workspace | None, name: Path) -> RuleSource | None:
    """The file in force that is called so; None for a path that is there, and for no such name."""
    if name.exists():
        return None
    known = ws.rules.sources() if ws is not None else [*sources(None, ()), *installed_sources()]
    return next((s for s in known if Path(s.name).stem == str(name)), None)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and every YAML file of the folders among them."""
    return [f for p in paths for f in (sorted(p.glob("*.yaml")) if p.is_dir() else [p])]


def watched(ws: Workspace | None, paths: Sequence[Path]) -> list[Path]:
    """The files that `sources` reads, without what plugins bring."""
    if paths:
        return files_of(paths)
    return ws.rules.files() if ws is not None else files_of([default_rules()])


def own_files(ws: Workspace | None, paths: Sequence[Path]) -> list[Path]:
    """The files to change: the named ones, else those of the project. Raises CFG-06 for none."""
    if not paths and ws is None:
        raise ConfigError("Name a rule file or a folder.", code="CFG-06")
    return files_of(paths or [ws.home / "rules"] if ws is not None else paths)


def read_text(file: Path) -> str:
    """The text of a file. Raises `ConfigError` CFG-10 when it cannot be read as UTF-8."""
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        fix = "Check path and permissions; `tallystick rules list` shows the files in force."
        raise ConfigError(f"{file} cannot be read: {why}.", code="CFG-10", fix=fix) from None


def write_text(file: Path, text: str) -> None:
    """Replace a file as a whole; who reads it sees the old text or the new one."""
    target = file.resolve()
    beside = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"{file} cannot be written: {error}.", code="CFG-10") from None


def policies_source(ws: Workspace) -> RuleSource:
    """The file of policies in force: the project's own, else the shipped one."""
    own = ws.home / "rules" / "policies.yaml"
    origin = "project" if own.is_file() else "shipped"
    path = own if own.is_file() else default_rules() / "policies.yaml"
    return RuleSource("rules/policies.yaml", read_text(path), origin)


def is_kind(text: str, kind: str) -> bool:
    """True for a file of that kind; rules, policies and scores stand in one folder."""
    return any(line.startswith(f"tallystick: {kind}/") for line in text.splitlines()[:_HEAD_LINES])
