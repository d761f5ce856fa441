"""Calling a plugin: what it raises, and what it never answers, stays with it."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

HOOK_SECONDS = 10.0
_Answer = TypeVar("_Answer")


class Hung(Exception):
    """A plugin did not answer in time."""


def bounded(call: Callable[[], _Answer], seconds: float = HOOK_SECONDS) -> _Answer:
    """Return what a call into a plugin gives, within a time limit.

    Raises what the plugin raises, a plugin that wants to end the program included, and Hung when
    it does not answer. A thread that hangs is left behind: it cannot be stopped, only ignored.
    """
    answers: list[_Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # noqa: BLE001 - handed over to the caller
            errors.append(error)

    thread = threading.Thread(target=run, name="plugin", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        msg = f"no answer within {seconds:g} s"
        raise Hung(msg)
    return answers[0]


def arguments(implementation: Any, given: dict[str, Any]) -> list[Any]:
    """Return the arguments that an implementation asks for; it may take fewer than there are."""
    return [given[name] for name in implementation.argnames]
