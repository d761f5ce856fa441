"""Forked children that are killed at a fail point."""

import os
import signal
import traceback
import warnings
from collections.abc import Callable

from tallystick.model.failpoints import arm


def die_at(point: str, hit: int) -> None:
    """Kill this very process when `point` is reached for the `hit`-th time."""
    left = [hit]

    def reached(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    arm(reached)


def in_child(body: Callable[[], None]) -> int:
    """Run `body` in a forked child; returns its exit status, negative for the signal it died of.

    A child that raises prints its traceback and ends with 1.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads at a fork
        child = os.fork()
    if child == 0:
        status = 1
        try:
            body()
            status = 0
        except BaseException:  # noqa: BLE001 - a child must never return into the test
            traceback.print_exc()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended)
