"""Inline invariants of a rule file: what must hold after an outcome, and what must not matter."""

from tallystick.decide.cases import items_of, known_keys
from tallystick.decide.conditions import Conditions, Types
from tallystick.decide.model import Formula, Invariant
from tallystick.decide.values import suggestion
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.model.decision import DecisionPoint

INVARIANT_KEYS = ("id", "after", "must", "unaffected_by", "scope", "for_each")
SCOPES = ("store", "history")


class InvariantParser:
    """Parses `invariants`; those about the store are kept for the host to check."""

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
        paths, shuffle = self._unaffected(node)
        return Invariant(
            str(name.value),
            node.mark.line,
            self._after(node),
            self._must(node) if scope is None else None,
            paths,
            shuffle,
            scope,
        )

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
