"""Which two versions of a rule file are compared: what would be in force, and with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.rule_drafts import archived, is_path, live_name, packs_of, restated, substance
from tallystick.app.rules import find, points_of, read_text, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, Rulebook, RuleSource, load_rulebook, parse_source
from tallystick.errors import ConfigError

STORED, LIVE = "stored", "live"


@dataclass(frozen=True, slots=True)
class Version:
    """A rule file's text, what identifies its rules, and what it is compared with.

    `against_hash` is of the rules in force, or of the other version.
    """

    file: str
    text: str
    hash: str
    against: str
    against_hash: str


def text_of(ws: Workspace, subject: str) -> tuple[str, str]:
    """Name and text of a rule file, by path, decision, file name or rule id."""
    path = Path(subject)
    if is_path(subject):
        own = path.resolve().parent == (ws.home / "rules").resolve()
        return (f"rules/{path.name}" if own else subject), read_text(path)
    pack, text = find(ws, subject)
    return pack.file, text


def version_of(ws: Workspace, subject: str, against: str) -> Version:
    """A file by name, and what it is held against: the stored outcomes, or another version."""
    file, text = text_of(ws, subject)
    other = live_hash(ws, file, text) if against in {STORED, LIVE} else _other_hash(ws, against)
    return Version(file, text, substance(ws, file, text), against, other)


def live_hash(ws: Workspace, file: str, text: str) -> str:
    """What identifies the rules in force for the decisions of a file."""
    packs = ws.rules.book().packs
    return "-".join(packs[p.decision].hash for p in packs_of(ws, file, text))


def _other_hash(ws: Workspace, against: str) -> str:
    return substance(ws, *other_text(ws, against))


def other_text(ws: Workspace, against: str) -> tuple[str, str]:
    """The version to compare with: by path, by name, or by the hash of one that was in force."""
    kept = archived(ws, against)
    if kept is not None:
        return str(kept), read_text(kept)
    try:
        return text_of(ws, against)
    except ConfigError:
        raise ConfigError(
            f"{against} is no version of a rule file here.",
            code="CFG-14",
            fix=f"Name a file, {STORED}, {LIVE}, or the hash of a version that was replaced.",
        ) from None


def as_in_force(ws: Workspace, file: str, text: str) -> Rulebook:
    """The rulebook there would be if this text were in force; nothing is written.

    A project's file that takes one of its decisions for the same records is left out.
    """
    made = RuleSource(f"rules/{live_name(file)}", restated(file, text, "enforce"), "project")
    packs = parse_source(made, types_of(ws), points_of(ws))
    taken = {(p.decision, str(p.applies_to)) for p in packs}
    kept = [s for s in ws.rules.sources() if not _replaced(ws, s, taken)]
    return _alone(ws, [*kept, made])


def in_force(ws: Workspace) -> Rulebook:
    """The rules in force, without what is asked beside them."""
    return _alone(ws, ws.rules.sources())


def _alone(ws: Workspace, sources: Sequence[RuleSource]) -> Rulebook:
    book = load_rulebook(sources, types_of(ws), points_of(ws), ws.rules.policies())
    book.beside = ()  # a replay is nothing that shadows should count
    return book


def packs_in(book: Rulebook, ws: Workspace, version: Version) -> Sequence[Pack]:
    """The documents of a version, as they stand in a rulebook."""
    names = [p.name for p in packs_of(ws, version.file, version.text)]
    return [book.packs[n] for n in names]


def _replaced(ws: Workspace, source: RuleSource, taken: set[tuple[str, str]]) -> bool:
    if source.origin != "project":
        return False
    packs = parse_source(source, types_of(ws), points_of(ws))
    return all(p.state != "enforce" for p in packs) or any(
        (p.decision, str(p.applies_to)) in taken for p in packs
    )
