"""Rule files that are broken while a server runs: what is shown, and which rules go on."""

import pytest
from tallystick.app.rule_drafts import begin, put_in_force
from tallystick.workbench.gates import WAIVABLE
from tallystick.workbench.promoting import promote
from web.rule_drafts import LIVE
from web.serving import NAME, Site


def test_a_refused_file_is_shown_and_the_former_rules_stay_in_force(site: Site) -> None:
    assert site.get("/rules").status_code == 200
    broken = site.home / "rules" / "qualification.yaml"
    broken.write_text("tallystick: rules/1\ndecision: record.fetch\nrulez: []\n", encoding="utf-8")
    page = site.get("/rules").text
    assert "A rule file was refused" in page
    assert "rules/qualification.yaml, line 3, column 1" in page
    assert "rulez" in page
    assert "The former rules stay in force until it is mended." in page
    assert page.count("In force") == 7
    assert "rules/qualification.yaml:3:1" in site.get(f"/i/{NAME}").text
    broken.unlink()
    assert "A rule file was refused" not in site.get("/rules").text


BROKEN = {
    "duplicate key": "title: one\ntitle: two\n",
    "tab": "rules:\n\t- id: x\n",
    "misspelt outcome": "rules:\n  - {id: x, when: [{record.type: task}], then: acept}\n"
    "otherwise: skip\n",
    "nothing": None,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_the_page_of_a_broken_file_says_what_is_wrong_above_the_former_rules(
    site: Site, text: str | None
) -> None:
    before = site.get(LIVE)
    assert before.status_code == 200
    broken = site.home / "rules" / "qualification.yaml"
    head = "tallystick: rules/1\ndecision: record.fetch\n"
    broken.write_text("" if text is None else head + text, encoding="utf-8")
    for view in ("sentence", "table", "yaml"):
        page = site.get(f"{LIVE}?view={view}")
        assert page.status_code == 200, page.text
        assert "A rule file was refused" in page.text
        assert "rules/qualification.yaml" in page.text
        assert "work-to-bill" in page.text
        assert 'aria-label="Main"' in page.text
    if text is not None:
        assert "<mark>" in site.get(LIVE).text


def test_the_page_of_a_broken_file_names_the_mistake_where_no_former_rules_are_held(
    fresh: Site,
) -> None:
    broken = fresh.home / "rules" / "cutoff.yaml"
    broken.write_text("tallystick: rules/1\ntallystick: rules/1\n", encoding="utf-8")
    for path in ("/rules/cutoff.yaml", LIVE):
        page = fresh.get(path)
        assert page.status_code == 422
        assert "rules/cutoff.yaml, line 2" in page.text
        assert "Nothing is decided until it is mended." in page.text
        assert 'aria-label="Main"' in page.text
    assert fresh.get("/rules").status_code == 200


def test_a_new_file_that_is_broken_has_a_page_that_says_so(site: Site) -> None:
    assert site.get("/rules").status_code == 200
    new = site.home / "rules" / "mine.yaml"
    new.write_text("tallystick: rules/1\ndecision: record.fetched\n", encoding="utf-8")
    page = site.get("/rules/mine.yaml")
    assert page.status_code == 422
    assert "The former rules stay in force until it is mended." in page.text
    assert site.get("/rules/other.yaml").status_code == 404


def test_a_server_goes_on_with_its_rules_whatever_page_failed_meanwhile(site: Site) -> None:
    assert site.get("/rules").status_code == 200
    draft = site.home / "rules" / "cutoff.draft.yaml"
    with site.workspace() as ws:
        begin(ws, "cutoff.yaml")
        assert promote(ws, "cutoff.draft.yaml", waive=WAIVABLE).to == "shadow"
    assert "Shadow" in site.get("/rules").text
    with site.workspace() as ws:
        put_in_force(ws, draft, draft.read_text(encoding="utf-8"))
    assert site.get("/rules/cutoff.draft.yaml").status_code == 404
    assert site.get("/rules").text.count("In force") == 7
    for name in ("qualification.yaml", "cutoff.yaml"):
        (site.home / "rules" / name).write_text("decision: twice\ndecision: x\n", "utf-8")
    assert site.get("/records/nothing").status_code == 404
    assert site.get("/rules/none.yaml").status_code == 404
    page = site.get("/rules").text
    assert page.count("In force") == 7
    assert "The former rules stay in force until it is mended." in page
    assert "entries wait" not in site.get(f"/i/{NAME}").text


def test_a_server_that_started_with_a_broken_file_says_so(fresh: Site) -> None:
    broken = fresh.home / "rules" / "cutoff.yaml"
    broken.write_text("tallystick: rules/1\ndecision: nothing\n", encoding="utf-8")
    page = fresh.get("/rules")
    assert page.status_code == 200
    assert "Nothing is decided until it is mended." in page.text
