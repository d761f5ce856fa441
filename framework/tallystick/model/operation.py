"""Operations: what a plan wants done in another system, and what came of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from tallystick.model.record import RecordKey, SourceKey


class Action(StrEnum):
    """What an operation does to the target record."""

    CREATE = "create"
    UPDATE = "update"
    LINK = "link"  # only our id map changes; nothing is sent
    DEACTIVATE = "deactivate"
    VOID = "void"


class OperationStatus(StrEnum):
    """Stored states of an operation in the outbox."""

    CLAIMED = "CLAIMED"
    SENDING = "SENDING"
    DONE = "DONE"
    FAILED = "FAILED"
    PARKED = "PARKED"
    CONFLICT = "CONFLICT"
    VANISHED = "VANISHED"
    RELEASED = "RELEASED"


class Mode(StrEnum):
    """How an unknown outcome of a write may be handled; declared by the connector."""

    A = "unique_reference"  # remote refuses a second use: look up, resend
    C = "searchable_reference"  # look up, else park: one send ever
    UNGUARDED = "unguarded"  # as C; resent after a complete empty look-up a day later
    IDEMPOTENT = "idempotent"  # updates and status changes: read the record, send again
    NONE = "none"  # never sent, only proposed


def _plain(item: Any) -> Any:
    if isinstance(item, datetime | date):
        return item.isoformat()
    if isinstance(item, Decimal):
        return str(item)
    if isinstance(item, Mapping):
        return dict(item)
    if isinstance(item, tuple | set | frozenset):
        return sorted(item) if isinstance(item, set | frozenset) else list(item)
    msg = f"no canonical form for {type(item).__name__}"
    raise TypeError(msg)


_CANONICAL = json.JSONEncoder(
    default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")
)


def canonical_json(value: Any) -> str:
    """The one spelling of a value for hashes: sorted keys, dates and decimals as text."""
    return _CANONICAL.encode(value)


_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [a + b for a in _BASE32 for b in _BASE32]


def _reference(text: str) -> str:
    """The first 100 bits of a hash in base 32: ten pairs of characters, ten bits each."""
    bits = int.from_bytes(hashlib.sha256(text.encode()).digest()[:13]) >> 4
    return "TSY-" + "".join([_PAIRS[bits >> shift & 1023] for shift in range(90, -1, -10)])


@lru_cache(maxsize=1024)
def _place(system: str, container_id: str, type: str) -> str:
    return canonical_json([system, container_id, type])[:-1]


def record_reference(source: SourceKey, action: str, generation: int = 0) -> str:
    """Reference of a write made from one source record; never of a connection (R-170)."""
    place = _place(source.system, source.container_id, source.type)
    external_id = canonical_json(source.external_id)
    last = "" if action == Action.CREATE else f",{canonical_json(str(action))}"
    return _reference(f"{place},{external_id},{generation}{last}]")


def invoice_reference(
    organization_id: str,
    portal_id: str,
    customer_id: str,
    lines: Sequence[tuple[str, str]],
    generation: int,
) -> str:
    """Reference of an invoice: organization, portal, customer, sorted (kind, id), generation."""
    parts = [organization_id, portal_id, customer_id, sorted(lines), generation]
    return _reference(canonical_json(parts))


def marker_of(reference: str) -> str:
    """The ten characters after "TSY-" that mark a record without a reference field."""
    return reference[4:14]


@dataclass(frozen=True, slots=True)
class Because:
    """Which rule allowed an operation: decision, rule id, place in its file, sentence."""

    decision: str
    rule: str
    place: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """What an invoice reserves: kind is time_entry, expense or fixed_part (R-169, R-170)."""

    system: str
    container_id: str
    kind: str
    source_id: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One write of a plan.

    `payload` holds canonical field names of the target's record type; `fills` names payload
    fields that get the remote id another operation of the plan makes, by its reference;
    `needs` lists references that must be DONE first (those of `fills` included). An invoice
    payload has "lines": a list of canonical transaction_line mappings, each with
    "time_entry_ids" and "expense_id"; entries of "line_fills" are not needed because an
    invoice is planned from records that exist.
    """

    reference: str
    action: Action
    type: str
    connection_id: str
    title: str
    payload: Mapping[str, Any]
    because: Because
    source: RecordKey | None = None
    target_id: str | None = None
    fills: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    claims: tuple[ClaimKey, ...] = ()
    generation: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    module: str = ""

    @property
    def marker(self) -> str:
        """The ten characters that mark the record in the other system."""
        return marker_of(self.reference)

    @property
    def payload_hash(self) -> str:
        """Hash of what is sent, with what is still to be filled in named by reference."""
        body = canonical_json([self.action, self.type, self.payload, self.fills, self.target_id])
        return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other system made: its id, and the record as canonical row if it was echoed.

    `differs` names, in a look-up, payload fields in which a record that carries our reference or
    marker says something else; "" when it says the same, or cannot be compared.
    """

    external_id: str
    row: Mapping[str, Any] | None = None
    number: str = ""
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a complete search for an earlier write found.

    `matches` carry our reference or marker; `near` look alike without it (same project, user,
    date and minutes), which parks the operation. A search that could not read everything
    raises instead of returning.
    """

    matches: tuple[Receipt, ...] = ()
    near: tuple[Receipt, ...] = ()
