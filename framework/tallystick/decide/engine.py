"""The only importer of durable_rules: asks its C module which rules hold for given truths.

Each file rule is one engine rule over flat facts of zeros and ones; unknown is asked for with a
second fact (what could hold). Rules are cut into chunks of 60, each with a kind of its own.
"""

import itertools
import json
import threading
from collections.abc import Sequence

import durable_rules_engine as _c

from tallystick.errors import RuleFileError

CHUNK_RULES = 60
LITERALS_MAX = 240
_STORED, _NOT_MATCHED = 0, 1
_numbers = itertools.count(1)


class EngineFailed(RuleFileError):
    """The engine answered something it must not; the subject is held (RUL-21)."""

    default_code = "RUL-21"
    remedy = "Nothing: the record is held. Report the rule file and the record."


class Engine:
    """One compiled rule set. `rules` lists, for each rule, the numbers of its literals."""

    def __init__(self, name: str, rules: Sequence[Sequence[int]]) -> None:
        self._lock = threading.Lock()
        self._chunks = _chunks(rules)
        definition: dict[str, object] = {"prime": {"all": [{"m": {"kind": 0}}]}}
        for kind, members in enumerate(self._chunks, start=1):
            for number in members:
                tests = [{"kind": kind}, *({f"a{n}": 1} for n in rules[number])]
                definition[f"r{number}"] = {"all": [{"m": {"$and": tests}}]}
        self._literals = [
            sorted({n for number in members for n in rules[number]}) for members in self._chunks
        ]
        # the engine refuses a second rule set of one name, so each has a number
        self._handle: int | None = _c.create_ruleset(
            f"{name}-{next(_numbers)}", json.dumps(definition)
        )
        # a state in which nothing fired must never be deleted: it frees what was never set
        self._assert({"kind": 0})

    def matching(self, truths: Sequence[bool]) -> frozenset[int]:
        """Numbers of the rules whose literals are all true. Raises `EngineFailed`."""
        found: set[int] = set()
        with self._lock:
            if self._handle is None:
                raise EngineFailed("The rule set is closed.")
            for kind, literals in enumerate(self._literals, start=1):
                fact = {"kind": kind, **{f"a{n}": int(truths[n]) for n in literals}}
                found.update(int(name[1:]) for name in self._assert(fact))
        return frozenset(found)

    def _assert(self, fact: dict[str, int]) -> list[str]:
        text = json.dumps({"id": "1", **fact})
        try:
            code, offset = _c.assert_fact(self._handle, text)
            names = self._drain(offset) if code == _STORED else []
            if code == _STORED:
                _c.retract_fact(self._handle, '{"id":"1"}')
        except Exception as error:  # the module raises several kinds, and none may pass as "no"
            raise EngineFailed(f"The rule engine failed: {error}.") from error
        if code not in {_STORED, _NOT_MATCHED}:
            raise EngineFailed(f"The rule engine answered {code}.")
        return names

    def _drain(self, offset: int) -> list[str]:
        names: list[str] = []
        result = _c.start_action_for_state(self._handle, offset)
        message = result[1] if result else None
        while message:
            names.extend(json.loads(message))
            message = _c.complete_and_start_action(self._handle, offset)
        return names

    def close(self) -> None:
        """Free the rule set."""
        with self._lock:
            if self._handle is not None:
                _c.delete_state(self._handle, "0")
                _c.delete_ruleset(self._handle)
                self._handle = None


def _chunks(rules: Sequence[Sequence[int]]) -> list[list[int]]:
    """Rule numbers in chunks within the engine's limits on rules and properties."""
    chunks: list[list[int]] = []
    literals: set[int] = set()
    for number, needed in enumerate(rules):
        both = literals | set(needed)
        if not chunks or len(chunks[-1]) >= CHUNK_RULES or len(both) > LITERALS_MAX:
            chunks.append([])
            both = set(needed)
        chunks[-1].append(number)
        literals = both
    return chunks
