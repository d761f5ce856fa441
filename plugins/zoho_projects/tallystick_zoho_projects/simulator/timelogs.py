"""Reading time logs in v3: the list in buckets by date, and single logs."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_projects.simulator.errors import absent, missing, wrong
from tallystick_zoho_projects.simulator.log_shape import KINDS, log_v3
from tallystick_zoho_projects.simulator.paging import answered, page_of
from tallystick_zoho_projects.simulator.scene import Json, Scene
from tallystick_zoho_projects.simulator.wanted import wanted_logs


def found_log(scene: Scene, project_key: str, log_id: str, kind: object, name: str = "type") -> int:
    """The position of a project's log, whose kind must be the one that is named, if one is."""
    position = scene.logbook.position(log_id)
    if position is None or scene.logbook.log(position).project_key != project_key:
        raise absent("Time Log")
    if kind in (None, ""):
        if scene.switch("log_type_required"):
            raise missing(name)
        return position
    if str(kind) not in KINDS:
        raise wrong(name)
    if KINDS[str(kind)] != scene.logbook.log(position).kind:
        raise absent("Time Log")
    return position


class Timelogs:
    """Handlers that read logs."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def listing(
        self, request: Request, portal_key: str, project_key: str | None = None
    ) -> Response:
        """GET …/timelogs: one page of logs, in buckets by date; a date may go on on the next."""
        scene = self._scene
        page = page_of(scene, request)
        found = scene.logbook.select(wanted_logs(scene, request, portal_key, project_key))
        buckets: dict[str, list[Json]] = {}
        for position in found.part(page.start, page.size):
            log = scene.logbook.log(position)
            day = log.work_date.isoformat()
            buckets.setdefault(day, []).append(log_v3(scene, position, log))
        rows = [{"date": day, "log_details": logs} for day, logs in buckets.items()]
        return answered(scene, str(scene.switch("log_key")), rows, page.info(scene, len(found)))

    def one(self, request: Request, portal_key: str, project_key: str, log_id: str) -> Response:
        """GET …/logs/{id}?type=task."""
        del portal_key
        position = found_log(self._scene, project_key, log_id, request.param("type"))
        return self._scene.item(str(self._scene.switch("log_key")), log_v3(self._scene, position))
