"""Settings of several files that are right alone and wrong together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tallystick.decide.model import Formula
from tallystick.decide.packs import Pack
from tallystick.decide.policies import Policies

USUAL_MINUTES = 30
"""A short but usual time entry; a rounding step above it makes such work disappear."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two settings that do not go together: their policies, what follows, and what to do."""

    policies: tuple[str, ...]
    message: str
    fix: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the files; None is not known. `approvals` says that something was ever
    approved in the portal, `general` that general timesheets are on.
    """

    approvals: bool | None = None
    general: bool | None = None
    usual_minutes: int = USUAL_MINUTES


def contradictions(
    policies: Policies, packs: Iterable[Pack], known: Known | None = None
) -> list[Contradiction]:
    """What contradicts itself over all files, under what is known beside them."""
    files, beside = list(packs), known or Known()
    return [
        *_money_out_never(policies, files, beside),
        *_money_out_twice(policies, files),
        *(_general_off(files) if beside.general is False else ()),
    ]


def _param(files: Iterable[Pack], decision: str, name: str) -> Any:
    for pack in files:
        if pack.decision == decision and name in pack.params:
            return pack.params[name].default
    return None


def _money_out_never(
    policies: Policies, files: list[Pack], known: Known
) -> Iterator[Contradiction]:
    if known.approvals is False and _param(files, "record.fetch", "require_approval") is True:
        yield Contradiction(
            ("P-09",),
            "Only approved time is billed, and nothing was ever approved in this portal.",
            "Set require_approval: false in the file of record.fetch, or approve time.",
        )
    mode, step = policies.get("rounding.time.mode"), policies.get("rounding.time.step")
    gone = step if mode == "down" else (step + 1) // 2 if mode == "nearest" else 0
    if policies.get("rounding.zero_result") == "hold" and gone > known.usual_minutes:
        yield Contradiction(
            ("P-12", "P-15"),
            f"Entries below {gone} minutes round to nothing and are held (TS-10), which is most.",
            "Lower rounding.time.step, or round up.",
            "rules/policies.yaml",
        )


def _money_out_twice(policies: Policies, files: list[Pack]) -> Iterator[Contradiction]:
    named = policies.get("claims.credit_releases") == "named"
    if not named and _param(files, "record.fetch", "reentry") == "off":
        yield Contradiction(
            ("P-18", "P-19"),
            "A credit note frees work by itself, and work that looks like it is not held.",
            "Set reentry: hold in the file of record.fetch.",
        )


def _general_off(files: list[Pack]) -> Iterator[Contradiction]:
    """Rules for general entries where general entries are switched off (P-08)."""
    for pack in files:
        if pack.decision != "record.fetch":
            continue
        for rule in pack.rules:
            if rule.then.outcome != pack.point.safe and _needs(rule.when, "record.general") == [
                True
            ]:
                yield Contradiction(
                    ("P-08",),
                    f"{rule.id} is for general entries, and general timesheets are off.",
                    "tallystick integration modules --general-timesheets on, or leave the rule.",
                    pack.file,
                    rule.line,
                )


def _needs(formula: Formula, path: str) -> list[Any]:
    """The values a path must have for a formula to hold; none when it needs no certain one."""
    parts = formula.parts if formula.op == "and" else (formula,)
    for part in parts:
        options = part.parts if part.op == "or" else (part,)
        atoms = [o.atom for o in options if o.op == "lit" and o.sign and o.atom is not None]
        plain = [a for a in atoms if a.kind == "eq" and a.path == path and a.other is None]
        if plain and len(plain) == len(options):
            return [a.value for a in plain]
    return []
