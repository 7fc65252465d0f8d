"""Answers that stand in the place of the provider's: pages, empty bodies, a redirect, the wrong payload."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from lxml import etree

from contracts import samples
from contracts.answers import Answer, envelope
from contracts.fields import is_field
from contracts.names import BODY
from contracts.providers import ConditionError
from contracts.xml import parse

from .injections import injection

if TYPE_CHECKING:
    from .injections import Scene

_PAGE: Final = b"""\
<!DOCTYPE html>
<html><head><title>Service Unavailable</title></head>
<body><h1>Service Unavailable</h1><p>The server is busy.<br>Try again later.</p></body></html>
"""
#: What marks the address to which a redirect leads, so that a client that follows it is known.
REDIRECTED: Final = "soap-contracts-redirected"
_NAMES: Final = {"127.0.0.1": "localhost", "localhost": "127.0.0.1", "::1": "localhost"}


@injection("raise", processed=False)
def fault_with_200(scene: Scene) -> Answer:
    """A fault with status 200: the status says success, the Body does not (WS-I BP 1.1 R1107)."""
    return scene.behaviour.fault(scene.behaviour.faults[0], call=scene.call)._replace(status=200)


@injection("raise", "may retry", processed=False)
def empty_500(scene: Scene) -> Answer:  # noqa: ARG001 - every injection gets it
    """Status 500 with an empty body: no fault says why."""
    return Answer(500, (), b"")


@injection("raise", "may retry", processed=False, name="HTML page with 503")
def html_page_with_503(scene: Scene) -> Answer:  # noqa: ARG001 - every injection gets it
    """Status 503 with an HTML page, as a proxy answers before an overloaded service."""
    return Answer(503, (("Content-Type", "text/html; charset=utf-8"), ("Retry-After", "1")), _PAGE)


@injection("raise", "must not retry")
def empty_202(scene: Scene) -> Answer | None:
    """Status 202 with an empty body, although the operation has a response: the request was processed."""
    answer = scene.process()
    return Answer(202, (), b"") if answer.status == 200 else None


@injection("raise", "must not retry")
def other_operations_response(scene: Scene) -> Answer | None:
    """The response of another operation of the service."""
    others = [one for one in scene.service.operations if one is not scene.operation]
    if not others or scene.process().status != 200:
        return None
    return envelope(200, samples.fullest(scene.service, others[0], "response"))


@injection("raise", "the same values")
def two_payloads(scene: Scene) -> Answer | None:
    """The response twice in one Body (against WS-I BP 1.1 R9981)."""
    answer = scene.process()
    root = parse(answer.body).root
    body = None if root is None or answer.status != 200 else root.find(BODY)
    if root is None or body is None or not len(body):
        return None
    body.append(copy.deepcopy(body[0]))
    return answer._replace(body=etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _refuse_redirect(location: str = "", status: int = 307) -> None:
    if not 300 <= status <= 399:
        raise ConditionError(f"redirect: status is a number from 300 to 399, not {status}")
    if not is_field("Location", location):
        raise ConditionError("redirect: location is an address, percent-encoded, without line breaks")


@injection("raise", processed=False, refuse=_refuse_redirect)
def redirect(scene: Scene, location: str = "", status: int = 307) -> Answer | None:
    """A redirect to another host, or to `location`: whoever follows it sends the credentials there."""
    there = location or _elsewhere(scene)
    return Answer(status, (("Location", there),), b"") if there else None


def _elsewhere(scene: Scene) -> str:
    """The stub itself, by another of its names; "" where it has none that is known."""
    parts = urlsplit(scene.base)
    other = _NAMES.get(parts.hostname or "")
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{other}{port}/{scene.service.name}?{REDIRECTED}" if other else ""
