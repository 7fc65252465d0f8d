"""The provider's own answer in other bytes, or under a head that does not fit them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.fields import is_field
from contracts.messages import Message
from contracts.providers import ConditionError
from contracts.respellings import HABITS, respelled
from contracts.xml import parse

from .injections import injection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.answers import Answer

    from .injections import Scene

#: Where a client that loads external entities asks for one, behind the stub's address.
ENTITY_PATH: Final = "/soap-contracts/entity"
_TYPE: Final = "content-type"


def _refuse_type(value: str = "", charset: str = "") -> None:
    if not is_field("Content-Type", value + charset):
        raise ConditionError("a Content-Type has no line break and no letter beyond Latin-1")


@injection("raise", "the same values", refuse=_refuse_type)
def wrong_content_type(scene: Scene, value: str = "text/html") -> Answer:
    """A Content-Type that is not text/xml over a good envelope."""
    return _headed(scene.process(), _TYPE, "Content-Type", value)


@injection("raise", "the same values", refuse=_refuse_type)
def wrong_charset(scene: Scene, charset: str = "utf-16") -> Answer:
    """A charset in Content-Type that the bytes are not in; WS-I BP 1.1 R1019 has the receiver believe it."""
    return _headed(scene.process(), _TYPE, "Content-Type", f"text/xml; charset={charset}")


@injection("the same values")
def byte_order_mark(scene: Scene) -> Answer | None:
    """UTF-8 with a byte order mark, which a receiver must accept (WS-I BP 1.1 R4001)."""
    return _spelled(scene, {"encoding": "utf-8-marked"})


@injection("the same values", name="UTF-16")
def utf_16(scene: Scene) -> Answer | None:
    """UTF-16 with a byte order mark, said so in Content-Type and declaration (WS-I BP 1.1 R1012)."""
    return _spelled(scene, {"encoding": "utf-16-le-marked"})


@injection("the same values")
def other_prefixes(scene: Scene) -> Answer | None:
    """Other prefixes, all of them declared on the Envelope."""
    return _spelled(scene, {"prefixes": "numbered", "default-namespace": "nowhere", "declarations": "on-the-envelope"})


@injection("the same values", name="CDATA")
def cdata(scene: Scene) -> Answer | None:
    """Half of each text in a CDATA section."""
    return _spelled(scene, {"cdata": "part"})


@injection("the same values")
def comments_in_texts(scene: Scene) -> Answer | None:
    """A comment in the middle of each text: the value is what stands before and behind it."""
    return _spelled(scene, {"comments-in-values": "middle"})


@injection("the same values", "raise", name="gzip")
def packed(scene: Scene) -> Answer | None:
    """Content-Encoding: gzip, whether the client has offered to take it or not."""
    answer = scene.process()
    if not answer.body:
        return None
    return _headed(answer._replace(body=gzip.compress(answer.body, mtime=0)), "", "Content-Encoding", "gzip")


@injection("raise", "must not retry")
def lying_content_encoding(scene: Scene) -> Answer | None:
    """Content-Encoding: gzip over bytes that are not packed."""
    answer = scene.process()
    return _headed(answer, "", "Content-Encoding", "gzip") if answer.body else None


@injection("raise", "the same values", "must not expand", name="DOCTYPE with entities")
def doctype_with_entities(scene: Scene) -> Answer | None:
    """A DOCTYPE with an internal and an external entity, both used in the answer (against SOAP 1.1 section 3).

    The external one leads back to the stub: whoever fetches it is called out.
    """
    answer = scene.process()
    root = parse(answer.body).root
    if root is None or answer.status != 200:
        return None
    entities = f'<!ENTITY inner "expanded"><!ENTITY outer SYSTEM "{scene.base}{ENTITY_PATH}">'
    doctype = f"<!DOCTYPE {_name_of(root)} [{entities}]>"
    body = etree.tostring(root, encoding="unicode")
    at = body.index(">") + 1
    used = '<n:Note xmlns:n="urn:example:note">&inner;&outer;</n:Note>'
    header = f"{_prefix(root)}Header"
    return answer._replace(body=f"{doctype}{body[:at]}<{header}>{used}</{header}>{body[at:]}".encode())


def _name_of(root: etree._Element) -> str:
    return f"{_prefix(root)}Envelope"


def _prefix(root: etree._Element) -> str:
    return f"{root.prefix}:" if root.prefix else ""


def _spelled(scene: Scene, ways: Mapping[str, str]) -> Answer | None:
    """The answer with these habits, each in the way named; None where it is no XML."""
    answer = scene.process()
    chosen = {habit: HABITS[habit].ways.index(way) for habit, way in ways.items()}
    try:
        message = respelled(Message(answer.body, answer.headers), lambda habit, _: chosen.get(habit, 0))
    except ValueError:
        return None
    return answer._replace(body=message.body, headers=message.headers or ())


def _headed(answer: Answer, replaced: str, name: str, value: str) -> Answer:
    """``answer`` with one header field more, in the place of ``replaced``."""
    kept = tuple(field for field in answer.headers if field[0].lower() != replaced)
    return answer._replace(headers=(*kept, (name, value)))
