"""A pack specialised: by what is equal for a whole batch, then by one field that most rules test.

Atoms over fixed inputs are evaluated once and folded away. Where most rules that are left name
one text field (such as `record.type`), each of its values has a branch and a memory of its own,
made when the value is first met.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tallystick.decide.atoms import atoms_of, compile_atom
from tallystick.decide.compiled import Compiled
from tallystick.decide.folding import left_of
from tallystick.decide.keyparts import Table, heads_of, parts_of, place_of, surely
from tallystick.decide.keys import Decide, Keys, Sought, branching, deciding
from tallystick.decide.memo import Key, Memo
from tallystick.decide.model import Atom, Formula, literal
from tallystick.decide.strategies import Verdict
from tallystick.model.decision import Decision

WORDS_MAX = 12
"""Values that a branching field may be compared with; each is one comparison more."""
Whole = Mapping[str, Any]


class Remembered:
    """What was decided under one specialisation. A decision that needs nothing of its subject is
    kept ready; of the others the verdict is, and its record, code or doubt is looked up.
    """

    def __init__(self, compiled: Compiled, fixed: Whole, keys: Keys) -> None:
        self._compiled = compiled
        self._fixed = fixed
        self.keys = keys
        self.rows: list[Decision | None] | None = [None] * keys.count if keys.dense else None
        self.memo: Memo[Decision | Verdict] = Memo()
        self.sought = Sought(self.rows, self.memo.young, self._miss)

    def _miss(self, subject: Whole, key: Key) -> Decision:
        found = self.memo.get(key)
        if isinstance(found, Decision):
            return found
        whole = {**self._fixed, **subject}
        if found is not None:
            return self._compiled.decision(found, whole)
        # the second code path: the closures of the unspecialised pack, engine and reference
        verdict = self._compiled.verdict(self._compiled.values(whole), whole)
        decision = self._compiled.decision(verdict, whole)
        if not _ready(verdict):
            if verdict.code != "RUL-21":  # an engine that failed is asked again
                self.memo.put(key, verdict)
        elif self.rows is not None:
            self.rows[sum(key)] = decision
        else:
            self.memo.put(key, decision)
        return decision


def _ready(verdict: Verdict) -> bool:
    """True when the decision is the same for every subject with this verdict."""
    if verdict.code is not None:
        return False
    rule = verdict.rule
    return rule is None or (rule.then.bind is None and not isinstance(rule.code, Mapping))


class Specialised:
    """One pack under fixed inputs. `install` is given its function from subject to decision, and a
    new one when a branch is added.
    """

    def __init__(self, compiled: Compiled, fixed: Whole, install: Callable[[Decide], None]) -> None:
        self._compiled = compiled
        self._fixed = fixed
        self._install = install
        self._truths: dict[Atom, int | None] = {}
        left = left_of(compiled.pack, compiled.order, self._known)
        self.branches: dict[str | None, Remembered] = {}
        """By value of the branching field; None is every other text, or all where none branches."""
        self.path, self._words = _branching(left, fixed)
        if self.path is None:
            whole = self.branches[None] = self._remembered(left)
            install(deciding(whole.keys, whole.sought, fixed, self._slow))
        else:
            self._write()

    def _remembered(self, left: Sequence[Formula]) -> Remembered:
        keys = Keys(parts_of(left, self._fixed), self._fixed)
        return Remembered(self._compiled, self._fixed, keys)

    def _write(self) -> Decide:
        # the branch of all other words asks a set, so it comes last
        ordered = sorted(self.branches.items(), key=lambda branch: branch[0] is None)
        made = {word: (branch.keys, branch.sought) for word, branch in ordered}
        fixed, words = self._fixed, self._words
        decide = branching(str(self.path), made, fixed, self._unbranched, words)
        self._install(decide)
        return decide

    def _known(self, atom: Atom) -> int | None:
        """The truth of an atom that is the same for every subject, computed once."""
        if atom not in self._truths:
            if heads_of(literal(atom)) <= self._fixed.keys():
                self._truths[atom] = compile_atom(atom)(self._fixed, self._fixed)
            else:
                self._truths[atom] = surely(atom, self._fixed)
        return self._truths[atom]

    def _slow(self, subject: Whole) -> Decision:
        return self._compiled.decide({**self._fixed, **subject})

    def _unbranched(self, subject: Whole) -> Decision:
        """A subject of a value not met before, or one that the function cannot take."""
        head, _, leaf = str(self.path).partition(".")
        inner = subject.get(head)
        value = inner.get(leaf) if type(inner) is dict else None
        if type(value) is str:
            word = value if value in self._words else None
            if word not in self.branches:
                self.branches[word] = self._branch(value)
                return self._write()(subject)
        return self._slow(subject)

    def _branch(self, value: str) -> Remembered:
        head, _, leaf = str(self.path).partition(".")
        root = {**self._fixed, head: {leaf: value}}

        def known(atom: Atom) -> int | None:
            if place_of(atom, self._fixed) == (self.path, None):
                return compile_atom(atom)(root, root)
            return self._known(atom)

        return self._remembered(left_of(self._compiled.pack, self._compiled.order, known))


def _branching(left: Sequence[Formula], fixed: Whole) -> tuple[str | None, tuple[str, ...]]:
    """The text field that more than half of the rules need to have one of few values, and those."""
    needed = Counter(path for formula in left for path in set(_needed(formula, fixed)))
    path, count = needed.most_common(1)[0] if needed else (None, 0)
    if path is None or 2 * count <= len(left) or len(left) < 2:
        return None, ()
    tables = [p for p in parts_of(left, fixed) if isinstance(p, Table) and p.path == path]
    words = tuple(v for table in tables for v, _ in table.values)
    fits = len(words) <= WORDS_MAX and all(type(w) is str for w in words)
    return (path, words) if fits else (None, ())


def _needed(formula: Formula, fixed: Whole) -> Iterator[str]:
    """The fields that must equal something for a rule to hold."""
    for member in formula.parts if formula.op == "and" else (formula,):
        options = member.parts if member.op == "or" else (member,)
        if all(o.op == "lit" and o.sign for o in options):
            places = {place_of(a, fixed) for o in options for a in atoms_of(o)}
            if len(places) == 1 and (place := places.pop()) and place[1] is None:
                yield place[0]
