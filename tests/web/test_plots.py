"""The command line writes the pictures that the pages show, and prints them as bars."""

import re
from pathlib import Path
from xml.dom import minidom

from cli.terminal import Terminal
from web.rule_drafts import DRAFT, drafted
from web.serving import NAME, Site


def drawn(page: str, kind: str) -> str:
    """The picture of a page."""
    found = re.search(rf'<svg [^>]*class="{kind}".*?</svg>', page, re.DOTALL)
    assert found
    return found.group(0)


def bare(file: Path) -> str:
    """The picture of a file, without the colours that it brings along."""
    text = file.read_text(encoding="utf-8")
    minidom.parseString(text)  # noqa: S318 - our own
    return re.sub(r"\n<style>.*?</style>", "", text, flags=re.DOTALL).strip()


def test_a_backtest_writes_the_picture_of_its_page_and_prints_it_as_bars(
    site: Site, tmp_path: Path
) -> None:
    drafted(site)
    file = tmp_path / "out.svg"
    terminal = Terminal(site.home, site.around)
    printed = terminal(
        "rules", "backtest", "qualification.draft.yaml", "--plot", "--plot-out", str(file)
    )
    assert bare(file) == drawn(site.get(DRAFT).text, "chart flow")
    lines = [line.split() for line in printed.out.splitlines()]
    (changes,) = [line for line in lines if line[:3] == ["accept", "->", "skip"] and "█" in line[3]]
    assert changes[4:] == ["6", "changes"]
    assert [line[-2:] for line in lines if line[:1] == ["too-long"] and "before" in line] == [
        ["0", "before"]
    ]


def test_the_history_of_runs_writes_the_picture_of_its_page_and_prints_it_as_bars(
    site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "out.svg"
    printed = Terminal(site.home, site.around)("sync", "history", "--plot", "--plot-out", str(file))
    assert bare(file) == drawn(site.get(f"/i/{NAME}").text, "chart")
    (bar,) = [line for line in printed.out.splitlines() if "█" in line]
    assert bar.split()[:2] == ["run", "1"]


def test_the_status_prints_the_funnel_as_bars(site: Site) -> None:
    terminal = Terminal(site.home, site.around)
    plain, bars = terminal("status").out, terminal("status", "--plot").out
    assert "█" not in plain
    assert re.search(r"  fetched +█{40}  \d+\n", bars)


def test_a_picture_that_cannot_be_written_is_refused(site: Site, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "out.svg"
    printed = Terminal(site.home, site.around)("sync", "history", "--plot-out", str(nowhere))
    assert (printed.exit, "CFG-10" in printed.err) == (2, True)
