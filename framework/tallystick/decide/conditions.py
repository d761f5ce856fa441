"""Conditions of a rule file as formulas, checked against the types of their inputs."""

from collections.abc import Mapping

from tallystick.decide.counting import binds_one, number_tests
from tallystick.decide.model import ALWAYS, Atom, Formula, literal, negated
from tallystick.decide.patterns import PATTERN_MAX, pattern_flaw
from tallystick.decide.terms import Field, Scope, Terms, Types, beside
from tallystick.decide.values import NAME, suggestion
from tallystick.decide.yamlnodes import Loader, Mark, Node
from tallystick.model.catalogue import FieldType

__all__ = ["OPERATORS", "Conditions", "Scope", "Types", "joined"]

_ORDER = {
    "lt": ("lt", True),
    "before": ("lt", True),
    "ge": ("lt", False),
    "on_or_after": ("lt", False),
    "le": ("le", True),
    "on_or_before": ("le", True),
    "gt": ("le", False),
    "after": ("le", False),
}
RULE_FOLDS = ("name", "email", "phone")
"""The folds that rules may name; others are the framework's own."""
_FOLDABLE = ("same_as", "differs_from")
_QUANTIFIERS = ("count", "some", "none", "where", "bind")
OPERATORS = (*_ORDER, "ne", "in", "not_in", "present", "blank", "matches", *_FOLDABLE)
_ORDERED_TYPES = {"integer", "decimal", "date", "instant", "money"}
VALUES_MAX = 1000
"""Values in one list of a condition."""
Binds = dict[str, Atom]


class Conditions:
    """Parses the conditions of one file."""

    def __init__(self, loader: Loader, types: Types) -> None:
        self._loader = loader
        self._types = types
        self._terms = Terms(loader, types)

    def parse(self, node: Node, item: Scope | None = None) -> tuple[Formula, Binds]:
        """A `when` or `where` list as a formula, with the names it binds list items to."""
        if not isinstance(node.value, list):
            raise self._loader.fail("Conditions are a list.", node.mark, "RUL-12")
        binds: Binds = {}
        parts = [self._entry(n, item, binds) for n in node.value]
        return joined("and", parts), binds

    def _entry(self, node: Node, item: Scope | None, binds: Binds | None) -> Formula:
        if not isinstance(node.value, dict) or not node.value:
            raise self._loader.fail("A condition is `path: what must hold`.", node.mark, "RUL-12")
        parts = []
        for name, value in node.value.items():
            if name == "all":
                parts.append(joined("and", self._group(value, item, binds)))
            elif name == "any":
                # an item bound in a branch that does not hold would be nobody, so: no binding
                parts.append(joined("or", self._group(value, item, None)))
            elif name == "not":
                parts.append(negated(joined("and", self._group(value, item, None))))
            else:
                parts.append(self._test(name, node.keys[name], value, item, binds))
        return joined("and", parts)

    def _group(self, node: Node, item: Scope | None, binds: Binds | None) -> list[Formula]:
        members = node.value if isinstance(node.value, list) else [node]
        if not members:
            raise self._loader.fail("An empty group says nothing.", node.mark, "RUL-12")
        return [self._entry(n, item, binds) for n in members]

    def _test(
        self, path: str, mark: Mark, node: Node, item: Scope | None, binds: Binds | None
    ) -> Formula:
        if item is None and path in self._types.many:
            return self._list(path, mark, node, binds)
        field = Field(path, self._terms.type_of(path, mark, item), item is not None)
        if isinstance(node.value, dict):
            return self._operators(field, node)
        if isinstance(node.value, list):
            return self._one_of(field, node)
        return self._equals(field, node)

    def type_of(self, path: str, mark: Mark, item: Scope | None = None) -> FieldType:
        """The type a path has. Raises RUL-11 for an unknown name, with a suggestion."""
        return self._terms.type_of(path, mark, item)

    def _one_of(self, field: Field, node: Node) -> Formula:
        if not node.value:
            raise self._loader.fail("Nothing is one of an empty list.", node.mark, "RUL-12")
        if len(node.value) > VALUES_MAX:
            raise self._loader.fail(f"More than {VALUES_MAX} values.", node.mark, "RUL-08")
        return joined("or", [self._equals(field, n) for n in node.value])

    def _equals(self, field: Field, node: Node) -> Formula:
        other = self._terms.param(field, node)
        value = None if other else self._terms.typed(node, field.kind)
        return literal(self._compared("eq", field, value, other))

    def _compared(self, kind: str, field: Field, value: object, other: str | None) -> Atom:
        """A comparison; amounts compare with their currencies, but for 0, which needs none."""
        if not field.money or (other is None and (value is None or value == 0)):
            return Atom(kind, field.path, value, other, item=field.item)
        of = self._types.field(other) if other is not None else None
        second = beside(other, of) if other is not None and of is not None else None
        return Atom(
            f"money_{kind}",
            field.path,
            value,
            other,
            item=field.item,
            currency=field.currency,
            other_currency=second,
        )

    def _operators(self, field: Field, node: Node) -> Formula:
        operators = {n: v for n, v in node.value.items() if n != "fold"}
        fold = self._fold(field, node, operators)
        if not operators:
            raise self._loader.fail("Name an operator.", node.mark, "RUL-12")
        return joined(
            "and", [self._operator(n, field, v, node.keys[n], fold) for n, v in operators.items()]
        )

    def _fold(self, field: Field, node: Node, operators: Mapping[str, Node]) -> str | None:
        fold = node.value.get("fold")
        if fold is None:
            return None
        if fold.value not in RULE_FOLDS:
            hint = suggestion(str(fold.value), RULE_FOLDS)
            raise self._loader.fail(f"There is no fold {fold.value}.{hint}", fold.mark, "RUL-11")
        if field.kind.type != "text" or not operators or not operators.keys() <= set(_FOLDABLE):
            raise self._loader.fail(
                "fold goes with same_as or differs_from on text.", node.keys["fold"], "RUL-12"
            )
        return str(fold.value)

    def _operator(
        self, name: str, field: Field, node: Node, mark: Mark, fold: str | None
    ) -> Formula:
        if name in _ORDER:
            return self._ordered(name, field, node, mark)
        if name == "ne":
            return negated(self._equals(field, node))
        if name in {"present", "blank"}:
            if not isinstance(node.value, bool):
                raise self._loader.fail(f"{name} is true or false.", node.mark, "RUL-12")
            return literal(Atom(name, field.path, item=field.item), sign=node.value)
        if name in {"in", "not_in"}:
            found = self._member(field, node)
            return found if name == "in" else negated(found)
        if name in _FOLDABLE:
            return self._same(field, node, fold, sign=name == "same_as")
        if name == "matches":
            return self._matches(field, node, mark)
        if name in _QUANTIFIERS:
            raise self._loader.fail(
                f"{name} is for lists; {field.path} is no list.", mark, "RUL-12"
            )
        hint = suggestion(name, OPERATORS)
        raise self._loader.fail(f"There is no operator {name}.{hint}", mark, "RUL-11")

    def _same(self, field: Field, node: Node, fold: str | None, *, sign: bool) -> Formula:
        other = str(node.value)
        self._terms.alike(field, node)
        if field.money:
            return literal(self._compared("eq", field, None, other), sign=sign)
        if field.kind.type == "decimal":
            # 1.5 and 1.50 are one number in two spellings: equal is neither below nor above
            below = Atom("lt", field.path, other=other, item=field.item)
            most = Atom("le", field.path, other=other, item=field.item)
            same = joined("and", [literal(most), literal(below, sign=False)])
            return same if sign else negated(same)
        return literal(Atom("same", field.path, other=other, fold=fold, item=field.item), sign=sign)

    def _matches(self, field: Field, node: Node, mark: Mark) -> Formula:
        if field.kind.type != "text":
            raise self._loader.fail(
                f"matches is for text; {field.path} is {field.kind.type}.", mark, "RUL-12"
            )
        if not isinstance(node.value, str) or not node.value:
            raise self._loader.fail("matches takes a pattern in quotes.", node.mark, "RUL-12")
        if len(node.value) > PATTERN_MAX:
            text = f"A pattern has at most {PATTERN_MAX} characters."
            raise self._loader.fail(text, node.mark, "RUL-08")
        flaw = pattern_flaw(node.value)
        if flaw is not None:
            raise self._loader.fail(f"The pattern cannot be used: {flaw}.", node.mark, "RUL-12")
        return literal(Atom("matches", field.path, node.value, item=field.item))

    def _ordered(self, name: str, field: Field, node: Node, mark: Mark) -> Formula:
        if field.kind.type not in _ORDERED_TYPES:
            raise self._loader.fail(
                f"{field.path} is {field.kind.type}, which has no order.", mark, "RUL-12"
            )
        atom_kind, sign = _ORDER[name]
        other = self._terms.param(field, node)
        value = None if other else self._terms.typed(node, field.kind)
        if value is None and other is None:
            raise self._loader.fail(f"{name} needs a value.", node.mark, "RUL-12")
        return literal(self._compared(atom_kind, field, value, other), sign=sign)

    def _member(self, field: Field, node: Node) -> Formula:
        if isinstance(node.value, list):
            return self._one_of(field, node)
        other = str(node.value)
        if self._terms.type_of(other, node.mark).type != "list":
            raise self._loader.fail(f"{other} is no list.", node.mark, "RUL-12")
        return literal(Atom("inlist", field.path, other=other, item=field.item))

    def _list(self, path: str, mark: Mark, node: Node, binds: Binds | None) -> Formula:
        if not isinstance(node.value, dict):
            raise self._loader.fail(
                f"{path} is a list: use count, some or none, with where.", mark, "RUL-12"
            )
        for name in node.value:
            if name not in _QUANTIFIERS:
                hint = suggestion(name, _QUANTIFIERS)
                raise self._loader.fail(
                    f"There is no list operator {name}.{hint}", node.keys[name], "RUL-11"
                )
        where = node.value.get("where")
        formula = self.parse(where, self._types.many[path])[0] if where else ALWAYS
        tests = number_tests(self._loader, node)
        atoms = [Atom("q", path, where=formula, test=t) for t in tests]
        if "bind" in node.value:
            self._bind(node.value["bind"], tests, atoms[0], binds)
        return joined("and", [literal(a) for a in atoms])

    def _bind(
        self, name: Node, tests: list[tuple[str, int]], atom: Atom, binds: Binds | None
    ) -> None:
        """Bind only what surely exists when the rule holds."""
        if binds is None:
            raise self._loader.fail(
                "bind stands outside of any and not: else there may be nothing to bind.",
                name.mark,
                "RUL-12",
            )
        if not binds_one(tests):
            raise self._loader.fail(
                "bind needs some, or a count of at least 1.", name.mark, "RUL-12"
            )
        text = str(name.value)
        if not NAME.match(text):
            raise self._loader.fail(
                "A name is lower-case letters, digits and underscores.", name.mark, "RUL-12"
            )
        if text in binds or text in self._types.single or text in self._types.many:
            raise self._loader.fail(f"The name {text} is taken.", name.mark, "RUL-12")
        binds[text] = atom


def joined(op: str, parts: list[Formula]) -> Formula:
    """Parts joined, nested groups of the same kind flattened."""
    flat: list[Formula] = []
    for part in parts:
        flat.extend(part.parts if part.op == op else [part])
    return flat[0] if len(flat) == 1 else Formula(op, tuple(flat))
