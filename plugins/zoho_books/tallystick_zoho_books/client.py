"""HTTP calls of Zoho Books v3: addresses, envelopes, the end of lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tallystick.errors import Fatal, OutcomeUnknown, Rejected, RemoteError, Unreachable
from tallystick.toolbox import LegacyToken, Limit, OAuthRefresh, Reply, Session

from tallystick_zoho_books.answers import ABSENT, Answers, code_of, words_of
from tallystick_zoho_books.settings import Settings

PAGE = 200
PAGES_MAX = 5000
Raw = Mapping[str, Any]
_UNKNOWN_CODE = (
    " What code {code} means for a write is not known; if it always refuses, name it in "
    "refusal_codes of the connection."
)


def at(path: str, *ids: object) -> str:
    """Fill ids into the braces of a path, so that no id can lead elsewhere."""
    return path.format(*(quote(str(i), safe="") for i in ids))


class BooksClient:
    """Calls of one organization."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self.base = settings.base
        self.organization_id = settings.organization_id
        name = f"zoho_books:{self.organization_id or 'any'}"
        auth = (
            LegacyToken(more={"scope": "booksapi"})
            if session.kind == "authtoken"
            else OAuthRefresh(f"{settings.accounts}/oauth/v2/token")
        )
        self.clock = session.ports.clock
        self._answers = Answers(
            self.clock.now,
            duplicates=settings.duplicate_codes,
            refusals=settings.refusal_codes,
        )
        self._unjudged: int | None = None
        """The code of the last answer, where it is known to mean nothing."""
        self._session = session.configured(
            auth=auth,
            limits=[
                Limit(f"{name}:minute", settings.per_minute, 60, "NET-01"),
                Limit(f"{name}:day", settings.per_day, 86_400, "NET-03"),
            ],
            classify=self._judged,
            origins=(settings.accounts, settings.base),
        )

    def _judged(self, reply: Reply) -> Exception | None:
        error = self._answers(reply)
        code = code_of(reply.mapping())
        self._unjudged = code if error is None and code != 0 else None
        return error

    def _params(self, path: str, params: Mapping[str, Any] | None) -> dict[str, Any]:
        """Add the organization, which every call names but the one that lists them."""
        named = bool(self.organization_id) and path != "/organizations"
        own = {"organization_id": self.organization_id} if named else {}
        return {**own, **(params or {})}

    def reply(self, path: str, params: Mapping[str, Any] | None = None) -> Reply:
        """Read once. Raises RemoteError for an answer that is no success, whatever its status."""
        reply = self._session.get(self.base + path, self._params(path, params))
        if reply.status != 204 and code_of(reply.mapping()) != 0:
            raise RemoteError(self._words(reply), code="DATA-01")
        return reply

    def _words(self, reply: Reply) -> str:
        """What an answer says, without the connection's secrets: it may repeat the request."""
        return self._session.redactor.text(words_of(reply))

    def page(
        self, path: str, keys: Sequence[str], params: Mapping[str, Any] | None = None
    ) -> tuple[list[Any], bool]:
        """Read one page of a list: its records, and whether another page follows."""
        reply = self.reply(path, params)
        if reply.status == 204:
            return [], False
        body = reply.mapping()
        return listed(body, keys), more(body)

    def every(
        self, path: str, keys: Sequence[str], params: Mapping[str, Any] | None = None
    ) -> Iterator[Raw]:
        """Yield every record of a list, page by page to its end.

        Raises Unreachable for a list that does not move or does not end, and for a record that is
        no object: what cannot be read whole is not read.
        """
        before: list[Any] = []
        for number in range(1, PAGES_MAX + 1):
            asked = {**(params or {}), "page": number, "per_page": PAGE}
            raws, follows = self.page(path, keys, asked)
            if (raws and raws == before) or not all(isinstance(r, Mapping) for r in raws):
                raise Unreachable(f"{path} could not be read whole.", code="DATA-01")
            yield from raws
            if not follows:
                return
            before = raws
        raise Unreachable(f"{path} has no end.", code="DATA-01")

    def find(self, path: str, key: str) -> Raw | None:
        """Read one record by id; None when the service says that it does not exist."""
        try:
            reply = self._session.get(self.base + path, self._params(path, None), allow=(404,))
        except Rejected as error:
            if error.remote_code == str(ABSENT):
                return None
            raise
        body = reply.mapping()
        code = code_of(body)
        if code == ABSENT:
            return None
        if reply.status == 404:
            raise Fatal(f"{self._words(reply)}: the address is not known.", code="AUTH-04")
        found = body.get(key)
        if code != 0 or not isinstance(found, Mapping):
            raise RemoteError(f"The answer holds no {key}. {self._words(reply)}", code="DATA-01")
        return found

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
    ) -> Raw:
        """Write once. Raises OutcomeUnknown for an answer that does not say code 0."""
        asked = self._params(path, params)
        self._unjudged = None
        try:
            reply = self._session.send(method, self.base + path, params=asked, json=body)
        except OutcomeUnknown as error:
            raise OutcomeUnknown(f"{error.message}{self._hint()}") from None
        if code_of(reply.mapping()) != 0:
            raise OutcomeUnknown(f"The answer is no success. {self._words(reply)}.{self._hint()}")
        return reply.mapping()

    def _hint(self) -> str:
        """What to do where a code was answered that nobody knows."""
        return "" if self._unjudged is None else _UNKNOWN_CODE.format(code=self._unjudged)


def listed(body: Raw, keys: Sequence[str]) -> list[Any]:
    """Return the records of a list answer under these keys: the first that holds any.

    A list that has none of them is no empty list: something else was answered.
    """
    found = [body[key] for key in keys if isinstance(body.get(key), list)]
    if not found:
        raise RemoteError(f"The answer has no list called {keys[0]}.", code="DATA-01")
    return next((one for one in found if one), [])


def more(body: Raw) -> bool:
    """Return True when another page follows; no page_context is the end."""
    context = body.get("page_context")
    return isinstance(context, Mapping) and context.get("has_more_page") in (True, "true")
