"""Tallystick: the doorstep, what a plugin may import."""

from typing import TYPE_CHECKING, Any

from tallystick.errors import (
    AlreadyThere,
    CredentialRefused,
    Fatal,
    OutcomeUnknown,
    Rejected,
    Retry,
    Skip,
    Throttled,
    Unreachable,
)

if TYPE_CHECKING:
    from tallystick.hookspecs import hookimpl

__all__ = [
    "AlreadyThere",
    "CredentialRefused",
    "Fatal",
    "OutcomeUnknown",
    "Rejected",
    "Retry",
    "Skip",
    "Throttled",
    "Unreachable",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    """`hookimpl`, imported when a plugin asks for it: help must start without the record types."""
    if name != "hookimpl":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from tallystick.hookspecs import hookimpl as marker  # noqa: PLC0415

    return marker
