"""Subjects made of values at dotted paths."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tallystick.decide.cases import strip
from tallystick.decide.packs import Pack
from tallystick.decide.rulebook import typed_subject
from tallystick.decide.yamlnodes import ABSENT


def put(subject: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path; ABSENT takes the field away and leaves what holds it."""
    head, _, rest = path.partition(".")
    if rest:
        inner = dict(subject.get(head) or {})
        put(inner, rest, value)
        subject[head] = inner
    elif value is ABSENT:
        subject.pop(head, None)
    else:
        subject[head] = value


def base_of(packs: Sequence[Pack]) -> dict[str, Any]:
    """A subject to start from: every input, the first pack's `base`, the params' defaults."""
    base: dict[str, Any] = {"params": {}}
    for pack in reversed(packs):
        base |= {name: {} for name in pack.types.single if name != "params"}
        base |= {name: [] for name in pack.types.many}
        for name, value in typed_subject(pack, strip(pack.base)).items():
            if name != "params":
                base[name] = value
        base["params"] = {**base["params"], **{n: p.default for n, p in pack.params.items()}}
    return base


def assembled(base: Mapping[str, Any], parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A whole subject: the base with the values of each group's witness."""
    whole = dict(base)
    for part in parts:
        for path, value in part.items():
            put(whole, path, list(value) if isinstance(value, list) else value)
    return whole
