"""What must hold of any value: the judge, three engines and an independent parser agree on what was drawn."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import drawn
import pytest
from cases import services
from engines import Engine, close, engines
from engines.differences import excuse
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from profiles import THOROUGH

from contracts.checking import check
from contracts.names import BLANKS
from contracts.rules import open_case
from contracts.schema import instant_of
from contracts.strategies import (
    Value,
    from_fault,
    from_field,
    from_request,
    from_response,
    from_type,
    mutants_of,
    respellings_of,
)
from contracts.strategies.schemata import payload_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from contracts.messages import Direction, Message
    from contracts.model import Field, Operation, Service

#: The same in each run, until every class of every field was drawn, also the rarest; small rounds end sooner.
_ROUNDS: Final = range(8 if THOROUGH else 32)
_ROUND: Final = settings(
    max_examples=400 if THOROUGH else 100, database=None, suppress_health_check=[HealthCheck.too_slow]
)
_SLOW: Final = settings(suppress_health_check=[HealthCheck.too_slow])


class Payload:
    """One of the two payloads of an operation, for a test's parameters."""

    def __init__(self, service: Service, operation: Operation, direction: Direction) -> None:
        self.service = service
        self.direction = direction
        self.address = f"{service.name}/{operation.name}"
        self.declaration = payload_of(service, operation, direction)

    def __str__(self) -> str:
        return f"{self.address}-{self.direction}"

    @property
    def messages(self) -> SearchStrategy[Message]:
        return (from_request if self.direction == "request" else from_response)(self.address, catalog=services())

    @property
    def safe_messages(self) -> SearchStrategy[Message]:
        make = from_request if self.direction == "request" else from_response
        return make(self.address, provider_safe=True, catalog=services())


DIRECTIONS: Final[tuple[Direction, Direction]] = ("request", "response")
PAYLOADS: Final = [
    Payload(service, operation, direction)
    for service in services()
    for operation in service.operations
    for direction in DIRECTIONS
]
every_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=str)
every_service = pytest.mark.parametrize("service", [service.name for service in services()])


@pytest.fixture(scope="module", autouse=True)
def _processes() -> Iterator[None]:
    yield
    close()


def texts_of(message: Message, payload: Payload) -> list[tuple[Field, str]]:
    """The values in ``message``, by a parser that `check` does not use."""
    root = ET.fromstring(message.body)
    (node,) = root.iter(payload.declaration.tag)
    fields = {field.tag: field for field in payload.declaration.values()}
    return [
        (fields[child.tag], child.text or "") for child in node.iter() if child.tag in fields and not _is_nil(child)
    ]


def _is_nil(element: ET.Element) -> bool:
    return element.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


@every_payload
def test_a_drawn_message_is_valid_and_every_class_of_every_field_is_drawn(payload: Payload) -> None:
    @_ROUND
    @given(payload.messages)
    def passes(message: Message) -> None:
        verdict = check(message, catalog=services())
        assert verdict.passed, (verdict, message.body)
        assert f"{verdict.service}/{verdict.operation}" == payload.address
        for field, text in texts_of(message, payload):
            drawn.count(str(payload), field, text)

    fields = list(payload.declaration.values())
    for number in _ROUNDS:
        seed(number)(passes)()
        if not drawn.missing(str(payload), fields):
            break
    assert drawn.missing(str(payload), fields) == []


@every_payload
@given(data=st.data())
def test_a_message_that_the_provider_holds_has_no_warning_of_its_stack(payload: Payload, data: st.DataObject) -> None:
    verdict = check(data.draw(payload.safe_messages), catalog=services())
    assert verdict.passed
    assert [finding for finding in verdict.findings if finding.rule.startswith("provider/")] == []


@every_service
@given(data=st.data())
def test_a_drawn_fault_is_valid(service: str, data: st.DataObject) -> None:
    verdict = check(data.draw(from_fault(service, catalog=services())), catalog=services())
    assert (verdict.passed, verdict.kind, verdict.service) == (True, "fault", service)


# ------------------------------------------------------------------------------------------------- several engines


def said_otherwise(
    engine: Engine, message: Message, schema: Path, document: Path, fields: list[tuple[Field, str]]
) -> str:
    """What the engine says of a valid message, if it is not that it is valid and no row of the table explains it."""
    document.write_bytes(message.body)
    answer = engine.verdict(schema, document)
    if answer == "valid" or any(excuse(engine, field.type, text) for field, text in fields if field.type is not None):
        return ""
    return f"{engine.title} says {answer} where the specification and `check` say valid"


@every_payload
def test_every_engine_accepts_a_drawn_message(payload: Payload, tmp_path: Path) -> None:
    schema = tmp_path.joinpath(payload.service.folder, f"{payload.direction}.xsd")
    asked = [engine for engine in engines() if not engine.title.startswith("xmllint")]

    @_SLOW
    @given(payload.messages)
    def agree(message: Message) -> None:
        fields = texts_of(message, payload)
        for engine in asked:
            told = said_otherwise(engine, message, schema, tmp_path / "document.xml", fields)
            assert not told, (told, message.body)

    agree()


@every_payload
def test_a_new_disagreement_is_told_by_the_name_of_the_engine(payload: Payload, tmp_path: Path) -> None:
    class Strict:
        family, title, version = "strict", "an engine that refuses", (1,)

        def verdict(self, schema: Path, document: Path) -> str:
            return "invalid" if schema.exists() and document.exists() else "no file"

    @given(payload.messages)
    @settings(max_examples=1)
    def told(message: Message) -> None:
        schema = tmp_path.joinpath(payload.service.folder, f"{payload.direction}.xsd")
        said = said_otherwise(Strict(), message, schema, tmp_path / "document.xml", texts_of(message, payload))
        assert said == "an engine that refuses says invalid where the specification and `check` say valid"

    told()


# -------------------------------------------------------------------------------------------- what goes in comes out


@every_payload
@given(data=st.data())
def test_the_value_that_went_in_comes_out(payload: Payload, data: st.DataObject) -> None:
    names = [field.name for field in payload.declaration.values()]
    given_ = {name: data.draw(from_field(payload.address, name, catalog=services())) for name in names}
    make = from_request if payload.direction == "request" else from_response
    message = data.draw(
        make(payload.address, fields={name: st.just(text) for name, text in given_.items()}, catalog=services())
    )
    found = texts_of(message, payload)
    assert found == [(field, given_[field.name]) for field, _ in found]
    judged = open_case(message, services()).values
    assert [(field.name, text) for _, field, text in judged] == [(field.name, text) for field, text in found]


@given(from_type("dateTime", provider_safe=True))
def test_an_instant_is_the_one_that_python_reads(text: Value) -> None:
    plain = text.strip(BLANKS)
    whole, fraction = re.fullmatch(r"([^.]*?)(?:\.([0-9]+))?(?=Z|[+-][0-9:]{5}$).*", plain).groups()
    zone = plain[len(whole) + (len(fraction) + 1 if fraction else 0) :]
    instant = instant_of(text)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    known = datetime.fromisoformat(f"{whole}+00:00") - epoch
    offset = (
        timedelta()
        if zone == "Z"
        else timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    )
    assert instant is not None
    assert instant.seconds == (known - offset).days * 86400 + (known - offset).seconds
    assert instant.fraction == (fraction or "").rstrip("0")


# -------------------------------------------------------------------------------------------- mutants and respellings


@every_payload
@given(data=st.data())
def test_a_mutant_of_a_drawn_message_fails_by_its_own_rule(payload: Payload, data: st.DataObject) -> None:
    message = data.draw(payload.messages)
    mutant = data.draw(mutants_of(message, catalog=services()))
    before = {finding.rule for finding in check(message, catalog=services()).findings}
    verdict = check(mutant.message, catalog=services())
    assert {finding.rule for finding in verdict.findings} - before == {mutant.rule}, (
        mutant,
        mutant.message.body[:2000],
    )
    own = [finding.severity for finding in verdict.findings if finding.rule == mutant.rule]
    assert verdict.passed == ("error" not in own)


@every_payload
@given(data=st.data())
def test_a_respelling_of_a_drawn_message_keeps_its_values_and_its_verdict(
    payload: Payload, data: st.DataObject
) -> None:
    message = data.draw(payload.messages)
    spelled = data.draw(respellings_of(message))
    one, two = (check(each, catalog=services()) for each in (message, spelled))
    assert (one.passed, one.operation, one.kind) == (two.passed, two.operation, two.kind), spelled.body
    assert texts_of(spelled, payload) == texts_of(message, payload), spelled.body
