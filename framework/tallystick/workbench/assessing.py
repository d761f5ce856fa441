"""What is found in a rule file by itself: a pure function of its text, looked at once."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock

from tallystick.decide import RuleSource
from tallystick.decide.points import POINTS
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.workbench.checking import check
from tallystick.workbench.covering import Covered, cover
from tallystick.workbench.diagnostics import Diagnostic
from tallystick.workbench.linting import lint
from tallystick.workbench.testing import TestResult, run_file

_KEPT_MAX = 32


@dataclass(frozen=True)
class Assessment:
    """One text against one catalogue. What needs a text that can be loaded raises for others."""

    source: RuleSource
    types: Mapping[str, RecordType]
    points: Sequence[DecisionPoint]

    @cached_property
    def check(self) -> tuple[Diagnostic, ...]:
        """Mistakes and notes, of this file alone."""
        return tuple(check([self.source], self.types, self.points))

    @cached_property
    def lint(self) -> tuple[Diagnostic, ...]:
        """What can be improved, each as a note."""
        found = lint([self.source], self.types, self.points)
        return tuple(replace(d, kind="note") for d in found)

    @cached_property
    def tests(self) -> tuple[TestResult, ...]:
        """Tests and invariants, run."""
        return tuple(run_file(self.source.name, self.source.text, self.types, self.points))

    @cached_property
    def coverage(self) -> tuple[Covered, ...]:
        """What the tests reach."""
        return cover([self.source], self.types, self.points)


_kept: OrderedDict[tuple[str, str, frozenset[str]], Assessment] = OrderedDict()
_lock = Lock()


def assess(
    source: RuleSource,
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint] = POINTS,
) -> Assessment:
    """The assessment of a text; the last thirty-two are kept."""
    names = frozenset(_words(types, points))
    key = (source.name, source.text, names)
    with _lock:
        found = _kept.pop(key, None) or Assessment(source, types, points)
        _kept[key] = found
        while len(_kept) > _KEPT_MAX:
            _kept.popitem(last=False)
    return found


def _words(types: Mapping[str, RecordType], points: Sequence[DecisionPoint]) -> Iterator[str]:
    """What plugins can add to."""
    known = [(t.name, t.derived) for t in types.values()]
    for name, derived in (*known, *((p.name, p.derived) for p in points)):
        yield name
        yield from (f"{name}.{field}" for field in derived)
