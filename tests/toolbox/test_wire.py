"""Real connections: only to the hosts that are meant, sent once, cut when they take too long."""

import socket
import threading
from contextlib import closing
from typing import Any

import pytest
from tallystick.errors import OutcomeUnknown, Unreachable
from tallystick.model.connection import Credential
from tallystick.model.ports import Ports
from tallystick.toolbox import LegacyToken, Session, hosts, line, wire
from tallystick.toolbox.ask import Ask
from tallystick.toolbox.line import Line
from tallystick.toolbox.wire import Cut, Wire
from toolbox.fakes import LEGACY, World, world
from toolbox.loopback import reading, saying, served
from urllib3.exceptions import ProtocolError, ReadTimeoutError

WHOLE = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"code": 0}'


def session(w: World, origin: str, credential: Credential = LEGACY) -> Session:
    """A session on the real network."""
    ports = w.ports
    real = Ports(ports.clock, ports.wait, ports.tokens, ports.buckets, ports.locks)
    made = Session(credential, real, connection_id="c")
    return made.configured(auth=LegacyToken(), origins=[origin], tries=1)


def _hold(done: threading.Event) -> None:
    done.wait(5)


def test_a_write_over_a_real_connection_is_answered() -> None:
    with served(saying(WHOLE)) as (base, accepted):
        reply = session(world(), base).send("POST", f"{base}/x", json={"a": 1})
    assert (reply.json(), len(accepted)) == ({"code": 0}, 1)


@pytest.mark.parametrize("cut", [0, 1, 16, 30, 38, len(WHOLE) - 5, len(WHOLE) - 1])
def test_an_answer_cut_at_any_byte_leaves_a_write_unknown_and_sent_once(cut: int) -> None:
    with served(saying(WHOLE[:cut])) as (base, accepted), pytest.raises(OutcomeUnknown):
        session(world(), base).send("POST", f"{base}/x", json={"a": 1})
    assert len(accepted) == 1


def test_a_port_where_nobody_listens_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with pytest.raises(Unreachable):
        session(world(), base).send("POST", f"{base}/x", json={})


def test_a_name_that_is_not_known_means_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_args: Any, **_more: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    base = "https://books.example"
    with pytest.raises(Unreachable):
        session(world(), base).send("POST", f"{base}/x", json={})


def test_a_server_that_speaks_no_tls_was_sent_nothing() -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with served(serve) as (base, _):
        secure = base.replace("http:", "https:")
        with pytest.raises(Unreachable):
            session(world(), secure).send("POST", f"{secure}/x", json={"secret": "words"})
    assert b"words" not in b"".join(heard)


def test_a_handshake_that_is_never_answered_means_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = threading.Event()
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.1)
    with served(lambda _connection: _hold(done)) as (base, _):
        secure = base.replace("http:", "https:")
        with pytest.raises(Unreachable):
            session(world(), secure).send("POST", f"{secure}/x", json={})
        done.set()


def test_an_answer_that_never_comes_leaves_a_write_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = threading.Event()
    monkeypatch.setattr(wire, "READ_SECONDS", 0.1)
    with served(lambda _connection: _hold(done)) as (base, _):
        with pytest.raises(OutcomeUnknown):
            session(world(), base).send("POST", f"{base}/x", json={})
        done.set()


def test_a_redirect_over_a_real_connection_is_not_followed() -> None:
    answer = b"HTTP/1.1 307 T\r\nLocation: /y\r\nContent-Length: 2\r\n\r\n{}"
    with served(saying(answer)) as (base, accepted), pytest.raises(OutcomeUnknown):
        session(world(), base).send("POST", f"{base}/x", json={"a": 1})
    assert len(accepted) == 1


def test_a_head_that_trickles_is_cut_off() -> None:
    """A read limit per byte alone would let it trickle for ever."""
    done = threading.Event()

    def serve(connection: socket.socket) -> None:
        reading(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.02):
            connection.sendall(b"X")

    with served(serve) as (base, _), closing(Line(base, head_seconds=0.2)) as slow:
        with pytest.raises((ProtocolError, ReadTimeoutError)):
            slow.send(Ask("GET", f"{base}/x"), (5, 5))
        done.set()


def test_reads_share_a_connection_and_each_write_gets_a_fresh_one() -> None:
    def serve(connection: socket.socket) -> None:
        while reading(connection):
            connection.sendall(WHOLE)

    with served(serve) as (base, accepted):
        sending = Wire(origins=[base])
        for _ in range(3):
            sending.exchange(Ask("GET", f"{base}/x"))
        assert len(accepted) == 1
        for kept in sending._kept.values():
            kept.close()
        sending.exchange(Ask("POST", f"{base}/x", body=b""), fresh=True)
        sending.exchange(Ask("POST", f"{base}/x", body=b""), fresh=True)
        assert len(accepted) == 3


def test_a_query_is_added_to_one_that_the_address_has() -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        asked.append(reading(connection))
        connection.sendall(WHOLE)

    with served(serve) as (base, _):
        sending = Wire(origins=[base])
        sending.exchange(Ask("GET", f"{base}/x?a=1", {"b": "2 3", "none": None}))
        for kept in sending._kept.values():
            kept.close()
    assert asked[0].split(b" ")[1] == b"/x?a=1&b=2+3"


ALLOWED = ["https://www.zohoapis.com/books/v3", "http://127.0.0.1:8000/books/v3"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/books/v3",
        "https://www.zohoapis.com.evil.example/",
        "https://www.zohoapis.com@evil.example/",
        "https://evil.example\\@www.zohoapis.com/",
        "https://www.zohoapis.com:8443/",
        "http://www.zohoapis.com/",
        "https://zohoapis.com/",
        "https://WWW.zohoapis.com.:443/",
        "https://127.0.0.1/",
        "http://127.0.0.1/",
        "http://127.0.0.1:8001/",
        "http://127.1:8000/",
        "http://2130706433:8000/",
        "http://0x7f000001:8000/",
        "http://[::1]:8000/",
        "http://[::ffff:127.0.0.1]:8000/",
        "http://localhost:8000/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "https://[fe80::1]/",
        "file:///etc/passwd",
        "ftp://www.zohoapis.com/",
        "gopher://www.zohoapis.com/",
        "//www.zohoapis.com/",
        "www.zohoapis.com",
        "https://",
        "https:///books",
        "",
        "https://www.zohoapis.com:port/",
        "https://www.zohoapis.com:99999/",
        "https://www.zohoapis.com/ x",
        "https://www.zohoapis.com/\r\nHost: evil",
        "https://user:pw@www.zohoapis.com/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "https://xn--80ak6aa92e.com/",
        "https://[/",
        "unix:///run/x.sock",
        "http://0.0.0.0:8000/",
        "https://www.zohoapis.com%2eevil.example/",
    ],
)
def test_only_the_hosts_of_the_settings_are_called(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S04: forty addresses, no connection."""

    def never(*_args: Any, **_more: Any) -> Any:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr(socket.socket, "connect", never)
    with pytest.raises(Cut) as cut:
        Wire(origins=ALLOWED).exchange(Ask("POST", url, body=b""), fresh=True)
    assert not cut.value.sent


@pytest.mark.parametrize(
    "url",
    [
        "https://www.zohoapis.com/books/v3/contacts",
        "https://WWW.ZOHOAPIS.com:443/x",
        "http://127.0.0.1:8000/x",
    ],
)
def test_the_hosts_of_the_settings_are_called_however_they_are_spelt(url: str) -> None:
    origins = [hosts.origin_of(one) for one in ALLOWED]
    assert hosts.refusal(url, origins, simulated=False) is None


def test_plain_http_leaves_this_machine_for_a_simulated_service_only() -> None:
    assert hosts.refusal("http://books.test/x", None, simulated=False) is not None
    assert hosts.refusal("http://books.test/x", None, simulated=True) is None


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "127.0.0.1",
        "169.254.169.254",
        "192.168.0.9",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that must be refused
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_a_name_that_leads_into_the_own_network_is_not_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S04."""
    tried: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", (address, 443))])
    monkeypatch.setattr(line, "create_connection", lambda *a, **_k: tried.append(a))
    base = "https://www.zohoapis.example"
    with pytest.raises(Unreachable):
        session(world(), base).send("POST", f"{base}/x", json={})
    assert tried == []


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second answer for the same name must not lead elsewhere."""
    tried: list[Any] = []
    answers = iter(["8.8.8.8", "10.0.0.1"])

    def connect(to: tuple[str, int], *_args: Any, **_more: Any) -> Any:
        tried.append(to)
        raise OSError("stopped here")

    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", (next(answers), 443))]
    )
    monkeypatch.setattr(line, "create_connection", connect)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    base = "https://www.zohoapis.example"
    with pytest.raises(Unreachable):
        session(world(), base).send("POST", f"{base}/x", json={})
    assert tried == [("8.8.8.8", 443)]
