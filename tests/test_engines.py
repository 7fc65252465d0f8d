"""The whole-envelope schemas alone, in every engine that is here, against `check`; where engines differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

import pytest
from cases import Case, cases, message_of, services, verdict_of
from engines import Engine, close, engines
from engines.differences import APART, DOCUMENTS, ROWS, Document, Row, answer_of, apart

from contracts.checking import check
from contracts.names import SOAP11, XSD, XSI

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA_CASES: Final = [case for case in cases() if case.name.startswith("schema/")]
SHIPPED_ROWS: Final = [row for row in ROWS if row.ours is not None]
every_engine = pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.title)
every_document = pytest.mark.parametrize("row", DOCUMENTS, ids=str)


@pytest.fixture(scope="module", autouse=True)
def _processes() -> Iterator[None]:
    yield
    close()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "document.xml"


@pytest.mark.parametrize(("title", "without"), [("xmllint", "xmllint"), ("Xerces", "a JDK, java and javac")])
def test_the_optional_engines_are_here(title: str, without: str) -> None:
    if not any(engine.title.startswith(title) for engine in engines()):
        pytest.skip(f"{without} is not on PATH: {title} is not asked")


# ------------------------------------------------------------------------------------- the schemas alone and `check`


def schemas_for(case: Case) -> list[Path]:
    """The schema of the message's service and direction; of all services where the message names none."""
    verdict = verdict_of(case)
    part = "request" if verdict.kind == "request" else "response"
    found = [service for service in services() if verdict.service in (None, service.name)]
    return [Path(service.folder, f"{part}.xsd") for service in found]


@every_engine
@pytest.mark.parametrize("case", SCHEMA_CASES, ids=str)
def test_the_schemas_alone_agree_with_check(case: Case, engine: Engine, document: Path) -> None:
    document.write_bytes(message_of(case).body)
    valid = "valid" in {engine.verdict(schema, document) for schema in schemas_for(case)}
    reason = apart(case, engine)
    assert (valid != verdict_of(case).passed) == (reason is not None), (
        f"{engine.title} {'accepts' if valid else 'refuses'} {case}; {reason or 'no known difference'}"
    )


def test_every_known_difference_names_a_case() -> None:
    assert set(APART) <= {case.name for case in SCHEMA_CASES}


@every_engine
def test_the_schemas_alone_are_stricter_about_xsi_type(engine: Engine, document: Path) -> None:
    envelope = ongoing("syncTime", "2024-05-01T12:00:00Z", ' xsi:type="xsd:dateTime"')
    document.write_text(envelope, encoding="utf-8")
    assert engine.verdict(Path(services().service("ongoing").folder, "request.xsd"), document) == "invalid"
    assert check(envelope).passed


# ------------------------------------------------------------------------------------------------------- the table


def ongoing(name: str, value: str, attributes: str = "") -> str:
    values = {
        "UserName": "user",
        "Password": "password",
        "GoodsOwnerId": "42",
        "IntegrationType": "Orders",
        "syncTime": "2024-05-01T12:00:00Z",
        name: escape(value),
    }
    fields = "".join(f"<{key}{attributes if key == name else ''}>{text}</{key}>" for key, text in values.items())
    payload = f'<SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">{fields}</SetTimeOfLastSync>'
    return (
        f'<soap:Envelope xmlns:soap="{SOAP11}" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}">'
        f"<soap:Body>{payload}</soap:Body></soap:Envelope>"
    )


def luminate(fields: str) -> str:
    return (
        f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Header><Session xmlns="urn:soap.convio.com"><SessionId>0:0</SessionId>'
        f'</Session></soap:Header><soap:Body><StartSynchronization xmlns="urn:soap.convio.com">{fields}'
        "</StartSynchronization></soap:Body></soap:Envelope>"
    )


def request_with(row: Row) -> tuple[str, str]:
    """A service and a request to it that has the row's value in a field of the row's type."""
    if row.type == "nonNegativeInteger":
        return "luminate", luminate(f"<PartitionId>{row.value}</PartitionId>")
    if row.type == "boolean":
        return "luminate", luminate(f"<PartitionId>1</PartitionId><Force>{row.value}</Force>")
    name = {"int": "GoodsOwnerId", "dateTime": "syncTime", "string50": "Password"}[row.type]
    return "ongoing", ongoing(name, row.value)


def plain_schema(type_: str) -> str:
    facet = '<xs:restriction base="xs:string"><xs:maxLength value="50"/></xs:restriction>'
    if type_ == "string50":
        element = f'<xs:element name="v"><xs:simpleType>{facet}</xs:simpleType></xs:element>'
    else:
        element = f'<xs:element name="v" type="xs:{type_}"/>'
    return f'<xs:schema xmlns:xs="{XSD}">{element}</xs:schema>'


@every_engine
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_engines_differ_about_built_in_types_as_the_table_says(row: Row, engine: Engine, tmp_path: Path) -> None:
    schema, document = tmp_path / "plain.xsd", tmp_path / "document.xml"
    schema.write_text(plain_schema(row.type), encoding="utf-8")
    document.write_text(f"<v>{escape(row.value)}</v>", encoding="utf-8")
    assert engine.verdict(schema, document) == answer_of(engine, row.plain, row.spec), engine.title


@every_engine
@pytest.mark.parametrize("row", SHIPPED_ROWS, ids=str)
def test_engines_differ_about_the_shipped_types_as_the_table_says(row: Row, engine: Engine, document: Path) -> None:
    service, envelope = request_with(row)
    document.write_text(envelope, encoding="utf-8")
    found = engine.verdict(Path(services().service(service).folder, "request.xsd"), document)
    assert found == answer_of(engine, row.ours or {}, row.spec), engine.title


@pytest.mark.parametrize("row", [row for row in SHIPPED_ROWS if row.spec], ids=str)
def test_check_says_what_the_specification_says(row: Row) -> None:
    verdict = check(request_with(row)[1])
    assert ("valid" if verdict.passed else "invalid") == row.spec


def test_check_takes_a_year_beyond_what_processors_must_support_without_an_internal_error() -> None:
    verdict = check(ongoing("syncTime", "12345678901234567890-05-01T12:00:00Z"))
    refused = {"schema/date-time", "schema/invalid", "provider/date-time-range"}
    assert {finding.rule for finding in verdict.findings} <= refused
    assert verdict.findings


@every_engine
@every_document
def test_engines_differ_about_whole_messages_as_the_table_says(row: Document, engine: Engine, document: Path) -> None:
    service, part = row.schema.split("/")
    document.write_bytes(row.body)
    found = engine.verdict(Path(services().service(service).folder, f"{part}.xsd"), document)
    assert found == answer_of(engine, row.differ, row.spec), engine.title


@every_document
def test_check_says_of_whole_messages_what_the_specification_says(row: Document) -> None:
    assert ("valid" if check(row.body).passed else "invalid") == row.spec
