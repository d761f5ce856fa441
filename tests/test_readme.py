"""The documents say what is true: commands exist, links resolve, rooms and packages are named."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tallystick.cli.root import root

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
WITH_COMMANDS = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{n}.md" for n in ("commands", "start", "rules", "connectors", "limits")),
]
_QUOTED = re.compile(r"`(?:uv run )?tallystick ([^`\n]+)`")
_TYPED = re.compile(r"^(?:    |\$ )(?:.*&& )?(?:uv run )?tallystick (\S.*)$", re.MULTILINE)
_NEXT = re.compile(r"^Next: (.+)$", re.MULTILINE)
_WORD = re.compile(r"^[a-z][a-z-]*$")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z0-9-]*")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_NAME = re.compile(r"^[a-z0-9][a-z0-9._-]*", re.IGNORECASE)


def _printed(text: str) -> Iterator[str]:
    """What stands behind the word `tallystick` wherever a document prints a command."""
    joined = text.replace("\\\n", " ")
    yield from _QUOTED.findall(joined)
    yield from _TYPED.findall(joined)
    for line in _NEXT.findall(joined):
        yield from (part.removeprefix("tallystick ") for part in line.split(" | "))


def _walk(words: str) -> tuple[click.Command, list[str]]:
    """The command that words name, and the words behind its name."""
    command: click.Command = root
    rest = words.split()
    while isinstance(command, click.Group) and rest and _WORD.match(rest[0]):
        found = command.get_command(click.Context(command), rest[0])
        assert found is not None, f"there is no command: tallystick {words}"
        command, rest = found, rest[1:]
    return command, rest


def _leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from _leaves(command, (*path, name))
        else:
            yield " ".join((*path, name))


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda p: p.name)
def test_every_command_and_option_in_a_document_exists(path: Path) -> None:
    printed = list(_printed(path.read_text(encoding="utf-8")))
    assert printed, "the document prints commands"
    for words in printed:
        plain = re.sub(r"\s#.*$", "", words)
        if plain.startswith("COMMAND"):
            continue
        command, rest = _walk(plain)
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
        asked = set(_OPTION.findall(" ".join(rest)))
        assert asked <= known, f"tallystick {words}: {sorted(asked - known)}"


def test_the_reference_names_every_command() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    missing = [name for name in _leaves(root) if f"`tallystick {name}" not in text]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_every_relative_link_resolves(path: Path) -> None:
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    targets = [link.split("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
    assert [t for t in targets if not (path.parent / t).exists()] == []


def test_the_map_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    framework = ROOT / "framework" / "tallystick"
    rooms = [p.parent.name for p in framework.glob("*/__init__.py")]
    named = set(re.findall(r"^\| `([a-z_]+)/` \|", text, re.MULTILINE))
    assert named == set(rooms)
    plugins = [p.parent.name for p in (ROOT / "plugins").glob("*/pyproject.toml")]
    assert [p for p in plugins if f"plugins/{p}" not in text] == []


def _declared() -> set[str]:
    """Names of the direct dependencies of all distributions here, their own names left out."""
    found: set[str] = set()
    own: set[str] = set()
    for path in [ROOT / "pyproject.toml", *(ROOT / "plugins").glob("*/pyproject.toml")]:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        own.add(data["project"]["name"])
        groups = data.get("dependency-groups", {}).values()
        for wanted in [*data["project"]["dependencies"], *(w for g in groups for w in g)]:
            name = _NAME.match(wanted)
            assert name is not None, wanted
            found.add(name.group().lower())
    return found - own


def test_the_list_of_dependencies_is_exact() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    listed = {
        name.split()[0].lower()
        for cell in cells
        for name in cell.split(", ")
        if cell != "dependency" and not cell.startswith("---")
    }
    assert listed == _declared()
