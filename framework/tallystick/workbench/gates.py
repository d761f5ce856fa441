"""What must be true of a rule file before it may be asked beside the rules in force, or be them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tallystick.app.plain import fix_of
from tallystick.app.rule_proofs import Proofs
from tallystick.app.rules import points_of, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import Rulebook, RuleSource
from tallystick.errors import RuleFileError, TallystickError
from tallystick.workbench.assessing import assess
from tallystick.workbench.backtests import seen
from tallystick.workbench.versions import Version, as_in_force

STATES = ("shadow", "enforce")
WAIVABLE = ("lint", "coverage", "invoiced", "shadow")
"""Gates that a person may let pass by name."""
ASKED: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "integration.enable": (
        "switch the integration off and on once",
        ("tallystick integration disable", "tallystick integration enable"),
        (),
    ),
    "integration.migrate": ("nothing asks it yet", (), ()),
    "contact.match": (
        "sync when a client has come that is linked to no customer",
        ("tallystick sync run",),
        ("tallystick sync plan",),
    ),
    "invoice_line.add": (
        "preview a bill",
        ("tallystick billing preview --project PROJECT",),
        ("tallystick billing preview --project PROJECT",),
    ),
}
"""What asks a decision that not every sync asks: in words, the commands that ask a shadow, and
those that show what a file in force would do."""
_SYNC = ("sync", ("tallystick sync run",), ("tallystick sync plan",))


def asked_by(decisions: Sequence[str], to: str) -> tuple[str, ...]:
    """The commands after which it can be seen what a promoted file does, each once."""
    number = 1 if to == "shadow" else 2
    return tuple(dict.fromkeys(c for d in decisions for c in ASKED.get(d, _SYNC)[number]))


OK, FAIL, WARN, WAIVED = "ok", "fail", "warn", "waived"


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that was looked at: `state` is ok, fail, warn or waived.

    What fails stops the promotion; what is `waivable` can be let pass by name.
    """

    name: str
    state: str
    message: str
    fix: str | None = None
    waivable: bool = False


class Gates:
    """The gates of one file on its way to `shadow` or `enforce`."""

    def __init__(self, ws: Workspace, version: Version, to: str) -> None:
        self._ws = ws
        self._version = version
        self._to = to
        self._source = RuleSource(version.file, version.text, "project")
        self._looked = assess(self._source, types_of(ws), points_of(ws))

    def all(self, waived: Sequence[str] = ()) -> tuple[Gate, ...]:
        """Every gate, in the order in which a person mends them; a broken file has one."""
        try:
            book = as_in_force(self._ws, self._version.file, self._version.text)
        except TallystickError as error:
            place = f"{error.where}: " if error.where else ""
            words = f"{error.code} {place}{error.message}"
            return (Gate("check", FAIL, words, fix_of(error)),)
        try:
            gates = [g for step in self._steps(book) for g in step()]
        finally:
            book.close()
        return tuple(
            replace(g, state=WAIVED) if g.state == FAIL and g.waivable and g.name in waived else g
            for g in gates
        )

    def _steps(self, book: Rulebook) -> tuple[Callable[[], Iterator[Gate]], ...]:
        always = (self._check, self._tests, lambda: self._matchers(book))
        seen_first = (self._backtest, self._shadow) if self._to == "enforce" else ()
        return (*always, self._lint, self._coverage, *seen_first)

    def _check(self) -> Iterator[Gate]:
        found = self._looked.check
        wrong = [d for d in found if d.kind == "mistake"]
        notes = sum(d.kind == "note" for d in found)
        if wrong:
            first = wrong[0]
            place = f"{first.code} line {first.line}: {first.message}"
            yield Gate("check", FAIL, _more(place, len(wrong)), first.fix)
        else:
            said = f"Sound; {notes} note{'s' if notes > 1 else ''}." if notes else "Sound."
            yield Gate("check", OK, said)

    def _tests(self) -> Iterator[Gate]:
        results = self._looked.tests
        wrong = [r for r in results if not r.passed]
        if wrong:
            words = f"{wrong[0].name}: {wrong[0].message}"
            yield Gate("tests", FAIL, _more(words, len(wrong)), "Correct the rule or the test.")
        elif not results:
            yield Gate("tests", FAIL, "The file has no test.", "Write one for each rule.")
        else:
            yield Gate("tests", OK, f"{len(results)} pass.")

    def _matchers(self, book: Rulebook) -> Iterator[Gate]:
        """The rule engine and the reference agree on everything the rules can tell apart."""
        try:
            Proofs(self._ws.home / ".tallystick").demand(book)
        except RuleFileError as error:
            yield Gate("matchers", FAIL, error.message, fix_of(error))
        else:
            yield Gate("matchers", OK, "Both matchers agree on all that the rules tell apart.")

    def _lint(self) -> Iterator[Gate]:
        found = self._looked.lint
        if not found:
            yield Gate("lint", OK, "Nothing to improve.")
            return
        first = found[0]
        words = _more(f"{first.code} line {first.line}: {first.message}", len(found))
        yield Gate("lint", self._soft(), words, first.fix, waivable=True)

    def _coverage(self) -> Iterator[Gate]:
        """The tests reach no smaller part of the answers than those of the file in force."""
        live = self._ws.rules.book().packs
        texts = {(s.name, s.origin): s for s in self._ws.rules.loaded()}
        for covered in self._looked.coverage:
            said = f"Tests get {covered.leaves_reached} of {covered.leaves_possible} answers"
            pack = live[covered.decision]
            source, ws = texts[pack.file, pack.origin], self._ws
            before = assess(source, types_of(ws), points_of(ws)).coverage
            floor = next(c.percent for c in before if c.decision == covered.decision)
            if covered.percent >= min(floor, 100):
                yield Gate("coverage", OK, f"{said}.")
                continue
            words = f"{said} ({covered.percent} %); those of the file in force get {floor} %."
            fix = f"tallystick rules coverage {self._version.file} prints the missing tests."
            yield Gate("coverage", self._soft(), words, fix, waivable=True)

    def _backtest(self) -> Iterator[Gate]:
        found: list[Mapping[str, Any]] = list(seen(self._ws, self._version.file))
        if not found:
            words = "No backtest of these rules against the rules in force was seen."
            fix = f"tallystick rules backtest {self._version.file}"
            yield Gate("backtest", FAIL, words, fix)
            return
        changed = sum(c["count"] for r in found for c in r["matrix"] if c["was"] != c["now"])
        replayed = sum(r["replayed"] for r in found)
        said = f"{changed} of {replayed} decisions would change"
        kept = said if replayed else "nothing of these decisions is kept that could be replayed"
        yield Gate("backtest", OK, f"Seen: {kept}.")
        billed = sum(r["invoiced"] for r in found)
        opened = sum(
            c["count"]
            for r in found
            for c in r["matrix"]
            if (c["was"], c["now"]) == ("invoiced", "unbilled")
        )
        if billed or opened:
            words = f"{billed + opened} entries that are invoiced already would be decided anew."
            fix = "Narrow the rules; waive it only when each of them was looked at."
            yield Gate("invoiced", FAIL, words, fix, waivable=True)
        else:
            yield Gate("invoiced", OK, "No entry that is invoiced already would change.")

    def _shadow(self) -> Iterator[Gate]:
        hashes = {p.hash for p in self._ws.rules.book().beside if p.file == self._version.file}
        reports = [
            r
            for r in self._ws.rules.shadows()
            if r["file"] == self._version.file and r["hash"] in hashes
        ]
        asked = sum(r["asked"] for r in reports)
        if not asked:
            words = "It was not asked beside the rules in force yet."
            asking = (ASKED[c.decision] for c in self._looked.coverage if c.decision in ASKED)
            ask = next(asking, _SYNC)[0]
            fix = f"tallystick rules promote {self._version.file} --to shadow, then {ask}"
            if hashes:
                fix = f"It is a shadow: {ask}. Waive this gate if nothing will ask it."
            yield Gate("shadow", FAIL, words, fix, waivable=True)
            return
        failed = sum(r["failed"] for r in reports)
        if failed:
            words = f"It failed {failed} times when it was asked beside the rules in force."
            fix = (
                f"Correct it (tallystick rules test {self._version.file}), promote to shadow, sync."
            )
            yield Gate("shadow", FAIL, words, fix, waivable=True)
            return
        words = f"Asked {asked} times, {sum(r['differing'] for r in reports)} answers differ."
        yield Gate("shadow", OK, words, waivable=True)

    def _soft(self) -> str:
        """What holds up a file that is to be in force is only told of one that is a shadow."""
        return FAIL if self._to == "enforce" else WARN


def _more(first: str, number: int) -> str:
    return first if number == 1 else f"{first} (and {number - 1} more)"
