"""One tree of errors; each says what happened, where, and what to do next.

::

    TallystickError               exit 1
    ├── ConfigError               CFG-nn, exit 2: the project folder or a command's words are wrong
    ├── RuleFileError             RUL-nn, exit 1: a rule file is wrong, with file, line and column
    ├── PluginError               PLG-nn, exit 1: a plugin is missing or broken
    ├── StoreError                STO-nn, exit 1: the database cannot be used
    ├── Refused                   exit 6: a rule or a state says no (codes: `explain`)
    ├── StalePlan                 exit 7: what the plan rests on has changed
    ├── Interrupted               exit 130: stopped by a person, can be resumed
    └── RemoteError               exit 4: the other system
        ├── Fatal                 nothing more can be read or written until a person acts
        │   └── CredentialRefused AUTH-nn
        ├── Retry                 the same call may work later (`after_seconds`)
        │   ├── Throttled         a rate limit, with the instant it ends
        │   └── Unreachable       nothing was sent, or a read failed on the way
        ├── Skip                  this one record is wrong, the others go on
        ├── Rejected              a write was answered with a known refusal
        ├── AlreadyThere          a write was answered "duplicate": it exists
        └── OutcomeUnknown        a write was sent and nobody knows whether it took effect
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text file; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class RuleAt:
    """The rule that decided a refusal: its id and where it stands."""

    id: str
    where: Where

    @classmethod
    def of(cls, rule_id: str, place: str) -> "RuleAt | None":
        """From an id and a place as explanations name it, "FILE:LINE"; None without a place."""
        file, _, line = place.rpartition(":")
        if not file or not line.isdigit():
            return None
        return cls(rule_id, Where(file, int(line)))

    def __str__(self) -> str:
        return f"{self.id}  {self.where}"


class TallystickError(Exception):
    """Something went wrong that has no better name."""

    default_code: ClassVar[str] = "CFG-00"
    remedy: ClassVar[str] = "Run the command again with --debug and report what it prints."
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fix: str | None = None,
        where: Where | None = None,
        record: str | None = None,
        rule: RuleAt | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fix = fix or self.remedy
        self.where = where
        self.record = record
        self.rule = rule


class ConfigError(TallystickError):
    """The project folder, its configuration or a command's argument is wrong."""

    default_code = "CFG-01"
    remedy = "Correct the named setting; `tallystick doctor` checks all of them."
    exit_code = 2


class RuleFileError(TallystickError):
    """A rule file cannot be used; the rules in force stay as they are."""

    default_code = "RUL-00"
    remedy = "Correct the file at the named line, then run `tallystick rules check`."


class PluginError(TallystickError):
    """A plugin is missing, cannot be imported or does not keep the contract."""

    default_code = "PLG-01"
    remedy = "See `tallystick connector list`; install or upgrade the named distribution."


class StoreError(TallystickError):
    """The database cannot be opened, read or written."""

    default_code = "STO-01"
    remedy = "Check the database URL, its permissions and free disk space."


class Refused(TallystickError):
    """A rule, or the state of the integration, does not allow this."""

    default_code = "INT-02"
    remedy = "Run `tallystick explain CODE` with the code of this message."
    exit_code = 6


class StalePlan(TallystickError):
    """A record or a rule changed since the plan was made."""

    default_code = "CFG-07"
    remedy = "Plan again, read the new plan, then apply that one."
    exit_code = 7


class Interrupted(TallystickError):
    """A person stopped the command; what was finished is stored."""

    default_code = "CFG-30"
    remedy = "Run the same command again: it goes on where it stopped."
    exit_code = 130


class RemoteError(TallystickError):
    """The other system did not do what was asked."""

    default_code = "NET-02"
    remedy = "Nothing; it is tried again. If it lasts, look at the other system's status."
    exit_code = 4


class Fatal(RemoteError):
    """The other system will refuse everything until a person acts."""

    default_code = "AUTH-04"
    remedy = "Grant the named permission, or correct the connection's settings."


class CredentialRefused(Fatal):
    """The credential was rejected."""

    default_code = "AUTH-01"
    remedy = "Enter a working credential: `tallystick integration connect`."


class Retry(RemoteError):
    """The same call may work later."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fix: str | None = None,
        after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, code=code, fix=fix)
        self.after_seconds = after_seconds


class Throttled(Retry):
    """A rate limit of the other system is used up; `until` is when it ends, if known (UTC)."""

    default_code = "NET-01"
    remedy = "Nothing; work goes on by itself when the limit ends."

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        after_seconds: float | None = None,
        until: datetime | None = None,
    ) -> None:
        super().__init__(message, code=code, after_seconds=after_seconds)
        self.until = until


class Unreachable(Retry):
    """No connection could be made, so nothing was sent; or a read was cut off."""


class Skip(RemoteError):
    """One record cannot be read or written; the others go on."""

    default_code = "DATA-02"
    remedy = "Correct the record in its own system; the next run tries it again."


class Rejected(RemoteError):
    """A write was answered with a known refusal, so it had no effect."""

    default_code = "DATA-02"
    remedy = "Correct what the other system complains about, then plan again."

    def __init__(
        self, message: str, *, code: str | None = None, remote_code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.remote_code = remote_code


class AlreadyThere(RemoteError):
    """A write was refused as a duplicate: a record with this guard value exists."""

    default_code = "INV-02"
    remedy = "Nothing; the existing record is read back and compared."


class OutcomeUnknown(RemoteError):
    """A write was sent and its outcome is not known; it must be looked up."""

    default_code = "INV-03"
    remedy = "Nothing; the next look-up decides. `tallystick sync sweep` looks now."
