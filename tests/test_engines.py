"""The whole-envelope schemas alone, in every engine that is here, against `check`; and where the engines are known to differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax.saxutils import escape

import pytest
from cases import Case, cases, message_of, services, verdict_of
from engines import Engine, close, engines

from contracts.checking import check
from contracts.names import SOAP11, XSD, XSI

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCHEMA_CASES: Final = [case for case in cases() if case.name.startswith("schema/")]
every_engine = pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.title)


@pytest.fixture(scope="module", autouse=True)
def _processes() -> Iterator[None]:
    yield
    close()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "document.xml"


# ------------------------------------------------------------------------------------- the schemas alone and `check`

#: The cases in which the schemas alone say something else than `check`, each with the engines that do.
XSI_TYPE: Final = "every engine refuses the built-in type on an element whose own type restricts it"
OWN_TYPE: Final = "the names of types in our schemas are none of the provider's"
UNDECLARED_TYPE: Final = (
    "by XSD 1.0 part 1, section 3.3.4, an unknown xsi:type leaves an element that a lax wildcard lets through unassessed; "
    "every engine refuses it, and xmlschema dies of it"
)
UNICODE_SPACE: Final = "xmlschema strips any Unicode white space"
TEXT_BESIDE_WILDCARD: Final = "xmlschema overlooks text beside a wildcard"
APART: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    **{
        case.name: (XSI_TYPE, ("libxml2", "xmlschema", "Xerces"))
        for case in SCHEMA_CASES
        if case.good and case.rule == "schema/xsi-type" and not case.name.rpartition("/")[2].startswith("good-in-")
    },
    **{
        f"schema/xsi-type/{name}.xml": (
            UNDECLARED_TYPE,
            ("libxml2", "xmlschema", "Xerces"),
        )
        for name in ("good-in-fault-detail", "good-in-unknown-header")
    },
    **{
        f"schema/xsi-type/{name}.xml": (
            OWN_TYPE,
            ("libxml2", "xmlschema", "Xerces"),
        )
        for name in ("bad-on-payload", "bad-service-type", "bad-unprefixed")
    },
    **{
        f"schema/{name}.xml": (UNICODE_SPACE, ("xmlschema",))
        for name in (
            "boolean/bad-no-break-space",
            "date-time/bad-line-separator",
            "date-time/bad-next-line",
            "date-time/bad-no-break-space",
            "integer/bad-next-line",
            "integer/bad-no-break-space",
            "integer/bad-partition-no-break-space",
            "integer/bad-thin-space",
            "stray-text/bad-no-break-space",
        )
    },
    "schema/stray-text/bad-in-header.xml": (TEXT_BESIDE_WILDCARD, ("xmlschema",)),
}


def schemas_for(case: Case) -> list[Path]:
    """The schema of the message's service and direction; of all services where the message names none."""
    verdict = verdict_of(case)
    part = "request" if verdict.kind == "request" else "response"
    found = [service for service in services() if verdict.service in (None, service.name)]
    return [service.folder / f"{part}.xsd" for service in found]


@every_engine
@pytest.mark.parametrize("case", SCHEMA_CASES, ids=str)
def test_the_schemas_alone_agree_with_check(case: Case, engine: Engine, document: Path) -> None:
    document.write_bytes(message_of(case).body)
    valid = "valid" in {engine.verdict(schema, document) for schema in schemas_for(case)}
    reason, apart = APART.get(case.name, ("", ()))
    assert (valid != verdict_of(case).passed) == (engine.family in apart), (
        f"{engine.title} {'accepts' if valid else 'refuses'} {case}; {reason or 'no known difference'}"
    )


def test_every_known_difference_names_a_case() -> None:
    assert APART.keys() <= {case.name for case in SCHEMA_CASES}


@every_engine
def test_the_schemas_alone_are_stricter_about_xsi_type(engine: Engine, document: Path) -> None:
    envelope = ongoing("syncTime", "2024-05-01T12:00:00Z", ' xsi:type="xsd:dateTime"')
    document.write_text(envelope, encoding="utf-8")
    assert engine.verdict(services().service("ongoing").folder / "request.xsd", document) == "invalid"
    assert check(envelope).passed


# ------------------------------------------------------------------------------------------------------- the table


class Row(NamedTuple):
    """One value of an XSD built-in type.

    ``spec`` is the specification's verdict, None where it leaves the answer open. ``plain`` names the engines that say
    something else of the built-in type itself, ``ours`` those that do so of the shipped type, which adds a pattern;
    None where no shipped type is of this kind. What an old version says stands before what the engine says.
    """

    value: str
    type: str
    spec: str | None
    plain: Mapping[str, str] = {}
    ours: Mapping[str, str] | None = {}


#: Of an integer it reads 24 digits at most.
OLD: Final = "libxml2 before 2.13"
ROWS: Final = (
    Row("\uff11\uff12", "nonNegativeInteger", "invalid", {"xmlschema": "valid"}),
    Row("\u0663", "nonNegativeInteger", "invalid", {"xmlschema": "valid"}),
    Row("1_000", "nonNegativeInteger", "invalid", {"xmlschema": "valid"}),
    Row("\uff11\uff12", "int", "invalid", {"xmlschema": "valid"}),
    Row("1_000", "int", "invalid", {"xmlschema": "valid"}),
    Row("\u00a012", "nonNegativeInteger", "invalid", {"xmlschema": "valid"}, {"xmlschema": "valid"}),
    Row("12\u2009", "nonNegativeInteger", "invalid", {"xmlschema": "valid"}, {"xmlschema": "valid"}),
    Row("9" * 24, "nonNegativeInteger", "valid"),
    Row("9" * 25, "nonNegativeInteger", "valid", {OLD: "invalid"}, {OLD: "invalid"}),
    Row(
        "9" * 5000,
        "nonNegativeInteger",
        "valid",
        {OLD: "invalid", "xmlschema": "invalid"},
        {OLD: "invalid", "xmlschema": "invalid"},
    ),
    Row(" 2024-05-01T12:00:00Z ", "dateTime", "valid", {"libxml2": "invalid"}),
    Row("2024-05-01T12:00:00Z\u00a0", "dateTime", "invalid", {"xmlschema": "valid"}, {"xmlschema": "valid"}),
    Row(
        "12345678901234567890-05-01T12:00:00Z",
        "dateTime",
        None,
        {"libxml2": "invalid", "xmlschema": "OverflowError", "Xerces": "invalid"},
        {"libxml2": "invalid", "xmlschema": "OverflowError", "Xerces": "invalid"},
    ),
    Row("2147483647-05-01T12:00:00Z", "dateTime", "valid"),
    Row("2147483648-05-01T12:00:00Z", "dateTime", "valid", {"Xerces": "invalid"}, {"Xerces": "invalid"}),
    Row("0000-05-01T12:00:00Z", "dateTime", "invalid"),
    Row("2024-05-01T24:00:00Z", "dateTime", "valid"),
    Row("2024-05-01T12:00:00+14:01", "dateTime", "invalid"),
    Row("😀" * 50, "string50", "valid", {"Xerces": "invalid"}, {"Xerces": "invalid"}),
    Row("a" * 49 + "😀", "string50", "valid", {"Xerces": "invalid"}, {"Xerces": "invalid"}),
    Row("😀" * 51, "string50", "invalid"),
    Row("\u00a0true", "boolean", "invalid", {"xmlschema": "valid"}, {"xmlschema": "valid"}),
    # The reason why faultactor, actor and encodingStyle are xs:string in the schemas.
    Row("%zz", "anyURI", None, {"libxml2": "invalid", "xmlschema": "valid", "Xerces": "invalid"}, None),
    Row("http://[", "anyURI", None, {"libxml2": "invalid", "xmlschema": "valid", "Xerces": "invalid"}, None),
    Row("#a#b", "anyURI", None, {"libxml2": "invalid", "xmlschema": "valid", "Xerces": "invalid"}, None),
    Row("http://a:port/", "anyURI", None, {"libxml2": "invalid", "xmlschema": "valid", "Xerces": "valid"}, None),
)


def of_row(row: Row) -> str:
    value = row.value if len(row.value) <= 40 else f"{row.value[:12]}...{len(row.value)}"
    return f"{row.type} {ascii(value)[1:-1]}"


every_row = pytest.mark.parametrize("row", ROWS, ids=of_row)


def known(answers: Mapping[str, str], engine: Engine, otherwise: str | None) -> str | None:
    """What the table says that this engine answers in this version."""
    for key, answer in answers.items():
        family, _, limit = key.partition(" before ")
        newer = limit and engine.version >= tuple(int(part) for part in limit.split("."))
        if family == engine.family and not newer:
            return answer
    return otherwise


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


def envelope_of(row: Row) -> tuple[str, str]:
    """A service and a request to it that has the row's value in a field of the row's type."""
    if row.type == "nonNegativeInteger":
        return "luminate", luminate(f"<PartitionId>{row.value}</PartitionId>")
    if row.type == "boolean":
        return "luminate", luminate(f"<PartitionId>1</PartitionId><Force>{row.value}</Force>")
    name = {"int": "GoodsOwnerId", "dateTime": "syncTime", "string50": "Password"}[row.type]
    return "ongoing", ongoing(name, row.value)


def plain_schema(type_: str) -> str:
    if type_ == "string50":
        content = '<xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="50"/></xs:restriction></xs:simpleType>'
        return f'<xs:schema xmlns:xs="{XSD}"><xs:element name="v">{content}</xs:element></xs:schema>'
    return f'<xs:schema xmlns:xs="{XSD}"><xs:element name="v" type="xs:{type_}"/></xs:schema>'


@every_engine
@every_row
def test_engines_differ_about_built_in_types_as_the_table_says(row: Row, engine: Engine, tmp_path: Path) -> None:
    schema, document = tmp_path / "plain.xsd", tmp_path / "document.xml"
    schema.write_text(plain_schema(row.type), encoding="utf-8")
    document.write_text(f"<v>{escape(row.value)}</v>", encoding="utf-8")
    assert engine.verdict(schema, document) == known(row.plain, engine, row.spec), engine.title


@every_engine
@pytest.mark.parametrize("row", [row for row in ROWS if row.ours is not None], ids=of_row)
def test_engines_differ_about_the_shipped_types_as_the_table_says(row: Row, engine: Engine, document: Path) -> None:
    service, envelope = envelope_of(row)
    document.write_text(envelope, encoding="utf-8")
    found = engine.verdict(services().service(service).folder / "request.xsd", document)
    assert found == known(row.ours or {}, engine, row.spec), engine.title


@pytest.mark.parametrize("row", [row for row in ROWS if row.ours is not None and row.spec], ids=of_row)
def test_check_says_what_the_specification_says(row: Row) -> None:
    verdict = check(envelope_of(row)[1])
    assert ("valid" if verdict.passed else "invalid") == row.spec


def test_check_takes_a_year_beyond_what_processors_must_support_without_an_internal_error() -> None:
    verdict = check(ongoing("syncTime", "12345678901234567890-05-01T12:00:00Z"))
    refused = {"schema/date-time", "schema/invalid", "provider/date-time-range"}
    assert {finding.rule for finding in verdict.findings} <= refused
    assert verdict.findings


class Document(NamedTuple):
    """A whole message: the schema it is for, what the specification says of it, and the engines that say otherwise."""

    title: str
    schema: str
    body: bytes
    spec: str
    differ: Mapping[str, str]


RESPONSE: Final = (
    f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Body><SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI">'
    "{}</SetTimeOfLastSyncResponse></soap:Body></soap:Envelope>"
)
DOCUMENTS: Final = (
    Document(
        "a UTF-8 byte order mark over a declared utf-16",
        "ongoing/response",
        b"\xef\xbb\xbf" + f'<?xml version="1.0" encoding="utf-16"?>{RESPONSE.format("")}'.encode(),
        "invalid",
        {"libxml2 before 2.10": "invalid", "libxml2": "valid", "xmlschema": "valid"},
    ),
    Document(
        "XML 1.1, which SOAP over WS-I excludes",
        "ongoing/response",
        f'<?xml version="1.1"?>{RESPONSE.format("")}'.encode(),
        "invalid",
        {"libxml2": "valid", "xmlschema": "valid", "Xerces": "valid"},
    ),
    Document(
        "an empty CDATA section, which is no character, in empty content",
        "ongoing/response",
        RESPONSE.format("<![CDATA[]]>").encode(),
        "valid",
        {"libxml2": "invalid"},
    ),
    Document(
        "a document type declaration, which SOAP forbids",
        "ongoing/response",
        f"<!DOCTYPE e>{RESPONSE.format('')}".encode(),
        "invalid",
        {"libxml2": "valid", "xmlschema": "valid", "Xerces": "valid"},
    ),
)


@every_engine
@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: row.title)
def test_engines_differ_about_whole_messages_as_the_table_says(row: Document, engine: Engine, document: Path) -> None:
    service, part = row.schema.split("/")
    document.write_bytes(row.body)
    found = engine.verdict(services().service(service).folder / f"{part}.xsd", document)
    assert found == known(row.differ, engine, row.spec), engine.title


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: row.title)
def test_check_says_of_whole_messages_what_the_specification_says(row: Document) -> None:
    assert ("valid" if check(row.body).passed else "invalid") == row.spec
