"""The files of the rules that were in force last, for a server to go on with."""

from dataclasses import dataclass

from tallystick.decide import RuleSource


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The texts that rules are made of."""

    sources: tuple[RuleSource, ...]
    policies: str


@dataclass(slots=True)
class Former:
    """The newest files that could be used, of all who share it; None before there were any.

    A server opens its project folder many times, and what one of them loaded is what all go on
    with when the files are broken later.
    """

    files: RuleFiles | None = None
