"""Parameters of a rule file: their types, defaults, choices and sources."""

from collections.abc import Mapping
from typing import Any

from tallystick.decide.model import Param
from tallystick.decide.policies import PARAM_POLICIES, POLICIES
from tallystick.decide.values import NAME, convert, expected, suggestion
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.model.catalogue import FieldType

PARAM_KEYS = ("type", "of", "default", "nullable", "source", "key", "label")
PARAM_TYPES: Mapping[str, tuple[str, str]] = {
    "choice": ("text", ""),
    "text": ("text", ""),
    "date": ("date", ""),
    "instant": ("instant", ""),
    "boolean": ("boolean", ""),
    "integer": ("integer", ""),
    "duration": ("integer", "minutes"),
    "decimal": ("decimal", ""),
    "money": ("money", ""),
}
"""Each type of a param as the type and unit of a field."""
SOURCES = ("integration", "policies", "file")
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "contact.match": ("on_duplicate",),
    "time_entry.status": ("mode", "cutoff"),
    "record.fetch": (),
    "record.push": (),
    "invoice_line.add": (),
    "integration.enable": (),
    "integration.migrate": (),
}
"""What people answer when they set an integration up, by the decision it reaches."""


class ParamParser:
    """Parses `params` of one file. Every mistake raises `RuleFileError` with its place."""

    def __init__(self, loader: Loader, decision: str) -> None:
        self._loader = loader
        self._decision = decision

    def parse(self, node: Node | None) -> dict[str, Param]:
        """The params by name."""
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            raise self._loader.fail("params is a mapping of names.", node.mark, "RUL-12")
        for name, mark in node.keys.items():
            if not NAME.match(name):
                text = "A name is lower-case letters, digits and underscores."
                raise self._loader.fail(text, mark, "RUL-12")
        return {name: self._param(name, body) for name, body in node.value.items()}

    def _param(self, name: str, body: Node) -> Param:
        if not isinstance(body.value, dict):
            raise self._loader.fail("A param has a type and a default.", body.mark, "RUL-12")
        for key, mark in body.keys.items():
            if key not in PARAM_KEYS:
                hint = suggestion(key, PARAM_KEYS)
                raise self._loader.fail(f"There is no key of a param {key}.{hint}", mark, "RUL-11")
        kind = self._word(body, "type", tuple(PARAM_TYPES))
        of = self._choices(body, kind)
        nullable = self._flag(body)
        base, unit = PARAM_TYPES[kind]
        source = self._word(body, "source", SOURCES) if "source" in body.value else None
        key = self._source(name, body, source)
        self._policy(name, body)
        typed = FieldType(name, base, values=of, unit=unit)
        default = self._default(name, body, typed, nullable=nullable)
        if key:
            self._reaches(name, body, of, default, key)
        label = body.value.get("label")
        return Param(
            name,
            base,
            default,
            of,
            nullable,
            source,
            str(label.value) if label else "",
            unit,
            key,
        )

    def _word(self, body: Node, key: str, known: tuple[str, ...]) -> str:
        node = body.value.get(key)
        if node is None or node.value not in known:
            place = node.mark if node else body.mark
            hint = suggestion(str(node.value), known) if node else ""
            raise self._loader.fail(
                f"The {key} of a param is one of {', '.join(known)}.{hint}", place, "RUL-12"
            )
        return str(node.value)

    def _choices(self, body: Node, kind: str) -> tuple[str, ...]:
        node = body.value.get("of")
        if kind != "choice":
            if node is not None:
                raise self._loader.fail("Only a choice has `of`.", body.keys["of"], "RUL-12")
            return ()
        members = node.value if node is not None and isinstance(node.value, list) else []
        if not members or not all(isinstance(m.value, str) for m in members):
            raise self._loader.fail(
                "A choice has `of`, a list of words.", (node or body).mark, "RUL-12"
            )
        return tuple(m.value for m in members)

    def _flag(self, body: Node) -> bool:
        node = body.value.get("nullable")
        if node is not None and not isinstance(node.value, bool):
            raise self._loader.fail("nullable is true or false.", node.mark, "RUL-12")
        return bool(node and node.value)

    def _source(self, name: str, body: Node, source: str | None) -> str:
        """The policy a param takes its value from. Refuse a source that would never be heard."""
        key = body.value.get("key")
        if source == "policies":
            if key is None or key.value not in POLICIES:
                hint = suggestion(str(key.value), POLICIES) if key else ""
                place = key.mark if key else body.mark
                text = f"`key` names a policy of rules/policies.yaml.{hint}"
                raise self._loader.fail(text, place, "RUL-11")
            return str(key.value)
        if key is not None:
            raise self._loader.fail("Only `source: policies` has a key.", key.mark, "RUL-12")
        settings = SETTINGS.get(self._decision)
        if source == "integration" and settings is not None and name not in settings:
            known = f": {', '.join(settings)}" if settings else "; there is none"
            raise self._loader.fail(
                f"No setting {name} of an integration reaches {self._decision}{known}.",
                body.value["source"].mark,
                "RUL-11",
            )
        return ""

    def _reaches(self, name: str, body: Node, of: tuple[str, ...], default: Any, key: str) -> None:
        """Refuse a param that its policy could give a value it does not know."""
        policy = POLICIES[key]
        values = (policy.default, *policy.available)
        strange = [v for v in values if type(v) is not type(default) or (of and v not in of)]
        if strange:
            raise self._loader.fail(
                f"{policy.id} {key} can be {strange[0]}, which {name} cannot.",
                body.value["key"].mark,
                "RUL-12",
            )

    def _policy(self, name: str, body: Node) -> None:
        """Refuse by name an alternative of a known policy that nothing obeys yet."""
        policy = PARAM_POLICIES.get((self._decision, name))
        default = body.value.get("default")
        if policy is None or default is None:
            return
        members = body.value.get("of")
        offered = members.value if members and isinstance(members.value, list) else []
        for node in (default, *offered):
            if policy.is_later(node.value):
                raise self._loader.fail(policy.refusal(name, node.value), node.mark, "RUL-13")
            if not policy.allows(node.value):
                hint = suggestion(str(node.value), policy.words())
                raise self._loader.fail(
                    f"{policy.id} {name} is {policy.expected()}.{hint}", node.mark, "RUL-12"
                )

    def _default(self, name: str, body: Node, kind: FieldType, *, nullable: bool) -> Any:
        node = body.value.get("default")
        value = None if node is None else node.value
        if value is None and nullable:
            return None
        typed = None if value is None else convert(value, kind)
        if typed is None or (kind.values and typed not in kind.values):
            hint = suggestion(str(value), kind.values)
            raise self._loader.fail(
                f"{value!r} is no default for {name}{expected(kind)}.{hint}",
                (node or body).mark,
                "RUL-12",
            )
        return typed


def scope_of(params: Mapping[str, Param]) -> dict[str, FieldType]:
    """The params as fields that conditions can name."""
    return {p.name: FieldType(p.name, p.type, values=p.of, unit=p.unit) for p in params.values()}
