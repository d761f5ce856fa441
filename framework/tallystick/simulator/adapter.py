"""A simulated service in process: a transport for `requests`."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import IncompleteRead, ProtocolError
from urllib3.response import HTTPResponse

from tallystick.simulator.app import Simulator
from tallystick.simulator.http import ConnectionDropped, Request, Response, SlowAnswer, Truncated
from tallystick.simulator.server import parse_target


class SimulatorAdapter(BaseAdapter):
    """Hands prepared requests to a simulator and shows its faults as a network would."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self.simulator = simulator

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the base class's signature
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - the base class's signature
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request. Raises what `requests` raises for a dropped or late connection."""
        del verify, cert, proxies
        path, query = parse_target(request.path_url)
        asked = Request(
            str(request.method),
            path,
            query,
            {k.lower(): _text(v) for k, v in request.headers.items()},
            _whole(request.body),
        )
        try:
            with self.simulator.admitted():
                return _shown(request, self.simulator.handle(asked), stream=stream)
        except ConnectionDropped:
            dropped = ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
            raise requests.exceptions.ConnectionError(dropped, request=request) from None
        except SlowAnswer as late:
            limit = timeout[1] if isinstance(timeout, tuple) else timeout
            if limit is not None and late.seconds > limit:
                raise requests.exceptions.ReadTimeout(request=request) from None
            return _shown(request, late.response, stream=stream)
        except Truncated as cut:
            missing = IncompleteRead(len(cut.response.body) // 2, len(cut.response.body))
            raise requests.exceptions.ChunkedEncodingError(missing, request=request) from None

    def close(self) -> None:
        """Nothing is held."""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _whole(body: Any) -> bytes:
    """The bytes of a body given as text, bytes, a file or parts."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if hasattr(body, "read"):
        return _whole(body.read())
    return b"".join(_whole(part) for part in body)


def _shown(
    request: requests.PreparedRequest, response: Response, *, stream: bool
) -> requests.Response:
    answer = requests.Response()
    answer.status_code = response.status
    answer.headers = CaseInsensitiveDict(
        {**response.headers, "Content-Length": str(len(response.body))}
    )
    answer.raw = HTTPResponse(
        body=BytesIO(response.body),
        headers=dict(answer.headers),
        status=response.status,
        preload_content=False,
        decode_content=False,
    )
    answer.url = str(request.url)
    answer.request = request
    if not stream:
        _ = answer.content
    return answer
