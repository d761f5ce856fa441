"""What `rules coverage`, `mutate` and `diff` call; the registry of actions names them."""

from collections.abc import Sequence
from pathlib import Path

from tallystick.app.rules import find, points_of, read_text, sources, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.errors import ConfigError
from tallystick.workbench.covering import Covered, cover
from tallystick.workbench.diffing import Difference, differences
from tallystick.workbench.mutating import Mutation
from tallystick.workbench.mutating import mutate as mutate_sources
from tallystick.workbench.tracing import shipped_pack


def coverage(ws: Workspace | None, paths: Sequence[Path] = ()) -> tuple[Covered, ...]:
    """What the tests of rule files reach of all that their rules can tell apart."""
    return cover(sources(ws, paths), types_of(ws), points_of(ws))


def mutate(
    ws: Workspace | None, paths: Sequence[Path] = (), *, at_most: int | None = None
) -> tuple[Mutation, ...]:
    """Edits of rule files that make a difference which no test notices.

    With `at_most` as many edits of each file, spread over it.
    """
    return mutate_sources(sources(ws, paths), types_of(ws), points_of(ws), at_most=at_most)


def diff(ws: Workspace | None, before: str, after: str) -> tuple[Difference, ...]:
    """What changes from one rule file to another, by path, decision, file name or rule id.

    Raises `ConfigError` CFG-06 when they take no decision in common.
    """
    ours, theirs = _packs(ws, before), _packs(ws, after)
    found = differences(ours, theirs)
    if not found:
        names = ", ".join(p.name for p in ours)
        raise ConfigError(
            f"{after} does not take the decision of {before}: {names}.",
            code="CFG-06",
            fix="Compare two files of one decision.",
        )
    return found


def _packs(ws: Workspace | None, subject: str) -> list[Pack]:
    path = Path(subject)
    if path.is_dir():
        found = sources(ws, [path])
    elif path.is_file():
        found = [RuleSource(subject, read_text(path), "project")]
    else:
        return [find(ws, subject)[0] if ws is not None else shipped_pack(subject)]
    return [pack for s in found for pack in parse_source(s, types_of(ws), points_of(ws))]
