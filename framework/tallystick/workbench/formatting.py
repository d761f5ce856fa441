"""The canonical layout of rule files: the same meaning, the same comments, one way to write it."""

import json
from collections.abc import Callable, Mapping, Sequence

from tallystick.decide.cases import TEST_KEYS
from tallystick.decide.packs import FORMAT, KEYS
from tallystick.decide.ruleparts import RULE_KEYS
from tallystick.decide.yamlnodes import Loader
from tallystick.errors import RuleFileError, Where
from tallystick.workbench.commented import Document, Value, read
from tallystick.workbench.layout import write
from tallystick.workbench.scanning import comments_of

PARAM_ORDER = ("type", "of", "unit", "nullable", "default", "source", "key", "label")
INVARIANT_ORDER = ("id", "scope", "for_each", "after", "must", "unaffected_by")
LIST_ORDER = ("count", "some", "none", "bind", "where")
UPGRADES: Mapping[str, Callable[[str], str]] = {}
"""From a former format to the text in the next one; there is no former format yet."""


def formatted(name: str, text: str) -> str:
    """The text in canonical layout.

    Raises `RuleFileError` for what is not YAML, and rather than lose a comment or a value.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    documents = read(name, text)
    if not documents:
        return "".join(f"{line.rstrip()}\n" for line in text.strip().splitlines())
    for document in documents:
        arrange(document.root)
    made = write(documents)
    if _meaning(name, made) != _meaning(name, text):
        raise _refused(name, "change its meaning")
    if sorted(comments_of(made)) != sorted(comments_of(text)):
        raise _refused(name, "lose a comment")
    return made


def upgraded(name: str, text: str) -> tuple[str, tuple[str, ...]]:
    """The text in the newest format, and the formats it came through."""
    steps: list[str] = []
    while True:
        found = _formats(read(name, text)) & UPGRADES.keys()
        if not found:
            return text, tuple(steps)
        former = min(found)
        text = UPGRADES[former](text)
        steps.append(former)


def _formats(documents: Sequence[Document]) -> set[str]:
    found = (d.root.get("tallystick") for d in documents)
    return {str(v.scalar) for v in found if v is not None}


def _meaning(name: str, text: str) -> list[str]:
    """Each document as one string, by which two texts can be compared."""
    documents = Loader(name, text).documents()
    return [json.dumps(d.plain(), sort_keys=True, default=repr) for d in documents]


def _refused(name: str, what: str) -> RuleFileError:
    return RuleFileError(
        f"The layout would {what}, so the file is left as it is.",
        code="RUL-00",
        where=Where(name),
        fix="Report the file; until then write it by hand.",
    )


def arrange(root: Value) -> None:
    """Put the keys of a rule file in their order, and rules and tests on lines of their own."""
    head = root.get("tallystick")
    root.block = True
    if root.kind != "map" or head is None or head.scalar != FORMAT:
        return
    _order(root, KEYS)
    _members(root.get("params"), PARAM_ORDER)
    _members(root.get("rules"), RULE_KEYS, block=True)
    _members(root.get("tests"), TEST_KEYS)
    _members(root.get("invariants"), INVARIANT_ORDER)
    for rule in _values(root.get("rules")):
        _conditions(rule.get("when"))
        _codes(rule.get("code"))
        _order(rule.get("then"), (), last=("fields",))
    for invariant in _values(root.get("invariants")):
        _conditions(invariant.get("must"))


def _values(value: Value | None) -> list[Value]:
    return [e.value for e in value.entries] if value is not None else []


def _members(value: Value | None, order: Sequence[str], *, block: bool = False) -> None:
    if value is None:
        return
    value.block = True
    for member in _values(value):
        _order(member, order)
        member.block = block


def _order(value: Value | None, order: Sequence[str], last: Sequence[str] = ()) -> None:
    """Known keys first, in their order; unknown ones behind, as they came."""
    if value is None or value.kind != "map":
        return
    known = {key: number for number, key in enumerate(order)}
    value.entries.sort(
        key=lambda e: (str(e.key) in last, known.get(str(e.key), len(known))),
    )


def _codes(value: Value | None) -> None:
    _order(value, ("by",))
    for child in _values(value):
        _codes(child)


def _conditions(value: Value | None) -> None:
    """Operators in their order: how many, bind, where; fold behind what it folds."""
    if value is None:
        return
    for entry in value.entries:
        if entry.value.kind == "map":
            _order(entry.value, LIST_ORDER, last=("fold",))
        _conditions(entry.value)
