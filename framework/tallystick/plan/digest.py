"""The fingerprint of a plan that apply must name."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from tallystick.model.operation import Action, Because, ClaimKey, Operation, canonical_json
from tallystick.model.record import RecordKey


class Digest:
    """A fingerprint that grows operation by operation, in plan order.

    It covers all of an operation, its title and the rule that allowed it too: what is applied is
    what was shown.
    """

    def __init__(self, rules_hash: str, integration: str, kind: str) -> None:
        self._hash = hashlib.sha256(canonical_json([rules_hash, integration, kind]).encode())
        self.count = 0

    def add(self, body: bytes) -> None:
        """Take in the next operation, as `body_of` writes it."""
        self.count += 1
        self._hash.update(body)

    def value(self) -> str:
        """The fingerprint of what was taken in so far."""
        return "p-" + self._hash.hexdigest()[:16]


def plan_digest(
    operations: Iterable[Operation], *, rules_hash: str, integration: str, kind: str
) -> str:
    """The fingerprint of a whole plan."""
    digest = Digest(rules_hash, integration, kind)
    for operation in operations:
        digest.add(body_of(operation))
    return digest.value()


def body_of(operation: Operation) -> bytes:
    """An operation in the one spelling that is stored and fingerprinted."""
    return orjson.dumps(to_json(operation), default=str, option=orjson.OPT_SORT_KEYS)


class Pattern:
    """The bodies of operations that are alike but for a few values; written without an object.

    It is taken from a sample that has a `blank` wherever a value goes, so that what it writes is
    what `body_of` would write.
    """

    def __init__(self, sample: Operation, names: Sequence[str]) -> None:
        self.sample = sample
        text = body_of(sample).decode()
        marks = {orjson.dumps(blank(name)).decode(): name for name in names}
        parts = re.split("(" + "|".join(map(re.escape, marks)) + ")", text)
        self.names = tuple(marks[part] for part in parts[1::2])
        self._format = "%s".join(part.replace("%", "%%") for part in parts[::2])

    def body(self, values: Mapping[str, str]) -> str:
        """The body with these values, each as JSON."""
        return self._format % tuple([values[name] for name in self.names])


def blank(name: str) -> str:
    """What stands in a sample where a value goes; no text of a record has such characters."""
    return f"\x00{name}\x00"


def to_json(operation: Operation) -> dict[str, Any]:
    """An operation as plain JSON; `from_json` gives the same operation back."""
    because, source = operation.because, operation.source
    body: dict[str, Any] = {
        "reference": operation.reference,
        "action": str(operation.action),
        "type": operation.type,
        "connection_id": operation.connection_id,
        "title": operation.title,
        "payload": dict(operation.payload),
        "because": {
            "decision": because.decision,
            "rule": because.rule,
            "place": because.place,
            "sentence": because.sentence,
        },
        "source": {
            "connection_id": source.connection_id,
            "type": source.type,
            "external_id": source.external_id,
        }
        if source
        else None,
        "target_id": operation.target_id,
        "fills": dict(operation.fills),
        "needs": list(operation.needs),
        "claims": [asdict(c) for c in operation.claims] if operation.claims else [],
        "generation": operation.generation,
        "versions": dict(operation.versions),
        "module": operation.module,
    }
    return body


def from_json(body: dict[str, Any]) -> Operation:
    """The operation that `to_json` wrote."""
    source = body["source"]
    return Operation(
        reference=body["reference"],
        action=Action(body["action"]),
        type=body["type"],
        connection_id=body["connection_id"],
        title=body["title"],
        payload=body["payload"],
        because=Because(**body["because"]),
        source=RecordKey(**source) if source else None,
        target_id=body["target_id"],
        fills=body["fills"],
        needs=tuple(body["needs"]),
        claims=tuple(ClaimKey(**c) for c in body["claims"]),
        generation=body["generation"],
        versions=body["versions"],
        module=body["module"],
    )
