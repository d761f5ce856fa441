"""Inline invariants of a rule file: what must hold after an outcome, what must not matter, and
what must hold of the store after every history.
"""

from tallystick.decide.cases import items_of, known_keys
from tallystick.decide.conditions import Conditions
from tallystick.decide.model import Formula, Invariant
from tallystick.decide.observed import OBSERVED, SCOPE_OF
from tallystick.decide.terms import Types
from tallystick.decide.values import suggestion
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.model.decision import DecisionPoint

INVARIANT_KEYS = ("id", "after", "must", "unaffected_by", "scope", "for_each", "eventually")
SCOPES = ("store", "history")
SYNCS_MAX = 10
"""Syncs after which everything must have come to rest."""


class InvariantParser:
    """Parses `invariants`; those about the store are checked by histories (`rules fuzz`)."""

    def __init__(
        self, loader: Loader, point: DecisionPoint, types: Types, conditions: Conditions
    ) -> None:
        self._loader = loader
        self._point = point
        self._types = types
        self._conditions = conditions

    def parse(self, root: Node) -> tuple[Invariant, ...]:
        """The invariants in file order."""
        found: dict[str, Invariant] = {}
        for node in items_of(self._loader, root, "invariants"):
            invariant = self._invariant(node)
            if invariant.id in found:
                raise self._loader.fail(f"Two invariants are called {invariant.id}.", node.mark)
            found[invariant.id] = invariant
        return tuple(found.values())

    def _invariant(self, node: Node) -> Invariant:
        known_keys(self._loader, node, INVARIANT_KEYS, "invariant")
        name = node.value.get("id")
        if name is None:
            raise self._loader.fail("The invariant has no id.", node.mark)
        if not {"must", "unaffected_by"} & node.value.keys():
            raise self._loader.fail(
                "The invariant says nothing: give it must or unaffected_by.", node.mark
            )
        scope = self._scope(node)
        if scope is not None:
            return self._of_system(node, str(name.value), scope)
        for word in ("for_each", "eventually"):
            if word in node.value:
                text = f"{word} belongs to an invariant with `scope`."
                raise self._loader.fail(text, node.keys[word], "RUL-12")
        paths, shuffle = self._unaffected(node)
        return Invariant(
            str(name.value), node.mark.line, self._after(node), self._must(node), paths, shuffle
        )

    def _of_system(self, node: Node, name: str, scope: str) -> Invariant:
        """An invariant of the store or of a history: `must` speaks of what `for_each` names."""
        for word in ("after", "unaffected_by"):
            if word in node.value:
                text = f"{word} is about one decision; an invariant with scope has none."
                raise self._loader.fail(text, node.keys[word], "RUL-12")
        each = node.value.get("for_each")
        known = [n for n, belongs in SCOPE_OF.items() if belongs == scope]
        if each is None or each.value not in known:
            hint = suggestion(str(each.value), known) if each else ""
            place = each.mark if each else node.mark
            text = f"for_each of scope {scope} is one of {', '.join(known)}.{hint}"
            raise self._loader.fail(text, place, "RUL-11")
        conditions = Conditions(self._loader, OBSERVED[str(each.value)])
        return Invariant(
            name,
            node.mark.line,
            must=conditions.parse(node.value["must"])[0],
            scope=scope,
            for_each=str(each.value),
            eventually=self._eventually(node),
        )

    def _eventually(self, node: Node) -> int | None:
        """After how many syncs it must hold, once faults have stopped; None: always."""
        body = node.value.get("eventually")
        if body is None:
            return None
        syncs = body.value.get("syncs") if isinstance(body.value, dict) else None
        if syncs is None or type(syncs.value) is not int or not 1 <= syncs.value <= SYNCS_MAX:
            text = f"eventually is {{syncs: N}}, with N from 1 to {SYNCS_MAX}."
            raise self._loader.fail(text, body.mark, "RUL-12")
        return int(syncs.value)

    def _scope(self, node: Node) -> str | None:
        scope = node.value.get("scope")
        if scope is None:
            return None
        if scope.value not in SCOPES:
            hint = suggestion(str(scope.value), SCOPES)
            raise self._loader.fail(
                f"scope is one of {', '.join(SCOPES)}.{hint}", scope.mark, "RUL-11"
            )
        return str(scope.value)

    def _after(self, node: Node) -> str | None:
        after = node.value.get("after")
        if after is None:
            return None
        wanted = after.value.get("outcome") if isinstance(after.value, dict) else None
        if wanted is None or wanted.value not in self._point.outcomes:
            hint = suggestion(str(wanted.value), self._point.outcomes) if wanted else ""
            raise self._loader.fail(f"`after` names an outcome.{hint}", after.mark, "RUL-11")
        return str(wanted.value)

    def _must(self, node: Node) -> Formula | None:
        must = node.value.get("must")
        return None if must is None else self._conditions.parse(must)[0]

    def _unaffected(self, node: Node) -> tuple[tuple[str, ...], str | None]:
        """Paths that must not matter, or a list whose order must not."""
        body = node.value.get("unaffected_by")
        if body is None:
            return (), None
        if isinstance(body.value, dict) and set(body.value) == {"shuffle"}:
            shuffled = body.value["shuffle"]
            if shuffled.value not in self._types.many:
                hint = suggestion(str(shuffled.value), self._types.many)
                raise self._loader.fail(
                    f"There is no list {shuffled.value}.{hint}", shuffled.mark, "RUL-11"
                )
            return (), str(shuffled.value)
        if not isinstance(body.value, list) or not body.value:
            raise self._loader.fail(
                "unaffected_by is a list of paths, or {shuffle: list}.", body.mark, "RUL-12"
            )
        for path in body.value:
            self._conditions.type_of(str(path.value), path.mark)
        return tuple(str(path.value) for path in body.value), None
