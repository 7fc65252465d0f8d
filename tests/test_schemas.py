"""The shipped contracts as data: what the schemas let through, and that every statement says what it rests on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import xmlschema
from cases import services
from engines import Engine, close, engines
from xmlschema.validators import XsdAnyElement, XsdElement

from contracts.catalog import load
from contracts.checking import check
from contracts.names import BODY, ENVELOPE, FAULT, SOAP11
from contracts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Service

LUMINATE, ONGOING = "urn:soap.convio.com", "http://ongoingsystems.se/WSI"
PARTS: Final = [(service.name, part) for service in load() for part in ("request", "response")]
every_schema = pytest.mark.parametrize(("service", "part"), PARTS, ids=lambda text: text)
every_service = pytest.mark.parametrize("service", list(load()), ids=lambda service: service.name)
every_engine = pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.title)


@pytest.fixture(scope="module", autouse=True)
def _processes() -> Iterator[None]:
    yield
    close()


def file_of(service: str, part: str) -> Path:
    return Path(services().service(service).folder, f"{part}.xsd")


def root_of(service: str, part: str) -> XsdElement:
    """The declaration of Envelope, which is the only global element of the schema's own namespace."""
    schema = xmlschema.XMLSchema10(str(file_of(service, part)), allow="local")
    (root,) = schema.elements.values()
    assert root.name == ENVELOPE
    return root


def below(element: XsdElement, path: str = "") -> Iterator[tuple[str, XsdElement | XsdAnyElement]]:
    """Every element declaration and wildcard that can stand below ``element``, by path of local names."""
    group = element.type.model_group
    for child in () if group is None else group.iter_elements():
        if isinstance(child, XsdAnyElement):
            yield f"{path}/*", child
        else:
            yield f"{path}/{child.local_name}", child
            yield from below(child, f"{path}/{child.local_name}")


def child_of(element: XsdElement, name: str) -> XsdElement:
    return next(child for child in element.type.content.iter_elements() if child.name == name)


# --------------------------------------------------------------------------------------------- what is let through


@every_schema
def test_nothing_but_the_detail_of_a_fault_is_open_inside_body(service: str, part: str) -> None:
    body = child_of(root_of(service, part), BODY)
    found = dict(below(body))
    assert {path for path, item in found.items() if isinstance(item, XsdAnyElement)} == (
        {"/Fault/detail/*"} if part == "response" else set()
    )
    assert len(found) > 5


@every_schema
def test_body_has_exactly_one_payload_of_the_services_list(service: str, part: str) -> None:
    body = child_of(root_of(service, part), BODY)
    operations = services().service(service).operations
    payloads = {operation.payload(part).tag for operation in operations}  # type: ignore[arg-type]
    assert {child.name for child in body.type.content.iter_elements()} == (
        payloads | {FAULT} if part == "response" else payloads
    )
    assert (body.type.content.effective_min_occurs, body.type.content.effective_max_occurs) == (1, 1)


@every_schema
def test_the_shipped_types_have_a_pattern_that_only_ascii_digits_fit(service: str, part: str) -> None:
    body = child_of(root_of(service, part), BODY)
    values = [item.type for _, item in below(body) if isinstance(item, XsdElement) and item.type.is_simple()]
    restricted = [type_ for type_ in values if type_.primitive_type.local_name in {"decimal", "dateTime", "boolean"}]
    assert all(type_.patterns is not None for type_ in restricted)
    if part == "request":
        assert restricted


SESSION: Final = f'<Session xmlns="{LUMINATE}"><SessionId>0:0</SessionId></Session>'
ROOTS: Final = {
    "luminate/request": f'<EndSynchronization xmlns="{LUMINATE}"><PartitionId>1</PartitionId></EndSynchronization>',
    "luminate/response": f'<LoginResponse xmlns="{LUMINATE}"><Result/></LoginResponse>',
    "ongoing/request": f'<GetTimeOfLastSync xmlns="{ONGOING}"><UserName>u</UserName><Password>p</Password>'
    "<GoodsOwnerId>1</GoodsOwnerId><IntegrationType>i</IntegrationType></GetTimeOfLastSync>",
    "ongoing/response": f'<SetTimeOfLastSyncResponse xmlns="{ONGOING}"/>',
}
FAULT_CHILDREN: Final = "<faultcode>soap:Server</faultcode><faultstring>No.</faultstring>"
QUALIFIED_CHILDREN: Final = (
    "<soap:faultcode>MALFORMED_MESSAGE</soap:faultcode><soap:faultstring>No.</soap:faultstring>"
    "<soap:detail><any/>text</soap:detail>"
)


def envelope(payload: str) -> str:
    return f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Body>{payload}</soap:Body></soap:Envelope>'


def verdict(engine: Engine, schema: str, text: str, folder: Path) -> str:
    document = folder / "document.xml"
    document.write_text(text, encoding="utf-8")
    return engine.verdict(file_of(*schema.split("/")), document)


@every_engine
@pytest.mark.parametrize(("schema", "payload"), ROOTS.items(), ids=ROOTS)
def test_a_payload_is_valid_in_an_envelope_and_not_alone(
    engine: Engine, schema: str, payload: str, tmp_path: Path
) -> None:
    assert verdict(engine, schema, envelope(payload), tmp_path) == "valid"
    assert verdict(engine, schema, payload, tmp_path) == "invalid"


@every_engine
@pytest.mark.parametrize("schema", ROOTS)
@pytest.mark.parametrize("name", ["Header", "Body", "Fault"])
def test_no_other_soap_element_is_a_root(engine: Engine, schema: str, name: str, tmp_path: Path) -> None:
    content = {"Header": "", "Body": ROOTS[schema], "Fault": FAULT_CHILDREN}[name]
    alone = f'<soap:{name} xmlns:soap="{SOAP11}">{content}</soap:{name}>'
    assert verdict(engine, schema, alone, tmp_path) == "invalid"


@every_engine
def test_session_alone_is_valid_by_the_schemas_and_not_by_check(engine: Engine, tmp_path: Path) -> None:
    # It has to be global for the lax Header to find it, and XSD 1.0 takes any global element for a root.
    assert verdict(engine, "luminate/request", SESSION, tmp_path) == "valid"
    assert {finding.rule for finding in check(SESSION).findings} == {"soap/not-an-envelope"}


@every_engine
@pytest.mark.parametrize(
    "payload",
    ["", ROOTS["ongoing/request"] * 2, f'<Other xmlns="{ONGOING}"/>', "text", ROOTS["luminate/request"]],
    ids=["no payload", "two payloads", "unknown operation", "text", "another service's operation"],
)
def test_the_schema_alone_refuses_what_the_stock_soap_schema_lets_through(
    engine: Engine, payload: str, tmp_path: Path
) -> None:
    assert verdict(engine, "ongoing/request", envelope(payload), tmp_path) == "invalid"


@every_engine
@pytest.mark.parametrize("session", [SESSION.replace("0:0", ""), SESSION.replace("SessionId", "Id")])
def test_the_lax_header_finds_a_wrong_session(engine: Engine, session: str, tmp_path: Path) -> None:
    text = envelope(ROOTS["luminate/request"])
    right = text.replace("<soap:Body>", f"<soap:Header>{SESSION}</soap:Header><soap:Body>")
    assert verdict(engine, "luminate/request", right, tmp_path) == "valid"
    assert verdict(engine, "luminate/request", right.replace(SESSION, session), tmp_path) == "invalid"


@every_engine
def test_luminate_has_two_forms_of_a_fault_and_ongoing_one(engine: Engine, tmp_path: Path) -> None:
    for children, valid in ((FAULT_CHILDREN, {"luminate", "ongoing"}), (QUALIFIED_CHILDREN, {"luminate"})):
        text = envelope(f"<soap:Fault>{children}</soap:Fault>")
        for name in ("luminate", "ongoing"):
            expected = "valid" if name in valid else "invalid"
            assert verdict(engine, f"{name}/response", text, tmp_path) == expected, engine.title


@every_engine
@pytest.mark.parametrize("service", ["luminate", "ongoing"])
def test_a_fault_is_not_valid_in_a_request(engine: Engine, service: str, tmp_path: Path) -> None:
    text = envelope(f"<soap:Fault>{FAULT_CHILDREN}</soap:Fault>")
    assert verdict(engine, f"{service}/request", text, tmp_path) == "invalid"


@every_engine
def test_a_fault_mixes_no_forms(engine: Engine, tmp_path: Path) -> None:
    mixed = "<faultcode>soap:Server</faultcode><soap:faultstring>No.</soap:faultstring>"
    text = envelope(f"<soap:Fault>{mixed}</soap:Fault>")
    for service in ("luminate", "ongoing"):
        assert verdict(engine, f"{service}/response", text, tmp_path) == "invalid"


# -------------------------------------------------------------------------------------------- what the pages say

#: The parameters as the vendors' pages list them: name, XSD type, longest length, whether a value is required.
PAGES: Final = {
    ("ongoing", "SetTimeOfLastSync"): [
        ("UserName", "string", 50, True),
        ("Password", "string", 50, True),
        ("GoodsOwnerId", "int", None, True),
        ("IntegrationType", "string", None, True),
        ("syncTime", "dateTime", None, True),
    ],
    ("ongoing", "SetTimeOfLastSyncResponse"): [],
    ("luminate", "EndSynchronization"): [("PartitionId", "nonNegativeInteger", None, True)],
    ("luminate", "EndSynchronizationResponse/Result"): [
        ("PartitionId", "nonNegativeInteger", None, True),
        ("Start", "dateTime", None, True),
        ("End", "dateTime", None, True),
        ("SyncId", "nonNegativeInteger", None, True),
    ],
    ("luminate", "Login"): [("UserName", "string", None, True), ("Password", "string", None, True)],
    ("luminate", "StartSynchronization"): [
        ("PartitionId", "nonNegativeInteger", None, True),
        ("Start", "dateTime", None, False),
        ("End", "dateTime", None, False),
        ("Force", "boolean", None, False),
    ],
}


@pytest.mark.parametrize(("service", "path"), PAGES, ids=lambda text: text)
def test_the_schema_declares_what_the_page_lists(service: str, path: str) -> None:
    element = root_of(service, "response" if "Response" in path else "request")
    namespace = services().service(service).namespace
    for name in (BODY, *(f"{{{namespace}}}{step}" for step in path.split("/"))):
        element = child_of(element, name)
    children = [] if element.type.is_empty() else list(element.type.content.iter_elements())
    assert [
        (child.local_name, built_in(child), child.type.max_length, child.min_occurs == 1) for child in children
    ] == PAGES[service, path]
    assert not any(child.nillable for child in children)
    assert all(child.max_occurs == 1 for child in children)


def built_in(element: XsdElement) -> str:
    type_ = element.type
    while type_.target_namespace != "http://www.w3.org/2001/XMLSchema":
        type_ = type_.base_type
    return str(type_.local_name)


# ------------------------------------------------------------------------------------- what a statement rests on


def statements(name: str, table: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a contract that states something: all but the lists of sources and the tables of tables."""
    if isinstance(table, list):
        for index, entry in enumerate(table):
            yield from statements(f"{name}[{index}]", entry)
    elif isinstance(table, dict):
        inner = {key: value for key, value in table.items() if isinstance(value, (dict, list)) and _holds_tables(value)}
        if len(inner) < len(table):
            yield name, table
        for key, value in inner.items():
            yield from statements(f"{name}.{key}".lstrip("."), value)


def _holds_tables(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


def contract_of(service: Service) -> dict[str, Any]:
    with Path(service.folder, "contract.toml").open("rb") as file:
        found = tomllib.load(file)
    # No statements about the provider: the class says for each habit what it rests on, and how we probe is ours.
    found.pop("behaviour", None)
    found.pop("probe", None)
    return found


@every_service
def test_every_statement_of_a_contract_has_a_source_and_a_basis(service: Service) -> None:
    contract = contract_of(service)
    sources = contract.pop("sources")
    found = dict(statements("", contract))
    assert len(found) > 30
    for name, table in found.items():
        assert table.get("source") in sources, name
        assert table.get("basis") in {"documented", "observed", "inferred"}, name


@every_service
def test_every_source_of_a_contract_is_used(service: Service) -> None:
    contract = contract_of(service)
    unused = set(contract.pop("sources")) - {table["source"] for _, table in statements("", contract)}
    assert unused <= {"soap11"}


@every_service
def test_what_is_inferred_is_never_an_error(service: Service) -> None:
    for rule, table in contract_of(service)["severity"].items():
        assert rule in RULES
        assert not (table["basis"] == "inferred" and table["level"] == "error"), rule


@every_service
def test_every_consequence_belongs_to_a_rule(service: Service) -> None:
    assert service.consequences.keys() <= RULES.keys()
