"""Tests on how many items of a list match: count, some, none."""

from collections.abc import Callable

from tallystick.decide.model import UNKNOWN, Atom
from tallystick.decide.yamlnodes import Loader, Node

_TESTS: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda n, k: n == k,
    "ne": lambda n, k: n != k,
    "lt": lambda n, k: n < k,
    "le": lambda n, k: n <= k,
    "gt": lambda n, k: n > k,
    "ge": lambda n, k: n >= k,
}


def number_tests(loader: Loader, node: Node) -> list[tuple[str, int]]:
    """The tests on the number of matching items. Raises RUL-12 when there is none."""
    count = node.value.get("count")
    tests: list[tuple[str, int]] = []
    if count is not None and isinstance(count.value, dict):
        tests = [(n, _whole(loader, v)) for n, v in count.value.items() if _known(loader, count, n)]
    elif count is not None:
        tests = [("eq", _whole(loader, count))]
    for name, test in (("some", ("ge", 1)), ("none", ("eq", 0))):
        if name in node.value:
            if node.value[name].value is not True:
                raise loader.fail(f"{name} is true.", node.value[name].mark, "RUL-12")
            tests.append(test)
    if not tests:
        raise loader.fail("Say how many: count, some or none.", node.mark, "RUL-12")
    return tests


def _known(loader: Loader, count: Node, name: str) -> bool:
    if name not in _TESTS:
        raise loader.fail(f"There is no count {name}.", count.keys[name], "RUL-11")
    return True


def _whole(loader: Loader, node: Node) -> int:
    if type(node.value) is not int or node.value < 0:
        raise loader.fail("count is a whole number or a test on one.", node.mark, "RUL-12")
    return node.value


def binds_one(tests: list[tuple[str, int]]) -> bool:
    """True when there surely is an item where the tests hold."""
    least = {"eq": 1, "ge": 1, "gt": 0}
    return any(number >= least[name] for name, number in tests if name in least)


def count_test(atom: Atom) -> Callable[[int, int], int]:
    """The test on how many items surely match, and how many may."""
    operator, number = atom.test or ("ge", 1)
    passes = _TESTS[operator]

    def test(sure: int, maybe: int) -> int:
        if not maybe:
            return int(passes(sure, number))
        results = {passes(n, number) for n in range(sure, sure + maybe + 1)}
        return UNKNOWN if len(results) > 1 else int(results.pop())

    return test
