"""Tallystick: the doorstep, what a plugin may import."""

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
]
