"""The registry of application actions: every command, route and page names one of these."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tallystick.app.actions_data import TEXT


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person or a program can ask for.

    `call` is "module:function" under `tallystick.app`, or with the whole module name for what
    stands above it (the workbench); `effect` is read, plan or write; `cli`, `http` and `page`
    name the surfaces that offer it, and `reason` says why one is missing.
    """

    id: str
    effect: str
    role: str
    call: str
    cli: str | None
    http: str | None
    page: str | None
    summary: str
    reason: str | None


def _action(line: str) -> Action:
    id_, effect, role, call, *rest = line.split(" | ")
    cli, http, page, summary, reason = (None if part == "-" else part for part in rest)
    return Action(id_, effect, role, call, cli, http, page, str(summary), reason)


ACTIONS: tuple[Action, ...] = tuple(map(_action, TEXT.splitlines()))
_BY_ID = {action.id: action for action in ACTIONS}


def resolve(action_id: str) -> Callable[..., Any]:
    """The function of an action, imported now."""
    module, _, function = _BY_ID[action_id].call.partition(":")
    path = module if module.startswith("tallystick.") else f"tallystick.app.{module}"
    found: Callable[..., Any] = getattr(import_module(path), function)
    return found
