"""A bounded memory of verdicts: two generations, least recently used in effect."""

from typing import Generic, TypeVar

KEYS_MAX = 16_384
Key = tuple[int, ...]
V = TypeVar("V")


class Memo(Generic[V]):
    """At most two generations of `keys_max` keys; what is not asked for again is forgotten.

    `young` is one dict for ever, so that generated code can look into it without a call.
    """

    __slots__ = ("_keys_max", "_old", "young")

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._keys_max = keys_max
        self.young: dict[Key, V] = {}
        self._old: dict[Key, V] = {}

    def get(self, key: Key) -> V | None:
        """A remembered value; one of the old generation is young again."""
        found = self.young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, value: V) -> None:
        """Remember a value."""
        if len(self.young) >= self._keys_max and key not in self.young:
            self._old = self.young.copy()
            self.young.clear()
        self.young[key] = value

    def __len__(self) -> int:
        return len(self.young) + len(self._old)
