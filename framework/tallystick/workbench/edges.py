"""Dates on both sides of an edge: `before` goes with `on_or_after`, `on_or_before` with `after`."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tallystick.decide.yamlnodes import Mark, Node

OPPOSITE = {
    "before": "on_or_after",
    "on_or_after": "before",
    "on_or_before": "after",
    "after": "on_or_before",
}
_EARLIER = {"before", "on_or_before"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One comparison with an edge; `path` is the field, of a list's items with the list's name."""

    path: str
    operator: str
    edge: str
    mark: Mark


def edges(conditions: Iterable[Node], lists: Collection[str]) -> Iterator[tuple[Mark, str, str]]:
    """Places where the edge itself belongs to both sides or to none: place, what, what to do."""
    groups: dict[tuple[str, str], list[_Side]] = {}
    for node in conditions:
        for side in _sides(node, "", lists, flipped=False):
            groups.setdefault((side.path, side.edge), []).append(side)
    for (path, edge), sides in groups.items():
        used = {s.operator for s in sides}
        two_sided = used & _EARLIER and used - _EARLIER
        if not two_sided or any(OPPOSITE[o] in used for o in used):
            continue
        first = sides[0]
        other = next(s for s in sides if (s.operator in _EARLIER) != (first.operator in _EARLIER))
        both = "on_or_after" in used
        whose = "both sides" if both else "neither side"
        message = (
            f"{path} equal to {edge} is on {whose}: {other.operator} here, "
            f"{first.operator} in line {first.mark.line}."
        )
        rest = f"Write {OPPOSITE[first.operator]} here: it is the rest of {first.operator}."
        yield other.mark, message, rest


def _sides(node: Node, prefix: str, lists: Collection[str], *, flipped: bool) -> Iterator[_Side]:
    if isinstance(node.value, list):
        for member in node.value:
            yield from _sides(member, prefix, lists, flipped=flipped)
    if not isinstance(node.value, dict):
        return
    for name, child in node.value.items():
        if name in {"any", "all"}:
            yield from _sides(child, prefix, lists, flipped=flipped)
        elif name == "not":
            yield from _sides(child, prefix, lists, flipped=not flipped)
        elif not prefix and name in lists and isinstance(child.value, dict):
            where = child.value.get("where")
            if where is not None:
                yield from _sides(where, f"{name}.", lists, flipped=flipped)
        elif isinstance(child.value, dict):
            for operator, edge in child.value.items():
                if operator in OPPOSITE:
                    read = OPPOSITE[operator] if flipped else operator
                    place = child.keys[operator]
                    yield _Side(f"{prefix}{name}", read, str(edge.plain()), place)
