"""What sending works with, and small readings of an operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tallystick.model.connector import Connector
from tallystick.model.operation import Action, Operation, Receipt
from tallystick.model.ports import Clock
from tallystick.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """What sending needs: the store, the connectors by connection id, clock and executor.

    `precheck` looks at fresh records just before an operation is sent and returns a refusal
    (code, sentence) or None. `insist` raises when others may count this process as dead, so that
    it must not send any more.
    """

    store: Store
    connectors: Mapping[str, Connector]
    clock: Clock
    executor: str
    integration: str
    precheck: Callable[[Operation], tuple[str, str] | None]
    plan_digest: str | None = None
    run_id: int | None = None
    insist: Callable[[], None] = lambda: None


def total_differs(operation: Operation, receipt: Receipt) -> tuple[str | None, str | None]:
    """INV-07 when the written total is not the planned one (R-157); the draft stays."""
    planned = operation.payload.get("total_minor")
    written = (receipt.row or {}).get("total_minor")
    if operation.action is not Action.CREATE or planned is None or written is None:
        return None, None
    wanted = operation.payload.get("currency")
    currency = (receipt.row or {}).get("currency") or wanted
    # what may differ was said when it was planned (P-36)
    near = abs(int(written) - int(planned)) <= operation.payload.get("tolerance_minor", 0)
    if near and wanted == currency:
        return None, None
    found, asked = f"{written} {currency}", f"{planned} {wanted}"
    return "INV-07", f"The written total is {found}, the planned one {asked} (minor units)."


def filled(operation: Operation, ids: Mapping[str, str]) -> Operation:
    """The operation with ids of others filled in (`ids` by reference)."""
    if not operation.fills:
        return operation
    values = {name: ids[reference] for name, reference in operation.fills.items()}
    target = values.pop("external_id", operation.target_id)
    return replace(operation, payload={**operation.payload, **values}, fills={}, target_id=target)
