"""Several files of one decision: the first that applies decides, shadow files are asked beside.
What plugins derive is added here too, for the files that name it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.applies import About, Places
from tallystick.decide.decider import Decider
from tallystick.decide.packs import Pack
from tallystick.decide.shadows import Shadowed
from tallystick.model.decision import Decision, Explanation


@dataclass(frozen=True, slots=True)
class Route:
    """One file, ready to decide; `report` is where a shadow's answers are counted."""

    pack: Pack
    decider: Decider
    report: Shadowed | None = None

    def seen(self, subject: Mapping[str, Any]) -> Mapping[str, Any]:
        """The subject as the file sees it."""
        projector = self.pack.projector
        return subject if projector is None else projector(subject)


class Routed:
    """A decision point with narrowed files, shadows or projections; asked like any decider.

    `routes` end with the file that applies to everything. What is not known of a record, and
    could change which file decides, gives the safe outcome.
    """

    def __init__(self, routes: Sequence[Route], shadows: Sequence[Route], places: Places) -> None:
        self._routes = tuple(routes)
        self._shadows = tuple(shadows)
        self._places = places
        self._point = routes[-1].pack.point
        self._last = routes[-1]

    def full(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """The subject with params and fixed inputs of the file that decides it."""
        route = self._chosen(subject)
        return route.decider.full(route.seen(subject))

    def __call__(self, subject: Mapping[str, Any]) -> Decision:
        """Decide one subject; shadow files are asked too, and change nothing."""
        about = self._about(subject)
        decision = self._live(subject, about)
        for shadow in self._shadows:
            _ask(shadow, decision, subject, about)
        return decision

    def reasons(self, decision: Decision, subject: Mapping[str, Any]) -> tuple[Decision, ...]:
        """The decision, and what the rules behind it in the same file say alike."""
        route = self._chosen(subject)
        return route.decider.reasons(decision, route.seen(subject))

    def explain(
        self, decision: Decision, subject: Mapping[str, Any], *, advice: bool = True
    ) -> Explanation:
        """The decision in words, from the file that took it."""
        route = self._chosen(subject)
        return route.decider.explain(decision, route.seen(subject), advice=advice)

    def because(self, decision: Decision, subject: Mapping[str, Any]) -> str:
        """The sentence of the explanation alone."""
        route = self._chosen(subject)
        return route.decider.because(decision, route.seen(subject))

    def place(self, decision: Decision) -> str:
        """File and line of the deciding rule; of files with one rule id, the one asked last."""
        ordered = (self._last, *self._routes)
        found = next((r for r in ordered if _has(r.pack, decision.by)), self._last)
        return found.decider.place(decision)

    def pack_for(self, subject: Mapping[str, Any]) -> Pack:
        """The file that decides a subject."""
        return self._chosen(subject).pack

    def _about(self, subject: Mapping[str, Any]) -> About:
        return self._places.about(self._point, subject)

    def _live(self, subject: Mapping[str, Any], about: About) -> Decision:
        route, unknown = self._route(about)
        if route is None:
            return self._unsure(unknown)
        self._last = route
        return route.decider(route.seen(subject))

    def _route(self, about: About) -> tuple[Route | None, tuple[str, ...]]:
        for route in self._routes:
            applies, unknown = route.pack.applies_to.holds(about)
            if applies is None:
                return None, unknown
            if applies:
                return route, ()
        return self._routes[-1], ()

    def _unsure(self, unknown: tuple[str, ...]) -> Decision:
        point = self._point
        return Decision(point.name, point.safe, "unknown", "RUL-20", unknown=unknown)

    def _chosen(self, subject: Mapping[str, Any]) -> Route:
        route, _ = self._route(self._about(subject))
        self._last = route or self._routes[-1]
        return self._last


def _has(pack: Pack, rule_id: str) -> bool:
    return any(rule.id == rule_id for rule in pack.rules)


def _ask(shadow: Route, live: Decision, subject: Mapping[str, Any], about: About) -> None:
    """Ask a shadow file. Whatever it does, the live decision stands."""
    report = shadow.report
    if report is None or shadow.pack.applies_to.holds(about)[0] is not True:
        return
    try:
        report.note(live, shadow.decider(shadow.seen(subject)), subject)
    except Exception:  # noqa: BLE001 - a shadow must never stop what is live
        report.failed += 1
