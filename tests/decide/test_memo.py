"""What is remembered stays bounded, and forgets nothing that is asked for again and again."""

import random
from collections.abc import Callable

from decide.building import compiled, deciding, file, rule
from decide.measuring import LONG, peak_megabytes
from tallystick.decide import Decider
from tallystick.decide.memo import KEYS_MAX, Memo

FLAGS = 16
WIDE = "\n".join(
    rule(f"r{n}", f"[{{thing.number: {n}}}, {{thing.limit: {n + 1}}}]") for n in range(FLAGS)
)


def test_two_generations_are_the_most_that_is_remembered() -> None:
    memo: Memo[int] = Memo(100)
    for number in range(10_000):
        memo.put((number,), number)
        assert len(memo) <= 200


def test_a_key_that_is_asked_for_is_not_forgotten() -> None:
    memo: Memo[str] = Memo(10)
    memo.put((-1,), "kept")
    for number in range(1000):
        memo.put((number,), "once")
        assert memo.get((-1,)) == "kept"
    assert memo.get((5,)) is None


def test_putting_a_known_key_again_forgets_nothing() -> None:
    memo: Memo[int] = Memo(2)
    memo.put((1,), 1)
    memo.put((2,), 2)
    memo.put((2,), 3)
    assert (memo.get((1,)), memo.get((2,)), len(memo)) == (1, 3, 2)


def test_memory_is_flat_over_many_decisions_with_ever_new_keys() -> None:
    draw = random.Random(7)
    many = 1_000_000 if LONG else 12_000
    parts = ", ".join(f"{{thing.number: {{ne: {n}}}}}" for n in range(2))
    rules = "\n".join(
        rule(f"r{n}", f"[{{items: {{count: {n}, where: [{{number: {n}}}]}}}}, {parts}]")
        for n in range(1, 13)
    )
    with compiled(file(rules)) as ready:
        ready.memo = Memo(500)

        def decide(times: int) -> None:
            for _ in range(times):
                items = [{"number": draw.randrange(1, 13)} for _ in range(draw.randrange(14))]
                ready.decide({"thing": {"number": draw.randrange(4)}, "items": items})

        decide(2000)
        before = peak_megabytes()
        decide(many)
        assert peak_megabytes() - before < 8
        assert len(ready.memo) <= 1000


def test_memory_is_flat_over_many_decisions_of_one_decider() -> None:
    assert KEYS_MAX == 16_384
    draw = random.Random(7)
    many = 1_000_000 if LONG else 30_000
    wide = "\n".join(
        rule(
            f"r{n}", f"[{{thing.number: {n}}}, {{thing.word: w{n}}}, {{thing.limit: {{gt: {n}}}}}]"
        )
        for n in range(60)
    )
    narrow = rule("red", "[{thing.colour: red}, {thing.limit: {gt: 3}}]")
    for rules, keys_max in ((wide, 500), (narrow, 0)):
        with deciding(file(rules)) as decide:
            ask = _asking(decide, draw)
            ask(1)
            assert decide.specialised is not None
            branch = decide.specialised.branches[None]
            assert (branch.rows is None) == (rules is wide)
            branch.memo._keys_max = keys_max
            decide._compiled.memo = Memo(500)
            ask(3000)
            before = peak_megabytes()
            ask(many // 10 if rules is wide else many)  # of the wide ones nearly all are new
            assert peak_megabytes() - before < 8
            assert len(branch.memo) <= 2 * keys_max


def _asking(decide: Decider, draw: random.Random) -> Callable[[int], None]:
    """Asks about things whose values are new each time, but for a number that may match."""

    def ask(times: int) -> None:
        for _ in range(times):
            n = draw.randrange(60)
            thing = {
                "number": n,
                "word": f"w{n + draw.randrange(60)}",
                "limit": draw.getrandbits(9),
            }
            decide({"thing": {**thing, "colour": str(draw.getrandbits(64))}, "items": []})

    return ask


def test_memory_is_flat_over_two_hundred_reloads() -> None:
    def reload(times: int) -> None:
        for _ in range(times):
            with deciding(file(WIDE)) as decide:
                assert decide({"thing": {"number": 3, "limit": 4}, "items": []}).by == "r3"

    reload(20)
    before = peak_megabytes()
    reload(1000 if LONG else 200)
    assert peak_megabytes() - before < 8
