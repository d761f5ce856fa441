"""The smallest change of one field, or of one list, that gives another outcome."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tallystick.decide.atoms import LISTS, atoms_of, compile_formula, getter
from tallystick.decide.compiled import Compiled
from tallystick.decide.model import FALSE, Atom
from tallystick.decide.packs import Pack
from tallystick.decide.wording import amount, word
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.decision import Decision
from tallystick.model.money import Money

_TRIES_MAX = 60
_SETTINGS = frozenset({"params", "integration"})
Whole = Mapping[str, Any]
Change = tuple[str, Whole]


def nearest(compiled: Compiled, decision: Decision, whole: Whole) -> str | None:
    """What would have to be different for another outcome, in words; None when nothing is found.

    The literals of the rules and their neighbours are tried, the deciding rule's first, and
    what stands in the record before what stands in the settings.
    """
    for tried, (words, changed) in enumerate(_changes(compiled.pack, decision, whole)):
        if tried >= _TRIES_MAX:
            break
        other = compiled.decide(changed)
        if other.outcome != decision.outcome and other.by != "unknown":
            return f"would be {other.outcome} if {words}"
    return None


def _changes(pack: Pack, decision: Decision, whole: Whole) -> Iterator[Change]:
    rules = sorted(pack.rules, key=lambda r: r.id != decision.by)
    atoms = list(dict.fromkeys(atom for rule in rules for atom in atoms_of(rule.when)))
    for settings in (False, True):
        for atom in atoms:
            head = atom.path.partition(".")[0]
            kind = pack.types.field(atom.path)
            # identity and history: nobody can change these, so they are no advice
            if (head in _SETTINGS) != settings or (kind is not None and kind.fixed):
                continue
            yield from _emptied(atom, whole) if atom.kind == "q" else _replaced(atom, whole)


def _emptied(atom: Atom, whole: Whole) -> Iterator[Change]:
    """The list without the items that match or could."""
    items = getter(atom.path)(whole)
    if not isinstance(items, LISTS) or not items or atom.where is None:
        return
    test = compile_formula(atom.where)
    left = [item for item in items if test(whole, item) == FALSE]
    if len(left) < len(items):
        yield f"none of {atom.path} matched", {**whole, atom.path: left}


def _replaced(atom: Atom, whole: Whole) -> Iterator[Change]:
    """The field with each value the atom can tell from others."""
    now = getter(atom.path)(whole)
    head, _, name = atom.path.partition(".")
    for value in _values(atom, whole):
        if type(value) is type(now) and value == now:
            continue
        changed = {**whole, head: {**(whole.get(head) or {}), name: value}}
        shown = value if atom.currency is None else amount(value, getter(atom.currency)(whole))
        yield f"{atom.path} were {word(shown)}", changed


def _values(atom: Atom, whole: Whole) -> list[Any]:
    value = atom.value if atom.other is None else getter(atom.other)(whole)
    if atom.kind in {"present", "blank"}:
        return [None]
    if value is ABSENT or value is None:
        return []
    if isinstance(value, Money):
        code = getter(str(atom.currency))(whole)
        return [value.minor + n for n in (0, -1, 1)] if code == value.currency else []
    if atom.kind == "matches":
        return []
    if isinstance(value, bool):
        return [value, not value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return [value, value - timedelta(days=1), value + timedelta(days=1)]
    if isinstance(value, int):
        return [value, value - 1, value + 1]
    return [] if isinstance(value, list) else [value]
