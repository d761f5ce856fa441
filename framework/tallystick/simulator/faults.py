"""Faults of a simulated service, addressed by request number, path, or probability with a seed."""

import random
import re
from dataclasses import dataclass

from tallystick.errors import ConfigError

KINDS = (
    "drop_before",
    "drop_after",
    "error_before",
    "error_after",
    "slow",
    "throttle",
    "truncated",
    "html",
    "expire_token",
)
_SPEC = re.compile(r"^(?P<kind>[a-z0-9_]+)(?::(?P<path>[^@]+))?(?:@(?P<number>\d+))?$")
_ALIASES = {"429": "throttle", "500": "error_after", "drop": "drop_after", "timeout": "slow"}


@dataclass(slots=True)
class Fault:
    """One fault: what happens, to which requests, how often.

    `request_number` counts product requests from 1 since the last reset; `path_pattern` is a
    regular expression searched in the path; `times` is how often it strikes.
    """

    kind: str
    request_number: int | None = None
    path_pattern: str | None = None
    method: str | None = None
    probability: float | None = None
    times: int = 1
    seconds: float = 0.0

    def fits(self, number: int, method: str, path: str, draw: float) -> bool:
        """True when it strikes this request."""
        return (
            self.times > 0
            and (self.request_number is None or self.request_number == number)
            and (self.method is None or self.method == method)
            and (self.path_pattern is None or re.search(self.path_pattern, path) is not None)
            and (self.probability is None or draw < self.probability)
        )


class FaultPlan:
    """The faults to come; the same seed and requests give the same faults."""

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault. Raises `ConfigError` for a kind that does not exist."""
        if fault.kind not in KINDS:
            raise ConfigError(f"There is no fault {fault.kind}: {', '.join(KINDS)}.", code="CFG-06")
        self._faults.append(fault)

    def clear(self) -> None:
        """Plan nothing."""
        self._faults.clear()

    def reset(self) -> None:
        """Plan nothing and draw again from the seed."""
        self.clear()
        self._random = random.Random(self._seed)

    def pick(self, number: int, method: str, path: str) -> Fault | None:
        """The fault that strikes a request, counted as used."""
        if not self._faults:
            return None
        draw = self._random.random()
        for fault in self._faults:
            if fault.fits(number, method, path, draw):
                fault.times -= 1
                return fault
        return None


def parse_fault(text: str) -> Fault:
    """A fault from text: KIND@N, KIND:/path@N or KIND:/path; 429, 500 and drop are kinds too."""
    match = _SPEC.match(text.strip())
    if match is None:
        raise ConfigError(
            f"{text} is no fault.", code="CFG-06", fix="Write KIND@N, such as drop_after@3."
        )
    kind = _ALIASES.get(match["kind"], match["kind"])
    if kind not in KINDS:
        raise ConfigError(f"There is no fault {kind}: {', '.join(KINDS)}.", code="CFG-06")
    return Fault(
        kind,
        int(match["number"]) if match["number"] else None,
        re.escape(match["path"]) if match["path"] else None,
    )
