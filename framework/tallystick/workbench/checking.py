"""Checking rule files: everything that is wrong, each with its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tallystick.app.rules import is_kind
from tallystick.decide import Pack, Policies, RuleSource, load_policies, parse_source
from tallystick.decide.contradictions import Known, contradictions
from tallystick.decide.yamlnodes import Loader
from tallystick.errors import RuleFileError, Where
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.workbench.diagnostics import Diagnostic, diagnostic
from tallystick.workbench.soundness import Soundness, contradiction


@dataclass(slots=True)
class _Seen:
    """What was loaded so far, over all files."""

    sources: list[RuleSource] = field(default_factory=list)
    taken: list[Pack] = field(default_factory=list)
    policies: Policies = field(default_factory=lambda: Policies({}))


def check(
    sources: Iterable[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
    *,
    known: Known | None = None,
    overlaps: bool = False,
) -> list[Diagnostic]:
    """What is wrong with rule files: each on its own, then all together.

    A file that can be loaded is walked through all that its rules can tell apart, for rules that
    never decide, gaps and doubt; with `overlaps` also for rules that want different things.
    """
    found: list[Diagnostic] = []
    seen = _Seen()
    for source in sources:
        seen.sources.append(source)
        mine: list[Diagnostic] = []
        try:
            for pack, made in _packs(source, types, points, seen):
                _once(pack, seen.taken)
                mine += made.findings()
                mine += made.overlaps() if overlaps else ()
        except RuleFileError as error:
            mine.append(diagnostic(source, error))
        owned = source.origin == "project"
        found += [d if owned else replace(d, owned=False) for d in mine]
    in_force = {pack.name: pack for pack in seen.taken}
    together = contradictions(seen.policies, in_force.values(), known)
    return [*found, *(contradiction(c, seen.sources) for c in together)]


def _packs(
    source: RuleSource,
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
    seen: _Seen,
) -> list[tuple[Pack, Soundness]]:
    if is_kind(source.text, "policies"):
        seen.policies = load_policies(source.text, source.name)
        return []
    packs = parse_source(source, types, points)
    roots = Loader(source.name, source.text).documents()
    return [(p, Soundness(source, p, r)) for p, r in zip(packs, roots, strict=True)]


def _once(pack: Pack, taken: list[Pack]) -> None:
    """Refuse a second file of one origin where it is not clear which decides a record."""
    if pack.state != "enforce":
        return
    for other in taken:
        one, two = pack.applies_to, other.applies_to
        if (other.origin, other.decision) != (pack.origin, pack.decision) or not one.meets(two):
            continue
        if one == two or not (one.within(two) or two.within(one)):
            raise RuleFileError(
                f"{pack.decision} is decided by {other.file}:{other.line} already.",
                code="RUL-07",
                where=Where(pack.file, pack.line, 1),
                fix="Keep one of them, narrow them with applies_to, or make one a draft.",
            )
    taken.append(pack)
