"""Observation is a value: what happened, then whoever listens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when (UTC), what (such as "run.finished"), facts without secrets."""

    at: datetime
    kind: str
    integration: str | None = None
    run_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
