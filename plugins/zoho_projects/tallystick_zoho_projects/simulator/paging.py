"""Lists of both versions, cut into pages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.simulator.http import Request, Response, json_response

from tallystick_zoho_projects.simulator.criteria import sifted
from tallystick_zoho_projects.simulator.errors import wrong
from tallystick_zoho_projects.simulator.scene import Json, Scene

ROWS_MAX = 200
V1_ROWS = 100
_WHOLE = re.compile(r"[0-9]{1,9}")


def whole(request: Request, name: str, default: int) -> int:
    """A query parameter that is a number from 1."""
    text = request.param(name)
    if text in (None, ""):
        return default
    if _WHOLE.fullmatch(str(text)) is None or int(str(text)) < 1:
        raise wrong(name)
    return int(str(text))


def size_of(scene: Scene, request: Request, name: str, default: int) -> int:
    """How many rows a page has; at most 200."""
    size = whole(request, name, default)
    if size > ROWS_MAX and scene.switch("large_per_page") == "refuse":
        raise wrong(name)
    return min(size, ROWS_MAX)


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a list are asked for, by page and per_page."""

    number: int
    size: int

    @property
    def start(self) -> int:
        """How many rows come before."""
        return (self.number - 1) * self.size

    def info(self, scene: Scene, total: int) -> Json:
        """page_info of v3."""
        told: Json = {"page": self.number, "per_page": self.size}
        more = self.start + self.size < total
        flag = str(scene.switch("more_flag"))
        names = ("has_next_page", "has_more_page") if flag == "both" else (flag,)
        told |= {name: more for name in names if name != "none"}
        count = str(scene.switch("count_key"))
        if count == "count":
            told["count"] = max(min(self.size, total - self.start), 0)
        elif count == "total_count":
            told["total_count"] = total
        return told


def page_of(scene: Scene, request: Request) -> Page:
    """The page that a v3 request asks for."""
    size = size_of(scene, request, "per_page", int(scene.switch("default_per_page")))
    return Page(whole(request, "page", 1), size)


def listed(
    scene: Scene,
    request: Request,
    key: str,
    rows: Sequence[Any],
    shape: Callable[[Any], Json],
    *,
    bare: bool = False,
) -> Response:
    """A page of a v3 list, keyed unless it is a bare array."""
    page = page_of(scene, request)
    if request.param("filter") or request.param("sort"):
        rows, shape = sifted(request, [shape(r) for r in rows]), dict
    part = [shape(r) for r in rows[page.start : page.start + page.size]]
    return answered(scene, key, part, page.info(scene, len(rows)), bare=bare)


def answered(
    scene: Scene, key: str, part: Sequence[Json], info: Json, *, bare: bool = False
) -> Response:
    """Rows in the envelope of v3, or nothing at all when there are none."""
    if not part and int(scene.switch("empty_list_status")) == 204:
        return Response(204)
    if bare and not scene.switch("wrap_lists"):
        return json_response(200, list(part))
    return json_response(200, {key: list(part), "page_info": info})


def ranged(
    scene: Scene,
    request: Request,
    key: str,
    rows: Sequence[Any],
    shape: Callable[[Any], Json] = dict,
) -> Response:
    """Rows from `index`, `range` of them, as v1 answers; 204 without a body when there are none."""
    start = whole(request, "index", 1) - 1
    size = size_of(scene, request, "range", V1_ROWS)
    part = [shape(r) for r in rows[start : start + size]]
    return json_response(200, {key: part}) if part else Response(204)
