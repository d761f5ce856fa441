"""The rules in force: shipped files, plugins' files, and the project's own, which win."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tallystick.decide import Decider, Policies, Rulebook, RuleSource, load_policies, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.errors import RuleFileError, Where
from tallystick.host import Host
from tallystick.model.catalogue import RecordType
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules

_POLICIES = "policies.yaml"
_RETIRED_MAX = 2


class Rules:
    """Loads rule files on first use and again when one changed; a broken edit is refused.

    `problem` says what is wrong with files that were refused while older ones stay in force.
    """

    def __init__(self, home: Path, host: Host) -> None:
        self._home = home
        self._host = host
        self._book: Rulebook | None = None
        self._retired: list[Rulebook] = []
        self._policies: Policies | None = None
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self.problem: RuleFileError | None = None

    def catalogue(self) -> Mapping[str, RecordType]:
        """Every record type that rules can speak of."""
        return catalogue(self._host.record_types)

    def files(self) -> list[Path]:
        """Rule files on disk, shipped ones first, then the project's."""
        shipped = sorted(default_rules().glob("*.yaml"))
        own = sorted((self._home / "rules").glob("*.yaml"))
        return [*shipped, *own]

    def sources(self) -> list[RuleSource]:
        """All rule files, in the order in which later ones win."""
        found = [
            RuleSource(str(f.name), f.read_text(encoding="utf-8"), "plugin")
            for f in self._host.rule_files()
        ]
        for path in self.files():
            if path.name in {_POLICIES, "matching.yaml"}:
                continue
            own = path.parent == self._home / "rules"
            found.append(
                RuleSource(f"rules/{path.name}", _text(path), "project" if own else "shipped")
            )
        return found

    def book(self) -> Rulebook:
        """The rules in force. Raises `RuleFileError` when there are none that can be used."""
        stamp = tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in self.files())
        if self._book is not None and stamp == self._stamp:
            return self._book
        try:
            fresh = load_rulebook(self.sources(), self.catalogue(), POINTS)
            policies = self._load_policies()
        except RuleFileError as error:
            if self._book is None:
                raise
            self.problem, self._stamp = error, stamp
            return self._book
        old, self._book, self._policies = self._book, fresh, policies
        self._stamp, self.problem = stamp, None
        if old is not None:
            self._retire(old)
        return fresh

    def _retire(self, book: Rulebook) -> None:
        """Keep a few replaced books open: a run may still decide by the rules it began with."""
        self._retired.append(book)
        while len(self._retired) > _RETIRED_MAX:
            self._retired.pop(0).close()

    def policies(self) -> Policies:
        """The policies in force."""
        self.book()
        if self._policies is None:
            self._policies = self._load_policies()
        return self._policies

    def decider(
        self,
        decision: str,
        *,
        params: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
    ) -> Decider:
        """One decision point, ready to decide."""
        return self.book().decider(decision, params=params, fixed=fixed)

    def close(self) -> None:
        """Free the engine."""
        for book in (*self._retired, *([self._book] if self._book else [])):
            book.close()
        self._retired, self._book = [], None

    def _load_policies(self) -> Policies:
        own = self._home / "rules" / _POLICIES
        path = own if own.is_file() else default_rules() / _POLICIES
        return load_policies(_text(path), f"rules/{_POLICIES}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFileError(
            f"The file cannot be read as UTF-8 text: {error}", code="RUL-07", where=Where(str(path))
        ) from None
