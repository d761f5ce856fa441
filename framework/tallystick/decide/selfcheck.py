"""Both matchers on what a pack can be asked, before it decides for anybody.

All vectors that can occur where there are few; else some of each answer. The engine sees truths
only, so each distinct row of truths is asked of it once.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tallystick.decide.compiled import Compiled, Numbers
from tallystick.decide.diagram import Fixed, cells, diagram, draw, subject_at
from tallystick.decide.engine import EngineFailed
from tallystick.decide.memo import Key
from tallystick.decide.model import FALSE, TRUE
from tallystick.decide.packs import Pack

VECTORS_MAX = 20_000
"""So many vectors are all tried."""
DRAWN_FOR_EACH = 32
"""Of more, so many times the answers that there are."""
Whole = Mapping[str, Any]
_Rows = dict[tuple[bool, ...], Numbers]


def disagreement(compiled: Compiled) -> Whole | None:
    """A subject on which engine and reference differ, or the engine fails; None without one."""
    rows: _Rows = {}
    seen: set[Key] = set()
    for whole in asked(compiled.pack):
        key = compiled.values(whole)
        if key in seen:
            continue
        seen.add(key)
        try:
            found = _matching(compiled, rows, tuple([v == TRUE for v in key]))
            could = _matching(compiled, rows, tuple([v != FALSE for v in key]))
        except EngineFailed:
            return whole
        if (found, could) != compiled.reference(whole):
            return whole
    return None


def asked(pack: Pack) -> Iterator[Whole]:
    """The subjects on which a pack is tried."""
    space = cells(pack)
    if space.vectors(absent=True) <= VECTORS_MAX:
        for path in product(*(range(len(g.cells)) for g in space.groups)):
            yield subject_at(space, path)
        return
    found = diagram(pack, absent=True, space=space)
    draws = Fixed()
    for _ in range(DRAWN_FOR_EACH * len(found.leaves)):
        yield draw(found, draws).subject


def _matching(compiled: Compiled, rows: _Rows, truths: tuple[bool, ...]) -> Numbers:
    known = rows.get(truths)
    if known is None:
        known = rows[truths] = compiled.engine.matching(truths)
    return known
