"""Rule files for people who edit them: which are in force, and where their text stands.

Checking, testing and showing them is the workbench's, which takes its texts from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, RuleSource
from tallystick.errors import ConfigError
from tallystick.model.catalogue import RecordType
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules


@dataclass(frozen=True, slots=True)
class RuleFileView:
    """One rule file in force."""

    decision: str
    title: str
    file: str
    origin: str
    state: str
    strategy: str
    rules: int
    tests: int
    hash: str


def listing(ws: Workspace) -> tuple[RuleFileView, ...]:
    """Rule files in force, with where they come from."""
    return tuple(
        RuleFileView(
            pack.decision,
            pack.title,
            pack.file,
            pack.origin,
            pack.state,
            pack.strategy,
            len(pack.rules),
            len(pack.tests),
            pack.hash,
        )
        for pack in ws.rules.book().packs.values()
    )


def find(ws: Workspace, subject: str) -> tuple[Pack, str]:
    """One rule file in force with its text, by decision, file name or rule id."""
    for pack in ws.rules.book().packs.values():
        names = {pack.decision, pack.file, Path(pack.file).name, Path(pack.file).stem}
        if subject in names or any(rule.id == subject for rule in pack.rules):
            named = (pack.file, pack.origin)
            return pack, next(s.text for s in ws.rules.sources() if (s.name, s.origin) == named)
    raise ConfigError(
        f"{subject} is no rule file, decision or rule in force.",
        code="CFG-14",
        fix="`tallystick rules list`",
    )


def types_of(ws: Workspace | None) -> Mapping[str, RecordType]:
    """The record types that rules can speak of, with or without a project folder."""
    return ws.rules.catalogue() if ws else catalogue()


def sources(
    ws: Workspace | None, paths: Sequence[Path], *, policies: bool = False
) -> list[RuleSource]:
    """The named files and folders; none: the rules in force, or the shipped ones.

    With `policies`, files of policies that stand in the folders too.
    """
    if not paths:
        if ws is not None:
            return [*ws.rules.sources(), *(_own_policies(ws) if policies else ())]
        paths = [default_rules()]
    files = [f for p in paths for f in (sorted(p.glob("*.yaml")) if p.is_dir() else [p])]
    found = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file} cannot be read: {error}.", code="CFG-10") from None
        other = _is_one(text, "policies") or _is_one(text, "matching")
        if file in paths or not other or (policies and _is_one(text, "policies")):
            found.append(RuleSource(str(file), text, "project"))
    return found


def _own_policies(ws: Workspace) -> list[RuleSource]:
    path = ws.home / "rules" / "policies.yaml"
    if not path.is_file():
        return []
    return [RuleSource("rules/policies.yaml", path.read_text(encoding="utf-8"), "project")]


def _is_one(text: str, kind: str) -> bool:
    """True for a file of that kind; rules, policies and scores stand in one folder."""
    return any(line.startswith(f"tallystick: {kind}/") for line in text.splitlines()[:40])
