"""The order of operations: parents before children, modules in their order."""

from collections.abc import Iterable

from tallystick.model.connection import MODULES
from tallystick.model.operation import Operation

_RANK = {module: number for number, module in enumerate(MODULES)}


def ordered(operations: Iterable[Operation]) -> list[Operation]:
    """Operations by module (R-025), each after those it needs; otherwise as they were planned.

    Raises ValueError when two operations need each other, which no planner produces.
    """
    left = sorted(operations, key=lambda o: _RANK.get(o.module, len(_RANK)))
    known = {o.reference for o in left}
    done: set[str] = set()
    result: list[Operation] = []
    while left:
        later: list[Operation] = []
        for operation in left:
            if all(need in done or need not in known for need in operation.needs):
                done.add(operation.reference)
                result.append(operation)
            else:
                later.append(operation)
        if len(later) == len(left):
            names = ", ".join(o.title for o in later[:3])
            msg = f"operations need each other: {names}"
            raise ValueError(msg)
        left = later
    return result


def sign(operation: Operation) -> str:
    """The mark of an operation in a printed plan."""
    return {"create": "+", "link": "=", "update": "~"}.get(operation.action, "-")
