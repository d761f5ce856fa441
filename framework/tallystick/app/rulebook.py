"""The rules in force: shipped files, plugins' files, and the project's own, which win."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

from tallystick.app.plain import fix_of
from tallystick.app.plugin_rules import plugin_sources
from tallystick.app.rule_former import Former, RuleFiles
from tallystick.app.rule_places import about, config_of, demand_known_places, places_of
from tallystick.app.rule_proofs import Proofs
from tallystick.app.rule_shadows import ShadowStore
from tallystick.decide import Policies, Rulebook, RuleSource, load_policies, load_rulebook
from tallystick.decide.applies import Places
from tallystick.decide.contradictions import Contradiction, Known, contradictions
from tallystick.decide.decider import Decider
from tallystick.decide.routing import Routed
from tallystick.decide.yamlnodes import BYTES_MAX
from tallystick.errors import RuleFileError, Where
from tallystick.host import Host
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.resources import default_rules

_POLICIES = "policies.yaml"
_FILES_MAX = 200
_RETIRED_MAX = 2
Loaded = tuple[Policies, Rulebook, Places]


@dataclass(frozen=True, slots=True)
class RulesState:
    """What `status` says of the rules: the set in force, and what was refused since."""

    hash: str
    decisions: tuple[str, ...]
    drafts: tuple[str, ...]
    shadows: tuple[str, ...]
    problem: str | None = None
    code: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    fix: str | None = None


class Rules:
    """Loads rule files on first use and again when one changed; a broken edit is refused.

    `problem` says what is wrong with files that were refused while older ones stay in force.
    """

    def __init__(self, home: Path, host: Host) -> None:
        self._home = home
        self._host = host
        self._book: Rulebook | None = None
        self._retired: list[Rulebook] = []
        self._policies = Policies({})
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._places = Places()
        self._files = RuleFiles((), "")
        self._former = Former()
        self._lock = RLock()
        self._shadows = ShadowStore(home / ".tallystick")
        self._proofs = Proofs(home / ".tallystick")
        self.problem: RuleFileError | None = None

    def share(self, former: Former) -> None:
        """Go on with what others that share it used last, where the files cannot be used."""
        self._former = former

    def catalogue(self) -> Mapping[str, RecordType]:
        """Every record type that rules can speak of."""
        return self._host.types()

    def points(self) -> tuple[DecisionPoint, ...]:
        """Every decision that a rule file can take."""
        return self._host.points()

    def files(self) -> list[Path]:
        """Rule files on disk, shipped ones first, then the project's."""
        shipped = sorted(default_rules().glob("*.yaml"))
        own = sorted((self._home / "rules").glob("*.yaml"))
        return [*shipped, *own]

    def sources(self) -> list[RuleSource]:
        """All rule files, in the order in which later ones win."""
        found = plugin_sources(self._host)
        files = self.files()
        if len(files) > _FILES_MAX:
            raise RuleFileError(
                f"More than {_FILES_MAX} rule files.", code="RUL-08", where=Where("rules")
            )
        for path in files:
            if path.name in {_POLICIES, "matching.yaml"}:
                continue
            own = path.parent == self._home / "rules"
            found.append(
                RuleSource(f"rules/{path.name}", _text(path), "project" if own else "shipped")
            )
        return found

    def loaded(self) -> tuple[RuleSource, ...]:
        """The texts that the rules in force were made of, whatever the files say by now."""
        self.book()
        return self._files.sources

    def book(self) -> Rulebook:
        """The rules in force. Raises `RuleFileError` when there are none that can be used."""
        with self._lock:
            stamp = self._seen()
            if self._book is not None and stamp == self._stamp:
                return self._book
            try:
                files = RuleFiles(tuple(self.sources()), _text(self._policies_path()))
                book = self._use(files, self._made(files))
            except RuleFileError as error:
                book = self._fallen_back(error)
                self.problem = error
            else:
                self.problem = None
            self._stamp = stamp
            return book

    def _fallen_back(self, error: RuleFileError) -> Rulebook:
        """The rules to go on with while the files are broken; raises `error` without any."""
        files = self._former.files
        if files is not None and files != self._files:
            try:
                return self._use(files, self._made(files))
            except RuleFileError:
                pass  # the configuration changed too, so that they fit no more
        if self._book is None:
            raise error
        return self._book

    def _use(self, files: RuleFiles, made: Loaded) -> Rulebook:
        old, (self._policies, self._book, self._places) = self._book, made
        self._files = self._former.files = files
        if old is not None:
            self._retire(old)
        return made[1]

    def _made(self, files: RuleFiles) -> Loaded:
        policies = load_policies(files.policies, f"rules/{_POLICIES}")
        book = load_rulebook(files.sources, self.catalogue(), self.points(), policies)
        try:
            config = config_of(self._home)
            demand_known_places(book, self._host, config)
            self._proofs.demand(book)
        except RuleFileError:
            book.close()
            raise
        return policies, book, places_of(config)

    def _seen(self) -> tuple[tuple[str, int, int], ...]:
        """What tells whether a file changed; one that goes while we look counts as gone."""
        found = []
        for path in self.files():
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _retire(self, book: Rulebook) -> None:
        """Keep a few replaced books open: a run may still decide by the rules it began with."""
        self._retired.append(book)
        while len(self._retired) > _RETIRED_MAX:
            self._shut(self._retired.pop(0))

    def _shut(self, book: Rulebook) -> None:
        self._shadows.keep(book.shadow_log.reports())
        book.close()

    def places(self) -> Places:
        """Where records come from, as the rules in force see it."""
        self.book()
        return self._places

    def policies(self) -> Policies:
        """The policies in force."""
        self.book()
        return self._policies

    def decider(
        self,
        decision: str,
        *,
        params: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
        integration: str | None = None,
    ) -> Decider | Routed:
        """One decision point, ready to decide. `integration` is whose records will be asked
        about, for files that `applies_to` narrows; records that name their connection say it.
        """
        book = self.book()
        places = self._places if integration is None else self._of(integration)
        return book.decider(decision, params=params, fixed=fixed, places=places)

    def _of(self, integration: str) -> Places:
        config = config_of(self._home)
        return replace(self._places, other=about(config, integration))

    def state(self) -> RulesState:
        """The rules in force and what was refused since, as data."""
        book, error = self.book(), self.problem
        where = error.where if error is not None else None
        return RulesState(
            book.hash,
            tuple(book.packs),
            tuple(p.file for p in book.beside if p.state == "draft"),
            tuple(p.file for p in book.beside if p.state == "shadow"),
            error.message if error else None,
            error.code if error else None,
            where.file if where else None,
            where.line if where else None,
            where.column if where else None,
            fix_of(error) if error else None,
        )

    def shadows(self) -> list[dict[str, Any]]:
        """What shadow files would have decided otherwise, of this process and earlier ones."""
        books = [*self._retired, *([self._book] if self._book else [])]
        return self._shadows.reports([r for b in books for r in b.shadow_log.reports()])

    def contradictions(self, known: Known | None = None) -> list[Contradiction]:
        """Settings that are right alone and wrong together."""
        book = self.book()
        return contradictions(self.policies(), book.packs.values(), known)

    def close(self) -> None:
        """Free the engine."""
        for book in (*self._retired, *([self._book] if self._book else [])):
            self._shut(book)
        self._retired, self._book = [], None

    def _policies_path(self) -> Path:
        own = self._home / "rules" / _POLICIES
        return own if own.is_file() else default_rules() / _POLICIES


def _text(path: Path) -> str:
    """A file's text. What is no plain file, or too large for rules, is not read at all."""
    name = f"rules/{path.name}"
    try:
        if not path.is_file():
            raise RuleFileError("It is no plain file.", code="RUL-07", where=Where(name))
        if path.stat().st_size > BYTES_MAX:
            raise RuleFileError(
                f"The file is larger than {BYTES_MAX // 1024} KB.",
                code="RUL-08",
                where=Where(name, 1, 1),
            )
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFileError(
            f"The file cannot be read as UTF-8 text: {error}", code="RUL-07", where=Where(name)
        ) from None
