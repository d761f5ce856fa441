"""Who may ask, and what every answer carries (S03, S10, S11, S12)."""

from collections.abc import Iterator

import pytest
import requests
from fastapi.routing import APIRoute
from tallystick.app import integrations
from tallystick.errors import ConfigError
from tallystick.model.connection import Credential
from tallystick.web import api, error_pages, pages, rule_api, rule_pages, serve
from web.serving import NAME, PAGES, Site

ANSWERS = (*PAGES, f"/i/{NAME}/live", f"/i/{NAME}/progress", "/api/v1/status", "/api/v1/none")
FILES = ("/static/htmx.min.js", "/static/tallystick.css", "/static/none.css")


def _posts() -> Iterator[str]:
    """The path of each writing route, pages and API."""
    parts = (
        ("", pages.router),
        ("", error_pages.router),
        ("", rule_pages.router),
        ("/api/v1", api.router),
        ("/api/v1", rule_api.router),
    )
    for prefix, router in parts:
        for route in router.routes:
            if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
                yield prefix + route.path.format(name=NAME, error_id=1)


POSTS = sorted(_posts())


def _send(site: Site, path: str, token: str | None) -> requests.Response:
    """A well-formed writing request with this token."""
    if path.startswith("/api/"):
        headers = {"X-Tallystick-Token": token} if token else {}
        body = {"answer": "clone"}
        return requests.post(site.base + path, json=body, headers=headers, timeout=30)
    form = {"digest": "p-1", "answer": "clone", **({"token": token} if token else {})}
    return site.post(path, form)


@pytest.mark.parametrize("path", [*ANSWERS, *FILES])
def test_every_answer_forbids_inline_code_framing_and_sniffing(site: Site, path: str) -> None:
    answer = site.get(path)
    parts = answer.headers["Content-Security-Policy"].split("; ")
    policy = {name: value for name, _, value in (part.partition(" ") for part in parts)}
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ANSWERS)
def test_pages_and_data_are_not_stored_by_browsers(site: Site, path: str) -> None:
    assert site.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", [None, "wrong"])
@pytest.mark.parametrize("path", POSTS)
def test_a_write_is_refused_without_the_token_of_this_start(
    site: Site, path: str, token: str | None
) -> None:
    answer = _send(site, path, token)
    assert answer.status_code == 403
    assert "CFG-18" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    site: Site, headers: dict[str, str]
) -> None:
    answer = site.post(f"/i/{NAME}/disable", {"token": site.desk.token}, headers=headers)
    assert answer.status_code == 403
    assert "CFG-18" in answer.text
    with site.workspace() as ws:
        assert integrations.show(ws, NAME).state == "active"


def test_a_form_of_this_site_is_taken(site: Site) -> None:
    answer = site.post(
        f"/i/{NAME}/disable", {"token": site.desk.token}, headers={"Origin": site.base}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/i/{NAME}")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_another_host_name_is_not_answered(site: Site, host: str) -> None:
    """DNS rebinding: the name decides, whatever address it leads to."""
    answer = site.get(f"/i/{NAME}", Host=host)
    assert answer.status_code in {400, 421}
    assert "Zylker" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:8710", "[::1]:8710", "localhost"])
def test_the_loopback_is_answered_by_each_of_its_names(site: Site, host: str) -> None:
    assert site.get("/", Host=host).status_code == 200


@pytest.mark.parametrize("path", POSTS)
def test_a_server_that_only_shows_refuses_to_write(watching: Site, path: str) -> None:
    answer = _send(watching, path, watching.desk.token)
    assert answer.status_code == 403
    assert "CFG-17" in answer.text


def test_a_server_that_only_shows_offers_no_form_that_writes(watching: Site) -> None:
    for path in PAGES:
        assert 'method="post"' not in watching.get(path).text, path


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::"])  # noqa: S104 - refused
def test_an_address_that_the_network_sees_is_refused(site: Site, host: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        serve(site.home, host=host, port=0, read_only=True)
    assert (refusal.value.code, refusal.value.exit_code) == ("CFG-16", 2)


def test_no_page_shows_a_credential(site: Site) -> None:
    """S03: the canary is a stored refresh token."""
    canary = "canary-5d0b1f"
    with site.workspace() as ws:
        credential = Credential("oauth", {"refresh_token": canary})
        integrations.connect(ws, None, side="source", credential=credential, settings={})
    for path in ANSWERS:
        assert canary not in site.get(path).text, path
