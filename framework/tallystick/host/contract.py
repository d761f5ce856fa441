"""What a plugin offers is held against the contract before it is used."""

import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from tallystick.model.connector import ReadSpec, WriteSpec
from tallystick.records.base import Record

PREFIX = "tallystick_"
_WORDS = ("name", "title", "container", "container_setting")
_CALLS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "check": ((), ()),
    "portals": ((), ()),
    "read": (("type", "cursor"), ()),
    "fetch": (("type", "ids"), ("parent",)),
    "write": (("operation",), ()),
    "find": (("operation",), ()),
}
"""Methods of a connector: what they are given by position, and by name."""


def unmarked(module: ModuleType, marked: set[str]) -> str | None:
    """Return what is wrong when a function is named like a hook but was not marked as one."""
    lost = sorted(
        name
        for name, value in vars(module).items()
        if name.startswith(PREFIX) and inspect.isfunction(value) and name not in marked
    )
    if lost:
        return f"{', '.join(lost)} is not marked with tallystick.hookspecs.hookimpl"
    return None


def connector_flaw(offered: Any) -> str | None:
    """Return what keeps a class from being a connector, or None."""
    if not inspect.isclass(offered):
        return f"{offered!r} is no class"
    lacking = [n for n in (*_WORDS, "reads", "writes", *_CALLS) if not hasattr(offered, n)]
    if lacking:
        return f"connector {offered.__name__} lacks {', '.join(lacking)}"
    for name in _WORDS:
        value = getattr(offered, name)
        if not isinstance(value, str) or not value:
            return f"connector {offered.__name__}: {name} must be a text that is not empty"
    return _specs_flaw(offered) or _calls_flaw(offered)


def _specs_flaw(offered: Any) -> str | None:
    for name, kind in (("reads", ReadSpec), ("writes", WriteSpec)):
        specs = getattr(offered, name)
        if not isinstance(specs, Mapping):
            return f"connector {offered.name}: {name} must map record types to {kind.__name__}"
        for type_name, spec in specs.items():
            if not isinstance(spec, kind) or spec.type != type_name:
                return f"connector {offered.name}: {name}[{type_name!r}] is no spec of that type"
    return None


def _calls_flaw(offered: Any) -> str | None:
    wanted = {"__init__": (("session", "settings"), ()), **_CALLS}
    for name, (given, named) in wanted.items():
        try:
            signature = inspect.signature(getattr(offered, name))
            signature.bind(None, *given, **dict.fromkeys(named))
        except (TypeError, ValueError):
            shown = ", ".join(["self", *given, *(f"*, {n}" for n in named)])
            return f"connector {offered.name}: it must be possible to call {name}({shown})"
    return None


def record_type_flaw(offered: Any) -> str | None:
    """Return what keeps a class from being a record type, or None."""
    if not (inspect.isclass(offered) and issubclass(offered, Record)):
        return f"{offered!r} is no record type: it must inherit tallystick.records.base.Record"
    if not offered.type_name:
        return f"record type {offered.__name__} has no type_name"
    return None
