"""Rule files made to hurt: too large, too deep, too many, or on their way to code and files."""

from collections.abc import Mapping

HEAD = "tallystick: rules/1\ndecision: record.fetch\n"
RULE = "  - {id: a, when: [{record.billable: false}], then: skip, because: No.}\n"
TAIL = "otherwise: skip\n"


def whole(rules: str = RULE, *, head: str = "", tail: str = "") -> str:
    """A file that is right but for what is put in."""
    return f"{HEAD}{head}rules:\n{rules}{TAIL}{tail}"


def when(condition: str) -> str:
    """A file whose only rule has this condition."""
    return whole(f"  - {{id: a, when: [{condition}], then: skip, because: No.}}\n")


def because(text: str) -> str:
    """A file whose only rule gives this sentence."""
    return whole(
        f"  - {{id: a, when: [{{record.billable: false}}], then: skip, because: {text}}}\n"
    )


def _laughs() -> str:
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"{n}: &{n} [{', '.join(['*' + p] * 9)}]" for p, n in zip("abcdefgh", "bcdefghi")]  # noqa: B905
    return HEAD + "\n".join(lines) + "\n"


def _many_rules(count: int, condition: str = "{record.billable: false}") -> str:
    return whole(
        "".join(
            f"  - {{id: r{n}, when: [{condition}], then: skip, because: No.}}\n"
            for n in range(count)
        )
    )


_NESTED = "{all: [" * 40 + "{record.billable: false}" + "]}" * 40
_NOTS = "{not: " * 30 + "{record.billable: false}" + "}" * 30
_WORDS = ", ".join(f"w{n}" for n in range(5000))
_ITEMS = "{claims: {some: true, where: [{any: [" + ", ".join(["{invoice: a}"] * 90) + "]}]}}"

HOSTILE: Mapping[str, tuple[str, str, str]] = {
    "larger than may be": (whole() + "#" * (256 * 1024), "RUL-08", "1:1"),
    "one line of half a megabyte": (HEAD + "title: " + "a" * (512 * 1024), "RUL-08", "1:1"),
    "a text longer than anybody reads": (because("a" * 100_000), "RUL-08", "4:68"),
    "a key longer than anybody reads": (HEAD + "t" * 900 + ": a\n", "RUL-08", "3:1"),
    "a name of one hundred thousand letters": (
        when("{" + "a" * 100_000 + ": 1}"),
        "RUL-08",
        "4:21",
    ),
    "a thousand laughs": (_laughs(), "RUL-07", "3:4"),
    "an anchor to itself": (HEAD + "title: &a [*a]\n", "RUL-07", "3:8"),
    "a merge of what stands elsewhere": (HEAD + "<<: {decision: x}\n", "RUL-11", "3:1"),
    "brackets a hundred thousand deep": (HEAD + "title: " + "[" * 100_000, "RUL-08", "3:23"),
    "mappings a thousand deep": (
        HEAD + "title: " + "{a: " * 1000 + "1" + "}" * 1000,
        "RUL-08",
        "3:68",
    ),
    "groups forty deep": (when(_NESTED), "RUL-08", "4:62"),
    "thirty times not": (when(_NOTS), "RUL-08", "4:92"),
    "a list of a hundred thousand values": (
        HEAD + "x: [" + "1," * 100_000 + "1]\n",
        "RUL-08",
        "3:79989",
    ),
    "a choice of five thousand words": (when(f"{{record.name: [{_WORDS}]}}"), "RUL-08", "4:34"),
    "more rules than may be": (_many_rules(1001), "RUL-08", "4:3"),
    "rules that ask too much of items": (
        _many_rules(30, _ITEMS)
        .replace("record.fetch", "invoice_line.add")
        .replace("skip", "refuse"),
        "RUL-08",
        "26:5",
    ),
    "fifty documents": ("---\n".join([whole()] * 50), "RUL-08", "295:1"),
    "more tests than may be": (
        whole(tail="tests: [" + ", ".join(["{name: a, expect: skip}"] * 2001) + "]\n"),
        "RUL-08",
        "6:8",
    ),
    "a pattern of a thousand letters": (
        when(f"{{record.name: {{matches: '{'a' * 900}'}}}}"),
        "RUL-08",
        "4:44",
    ),
    "a pattern that grows": (
        when("{record.name: {matches: '((a{99}){99}){99}'}}"),
        "RUL-12",
        "4:44",
    ),
    "a pattern that looks ahead": (when("{record.name: {matches: '(?=a)'}}"), "RUL-12", "4:44"),
    "a call of a Python function": (
        HEAD + 'title: !!python/object/apply:os.system ["id"]\n',
        "RUL-07",
        "3:8",
    ),
    "a Python object": (
        HEAD + "title: !!python/object/new:subprocess.Popen [[id]]\n",
        "RUL-07",
        "3:8",
    ),
    "a Python module": (HEAD + "title: !!python/module:os\n", "RUL-07", "3:8"),
    "a file to include": (HEAD + "title: !include /etc/hostname\n", "RUL-07", "3:8"),
    "a tag of its own": (
        "%TAG ! tag:example.org,2026:\n---\n" + HEAD + "title: !f a\n",
        "RUL-07",
        "5:8",
    ),
    "attributes in a sentence": (because('"{record.__class__.__mro__}"'), "RUL-11", "4:68"),
    "a sentence that formats": (because('"{0.__init__.__globals__}"'), "RUL-11", "4:68"),
    "an input that is no input": (when("{__builtins__.open: a}"), "RUL-11", "4:21"),
    "an operator that evaluates": (
        when("{record.name: {eval: \"__import__('os')\"}}"),
        "RUL-11",
        "4:35",
    ),
    "a fold that is a function": (
        when("{record.name: {same_as: record.project, fold: __import__}}"),
        "RUL-11",
        "4:66",
    ),
    "a number without end": (HEAD + "version: " + "9" * 1999 + "\n", "RUL-12", "3:10"),
    "an exponent without end": (when("{record.rate: {lt: 1e999999999}}"), "RUL-12", "4:39"),
    "an escape of the terminal": (HEAD + "title: a\x1b]0;owned\x07b\n", "RUL-07", "3:9"),
    "a character that is none": (HEAD + "title: \ufffe\n", "RUL-07", "3:8"),
    "text that is shown backwards": (because('"Not \u202edeillib"'), "RUL-07", "4:73"),
    "a rule that passes for no rule": (whole().replace("id: a", "id: otherwise"), "RUL-12", "4:10"),
    "a param that is no name": (
        whole(head='params: {"a{b}": {type: text, default: a}}\n'),
        "RUL-12",
        "3:10",
    ),
    "half a character": (HEAD + "title: a\udc80b\n", "RUL-07", "3:9"),
    "a null byte": (HEAD + "title: a\0b\n", "RUL-07", "3:9"),
    "a name that nobody would find": (when("{record.billab1e: false}"), "RUL-11", "4:21"),
    "the same key twice": (HEAD + "rules: []\nrules: []\n", "RUL-07", "4:1"),
}
"""What it is -> the text, the code it is refused with, and the line and column that are named."""
