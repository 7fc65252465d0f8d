"""Conditions over HTTP, for tests in any language: a small endpoint of the stub, for loopback and with a token.

All is POSTed as a JSON object. `given` takes ``service``, ``name`` and ``parameters``; `inject` takes ``operation``
and ``times`` beside these; `reset` takes nothing. What is left out of `inject` means any operation, and once;
``times`` null stands for every call.
"""

from __future__ import annotations

import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any, Final

from contracts.answers import Answer
from contracts.errors import SoapContractsError
from contracts.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.conditions import Conditions

    from .asgi import Received, Request

#: Below the stub's address.
PATH: Final = "/soap-contracts/control"
_BEARER: Final = "bearer"
#: Far more than any condition takes.
_MOST_BYTES: Final = 65_536
#: RFC 9110 section 11.6.1, RFC 6750 section 3.
_CHALLENGE: Final = ("WWW-Authenticate", 'Bearer realm="soap-contracts"')
_JSON: Final = (("Content-Type", "application/json"),)


class Control:
    """The endpoint. ``token`` is what a client has to show, made anew where it is ""; None closes the endpoint."""

    def __init__(self, conditions: Conditions, token: str | None = "") -> None:
        self.token = secrets.token_urlsafe(24) if token == "" else token
        self._conditions = conditions
        self._known: dict[str, Callable[[_Fields], Any]] = {
            "given": self._given,
            "inject": self._inject,
            "reset": self._reset,
        }

    def answer(self, request: Request, received: Received, peer: str) -> Answer:
        """The answer to a request below `PATH` that ``peer``, an IP address, has sent."""
        if self.token is None:
            return _told(404, "no conditions are to be had here")
        if not is_loopback(peer):
            return _told(403, "conditions are for clients on this machine")
        if not _shows(request, self.token):
            return _told(401, "the header field Authorization has to be: Bearer and the token", _CHALLENGE)
        act = self._known.get(request.path.removeprefix(PATH).strip("/"))
        if act is None:
            return _told(404, f"known are {', '.join(f'{PATH}/{name}' for name in self._known)}")
        if request.method != "POST":
            return _told(405, "conditions are POSTed", ("Allow", "POST"))
        try:
            found = act(_Fields(received.body))
        except (SoapContractsError, ValueError) as error:
            return _told(400, str(error))
        return Answer(200, _JSON, json.dumps(found).encode())

    def _given(self, fields: _Fields) -> dict[str, Any]:
        fields.keep_to("service", "name", "parameters")
        self._conditions.given(fields.text("service"), fields.text("name"), fields.table("parameters"))
        return {}

    def _inject(self, fields: _Fields) -> dict[str, Any]:
        fields.keep_to("service", "name", "operation", "times", "parameters")
        operation, times = fields.text("operation", "") or None, fields.number("times", 1)
        self._conditions.inject(
            fields.text("service"), fields.text("name"), operation, times, fields.table("parameters")
        )
        return {}

    def _reset(self, fields: _Fields) -> dict[str, Any]:
        fields.keep_to()
        return {"unmet": self._conditions.reset()}


class _Fields:
    """The members of a JSON object. Raises ValueError, in a sentence, for a body that is none."""

    def __init__(self, body: bytes) -> None:
        if len(body) > _MOST_BYTES:
            raise ValueError(f"a condition has at most {_MOST_BYTES} bytes")
        try:
            found = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            raise ValueError("the body is not JSON") from None
        if not isinstance(found, dict):
            raise ValueError("the body is not a JSON object")  # noqa: TRY004 - all are the caller's one error
        self._found: dict[str, Any] = found

    def keep_to(self, *known: str) -> None:
        for name in self._found:
            if name not in known:
                raise ValueError(f"there is no member {name!r}; known are {', '.join(known) or 'none'}")

    def text(self, name: str, default: str | None = None) -> str:
        found = self._found.get(name) if self._found.get(name) is not None else default
        if not isinstance(found, str):
            raise ValueError(f"{name!r} is missing or not a string")  # noqa: TRY004 - as above
        return found

    def number(self, name: str, default: int) -> int | None:
        found = self._found.get(name, default)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            raise ValueError(f"{name!r} is not a number, nor null")
        return found

    def table(self, name: str) -> dict[str, Any]:
        found = self._found.get(name, {})
        if not isinstance(found, dict):
            raise ValueError(f"{name!r} is not an object")  # noqa: TRY004 - as above
        return found


def _shows(request: Request, token: str) -> bool:
    shown = next((value for name, value in request.headers if name.lower() == "authorization"), "")
    scheme, _, given = shown.partition(" ")
    same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
    return same and scheme.lower() == _BEARER


def _told(status: int, error: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, (*_JSON, *headers), json.dumps({"error": error}).encode())
