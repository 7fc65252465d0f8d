"""Service folders: what a good one comes to, that every slip in one is named with its place, and the one to copy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from repository import ROOT

from contracts import samples
from contracts.catalog import load
from contracts.checking import check
from contracts.cli import main
from contracts.errors import ContractError
from contracts.model import Field, Ground, Type
from contracts.raw import raw
from contracts.resources import data_folder
from contracts.samples import fullest, smallest

if TYPE_CHECKING:
    from contracts.messages import Direction
    from contracts.model import Service

EXAMPLE = ROOT / "examples" / "own-service"
PARCELS = ROOT / "tests" / "cases" / "services" / "parcels"
DIRECTIONS = ("request", "response")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example service, to be broken."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "bookshop"))


@pytest.fixture(scope="module")
def bookshop() -> Service:
    return load(EXAMPLE).service("bookshop")


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first ``old`` in the file by ``new``; the line where that begins."""
    text = path.read_text(encoding="utf-8")
    start = text.index(old)
    path.write_text(text[:start] + new + text[start + len(old) :], encoding="utf-8")
    return text.count("\n", 0, start) + 1


def refusal(*folders: Path) -> str:
    with pytest.raises(ContractError) as raised:
        load(*folders)
    return str(raised.value)


# ------------------------------------------------------------------------------------------ what a contract comes to


class TestAGoodFolder:
    def test_has_the_fields_that_its_schema_declares(self, bookshop: Service) -> None:
        operation = bookshop.operation("OrderBook")
        assert operation is not None
        request = [(field.name, field.type.base, field.min_occurs) for field in operation.request.fields if field.type]
        assert request == [
            ("ApiKey", "string", 1),
            ("Title", "string", 1),
            ("Copies", "int", 1),
            ("GiftWrap", "boolean", 0),
        ]
        response = [(field.name, field.type.base) for field in operation.response.fields if field.type]
        assert response == [("OrderNumber", "nonNegativeInteger"), ("DeliveredBy", "dateTime")]
        assert {field.namespace for field in operation.request.fields} == {"urn:example:bookshop"}
        assert operation.request.tag == "{urn:example:bookshop}OrderBook"

    def test_has_what_its_contract_says(self, bookshop: Service) -> None:
        (operation,) = bookshop.operations
        assert (operation.effect, operation.soap_action) == ("write", "urn:example:bookshop/OrderBook")
        assert operation.ground == Ground("documented", "https://bookshop.example.com/docs")
        assert operation.response_basis == "documented"
        assert bookshop.secrets == {"ApiKey"}
        assert bookshop.fault_statuses == (500,)
        assert bookshop.published.port == "bookshopSoap"
        assert (bookshop.pages_read.isoformat(), bookshop.version) == ("2026-11-21", "1.0")

    def test_has_the_facets_of_its_types(self) -> None:
        operation = load(PARCELS).operation("parcels/BookParcel")[1]
        assert [field.type for field in operation.request.fields] == [
            Type("carrier", "token", enumeration=("post", "courier")),
            Type("code", "string", patterns=("[A-Z]{3}[0-9]{4}",)),
            Type(
                "grams", "int", bounds=(("minInclusive", "1"), ("maxInclusive", "30000")), patterns=(r"[+\-]?[0-9]+",)
            ),
            Type("note", "string", min_length=1),
            Type("token", "string", patterns=(r"[a-z0-9\-]+",)),
        ]

    def test_inherits_facets_and_narrows_an_enumeration(self, folder: Path) -> None:
        edit(
            folder / "types.xsd",
            "</xs:schema>",
            """
  <xs:simpleType name="size"><xs:restriction base="xs:token">
    <xs:enumeration value="small"/><xs:enumeration value="big"/><xs:pattern value="s.*"/><xs:pattern value="b.*"/>
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="small"><xs:restriction base="size">
    <xs:enumeration value="small"/><xs:length value="5"/><xs:pattern value=".*l"/>
  </xs:restriction></xs:simpleType>
</xs:schema>""",
        )
        edit(folder / "operations.xsd", 'name="Title" type="string100"', 'name="Title" type="small"')
        operation = load(folder).operation("bookshop/OrderBook")[1]
        wanted = Type("small", "token", 5, 5, patterns=("s.*|b.*", ".*l"), enumeration=("small",))
        assert operation.request.fields[1].type == wanted

    def test_may_have_bounds_of_a_thousand_digits(self, folder: Path) -> None:
        limit = f"1{'0' * 999}"
        edit(folder / "types.xsd", 'base="xs:int">', f'base="xs:integer"><xs:maxInclusive value=" {limit} "/>')
        catalog = load(folder)
        service = catalog.service("bookshop")
        asked = smallest(service, service.operations[0], "request", {"Copies": f"+00{limit}"})
        assert check(asked, catalog=catalog).passed
        asked = smallest(service, service.operations[0], "request", {"Copies": f"{limit[:-1]}1"})
        assert [found.rule for found in check(asked, catalog=catalog).findings] == ["schema/out-of-range"]

    def test_may_declare_header_blocks_with_attributes_of_any_other_namespace(self, folder: Path) -> None:
        edit(folder / "operations.xsd", '  <xs:group name="requests">', TICKET + '  <xs:group name="requests">')
        edit(folder / "contract.toml", 'effect = "write"', 'effect = "write"\nheader = "Ticket"')
        service = load(folder).service("bookshop")
        assert [block.name for block in service.headers] == ["Ticket"]
        assert b"Ticket" in smallest(service, service.operations[0], "request")

    def test_may_hold_annotations_and_comments_anywhere(self, folder: Path) -> None:
        note = "<xs:annotation><xs:documentation>in words</xs:documentation></xs:annotation>"
        for name in ("operations.xsd", "types.xsd"):
            path = folder / name
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"<xs:(?!attribute)[^>]*[^/]>", lambda found: f"{found[0]}{note}<!-- so -->", text)
            text = re.sub(r"(<xs:(\w+)[^>]*)/>", rf"\1>{note}</xs:\2>", text)
            path.write_text(text, encoding="utf-8")
        assert described(load(folder).service("bookshop")) == described(load(EXAMPLE).service("bookshop"))

    def test_may_include_files_in_a_circle_and_twice(self, folder: Path) -> None:
        include = '<xs:include schemaLocation="{}"/>'.format
        edit(
            folder / "types.xsd",
            '  <xs:simpleType name="string100">',
            include("operations.xsd") + '<xs:simpleType name="string100">',
        )
        line = include("types.xsd")
        edit(folder / "operations.xsd", line, line + include("./types.xsd"))
        assert described(load(folder).service("bookshop")) == described(load(EXAMPLE).service("bookshop"))

    def test_may_have_elements_in_no_namespace_below_its_payloads(self, folder: Path) -> None:
        edit(folder / "operations.xsd", 'name="Title"', 'form="unqualified" name="Title"')
        fields = load(folder).operation("bookshop/OrderBook")[1].request.fields
        assert [field.tag for field in fields[:2]] == ["{urn:example:bookshop}ApiKey", "Title"]

    def test_stands_beside_the_shipped_services_and_leaves_them_as_they_are(self) -> None:
        both = load(data_folder("xsd"), EXAMPLE)
        assert [service.name for service in both] == ["luminate", "ongoing", "bookshop"]
        assert both.service("ongoing") is load().service("ongoing")


TICKET = """
  <xs:element name="Ticket">
    <xs:complexType>
      <xs:sequence><xs:element name="Number" type="string100"/></xs:sequence>
      <xs:attribute ref="soap:mustUnderstand"/>
      <xs:anyAttribute namespace="##other" processContents="lax"/>
    </xs:complexType>
  </xs:element>
"""


def described(service: Service) -> list[object]:
    """The declarations by value: Field compares by identity."""

    def of(field: Field) -> tuple[object, ...]:
        return (*field._replace(fields=()), [of(child) for child in field.fields])

    return [of(field) for operation in service.operations for field in (operation.request, operation.response)]


class TestFieldsOperationsAndServices:
    def test_are_compared_by_identity_in_both_senses(self) -> None:
        one, other = Field("A", None), Field("A", None)
        assert (one == other, one != other, one == one, one != one) == (False, True, True, False)  # noqa: PLR0124

    def test_list_their_values_in_order(self) -> None:
        payload = load().operation("luminate/EndSynchronization")[1].response
        assert [value.name for value in payload.values()] == ["PartitionId", "Start", "End", "SyncId"]


#: What the vendors' pages print: the operation, its SOAPAction, and the elements of its request with their types.
PAGES = {
    "luminate/EndSynchronization": (None, [("PartitionId", "nonNegativeInteger", None)]),
    "luminate/Login": (None, [("UserName", "string", None), ("Password", "string", None)]),
    "ongoing/SetTimeOfLastSync": (
        "http://ongoingsystems.se/WSI/SetTimeOfLastSync",
        [
            ("UserName", "string", 50),
            ("Password", "string", 50),
            ("GoodsOwnerId", "int", None),
            ("IntegrationType", "string", None),
            ("syncTime", "dateTime", None),
        ],
    ),
}


@pytest.mark.parametrize("address", PAGES)
def test_a_shipped_operation_is_read_as_its_page_prints_it(address: str) -> None:
    action, elements = PAGES[address]
    operation = load().operation(address)[1]
    assert operation.soap_action == action
    found = [(field.name, field.type.base, field.type.max_length) for field in operation.request.fields if field.type]
    assert found == elements
    assert all(field.min_occurs == field.max_occurs == 1 for field in operation.request.fields)


# ------------------------------------------------------------------------------------------------- slips in a schema

COPIES = '<xs:element name="Copies" type="copies"/>'
SEQUENCE = '<xs:sequence>\n      <xs:element name="ApiKey"'
ORDER = '<xs:complexType name="OrderBook">'
STYLE = '<xs:attribute ref="soap:encodingStyle"/>'
NOTE = "<!-- No schemaLocation: request.xsd and response.xsd, which import this file, declare the attributes. -->"
GROUP = '<xs:group name="requests">'
BOUND = '<xs:minInclusive value="1"/>'


def copies(attributes: str) -> str:
    return COPIES.replace("/>", f" {attributes}/>")


#: What is changed in which file, into what, and what the refusal must say beside the file and the line.
SCHEMA_SLIPS: dict[tuple[str, str], dict[str, tuple[str, str]]] = {
    ("operations.xsd", "<xs:sequence>"): {
        "a repeated sequence": ('<xs:sequence maxOccurs="2">', "the attribute maxOccurs of xs:sequence"),
        "an optional sequence": ('<xs:sequence minOccurs="0">', "the attribute minOccurs of xs:sequence"),
    },
    ("operations.xsd", COPIES): {
        "a choice in a type": (f"<xs:choice>{COPIES}</xs:choice>", "xs:choice in xs:sequence"),
        "a sequence in a sequence": (f"<xs:sequence>{COPIES}</xs:sequence>", "xs:sequence in xs:sequence"),
        "a wildcard": ("<xs:any/>", "xs:any in xs:sequence"),
        "a group by reference": ('<xs:group ref="requests"/>', "xs:group in xs:sequence"),
        "a fixed value": (copies('fixed="1"'), "the attribute fixed of xs:element"),
        "a default": (copies('default="1"'), "the attribute default of xs:element"),
        "an element by reference": ('<xs:element ref="Copies"/>', "xs:element without the attribute name"),
        "a name with a blank": ('<xs:element name=" Copies" type="copies"/>', "the name ' Copies'"),
        "a key": ('<xs:element name="Copies" type="copies"><xs:key name="k"/></xs:element>', "xs:key in xs:element"),
        "a bad maxOccurs": (copies('maxOccurs="many"'), "maxOccurs='many', which is no number"),
        "a maxOccurs of 5,000 digits": (copies(f'maxOccurs="{"9" * 4000}"'), "which is no number of at most 9 digits"),
        "a maxOccurs of zero": (copies('minOccurs="0" maxOccurs="0"'), "maxOccurs 0"),
        "a maxOccurs below minOccurs": (
            copies('minOccurs="3" maxOccurs="2"'),
            "maxOccurs 2, which is less than minOccurs",
        ),
        "a bad nillable": (copies('nillable="yes"'), "nillable='yes': known are"),
        "a bad form": (copies('form="full"'), "form='full': known are"),
        "an element without a type": ('<xs:element name="Copies"/>', "the element Copies without one type"),
        "an element of two types": (
            '<xs:element name="Copies" type="copies"><xs:simpleType><xs:restriction base="xs:int"/></xs:simpleType></xs:element>',
            "the element Copies without one type",
        ),
        "a type that does not exist": ('<xs:element name="Copies" type="copy"/>', "the unknown type 'copy'"),
        "a built-in type that does not exist": (
            '<xs:element name="Copies" type="xs:number"/>',
            "the unknown type 'xs:number'",
        ),
        "a type of another namespace": (
            '<xs:element name="Copies" type="soap:copies"/>',
            "the unknown type 'soap:copies'",
        ),
        "a recursive type": ('<xs:element name="Copies" type="OrderBook"/>', "the recursive type 'OrderBook'"),
    },
    ("operations.xsd", SEQUENCE): {
        "all in a type": (f"<xs:all/>{SEQUENCE}", "xs:all in xs:complexType"),
        "a second sequence": (f"<xs:sequence/>{SEQUENCE}", "a second xs:sequence"),
        "derivation": (f"<xs:complexContent/>{SEQUENCE}", "xs:complexContent in xs:complexType"),
    },
    ("operations.xsd", ORDER): {
        "mixed content": ('<xs:complexType mixed="true" name="OrderBook">', "the attribute mixed of xs:complexType"),
        "an abstract type": (
            '<xs:complexType abstract="true" name="OrderBook">',
            "the attribute abstract of xs:complexType",
        ),
    },
    ("operations.xsd", NOTE): {
        "a substitution group": (
            '<xs:element name="B" type="copies" substitutionGroup="A"/>',
            "the attribute substitutionGroup of xs:element",
        ),
        "an abstract header block": (
            '<xs:element name="B" type="copies" abstract="true"/>',
            "the attribute abstract of xs:element",
        ),
        "a group of another name": ('<xs:group name="others"><xs:choice/></xs:group>', "the xs:group 'others'"),
        "a group without a choice": ('<xs:group name="others"/>', "the xs:group 'others'"),
        "redefinition": ('<xs:redefine schemaLocation="types.xsd"/>', "xs:redefine in xs:schema"),
        "an attribute group": ('<xs:attributeGroup name="a"/>', "xs:attributeGroup in xs:schema"),
        "a notation": ('<xs:notation name="n" public="p"/>', "xs:notation in xs:schema"),
        "a global attribute": ('<xs:attribute name="a" type="xs:string"/>', "xs:attribute in xs:schema"),
        "a header block declared twice": (
            '<xs:element name="B" type="copies"/><xs:element name="B" type="copies"/>',
            "a second xs:element 'B'",
        ),
    },
    ("operations.xsd", STYLE): {
        "an attribute of its own": (
            '<xs:attribute name="a" type="xs:string"/>',
            "xs:attribute without the attribute ref",
        ),
        "an attribute of another namespace": (
            '<xs:attribute ref="style"/>',
            "an attribute other than those of SOAP 1.1",
        ),
        "a required attribute": (
            '<xs:attribute ref="soap:actor" use="required"/>',
            "the attribute use of xs:attribute",
        ),
        "any attribute on a payload": (
            '<xs:anyAttribute namespace="##other" processContents="lax"/>',
            "xs:anyAttribute other than on a header block",
        ),
        "any attribute of any namespace": (
            '<xs:anyAttribute namespace="##any" processContents="lax"/>',
            'xs:anyAttribute but with namespace="##other"',
        ),
    },
    ("operations.xsd", 'minOccurs="0"/>'): {
        "a bad minOccurs": ('minOccurs="none"/>', "minOccurs='none', which is no number"),
        "a negative minOccurs": ('minOccurs="-1"/>', "minOccurs='-1', which is no number"),
        "digits of another script": ('minOccurs="\u0663"/>', "minOccurs='\u0663', which is no number"),
    },
    ("types.xsd", '<xs:simpleType name="copies">'): {
        "a type without a name": ("<xs:simpleType>", "xs:simpleType without the attribute name"),
        "a type declared twice": (
            '<xs:simpleType name="string100"><xs:restriction base="xs:int"/></xs:simpleType><xs:simpleType name="copies">',
            "a second xs:simpleType 'string100'",
        ),
        "a complex type with the name of a simple one": (
            '<xs:complexType name="string100"/><xs:simpleType name="copies">',
            "a second xs:complexType 'string100'",
        ),
        "a list": (
            '<xs:simpleType name="l"><xs:list itemType="xs:int"/></xs:simpleType><xs:simpleType name="copies">',
            "xs:list in xs:simpleType",
        ),
        "a union": (
            '<xs:simpleType name="u"><xs:union memberTypes="xs:int"/></xs:simpleType><xs:simpleType name="copies">',
            "xs:union in xs:simpleType",
        ),
    },
    ("types.xsd", BOUND): {
        "an unknown facet": ('<xs:whiteSpace value="collapse"/>', "xs:whiteSpace in xs:restriction"),
        "a fixed facet": ('<xs:minInclusive value="1" fixed="true"/>', "the attribute fixed of xs:minInclusive"),
        "a facet without a value": ("<xs:minInclusive/>", "xs:minInclusive without the attribute value"),
        "a bad totalDigits": ('<xs:totalDigits value="two"/>', "totalDigits='two', which is no number"),
        "a bound that is no value of the type": (
            '<xs:minInclusive value="one"/>',
            "xs:minInclusive 'one', which is not an integer",
        ),
        "a listed value that is no value of the type": (
            '<xs:enumeration value="1.5"/>',
            "xs:enumeration '1.5', which is not an integer",
        ),
    },
    ("types.xsd", '<xs:restriction base="xs:int">'): {
        "a bound of 5,000 digits": (
            f'<xs:restriction base="xs:integer"><xs:maxInclusive value="{"9" * 5000}"/>',
            "xs:maxInclusive of more than 1000 digits",
        ),
        "a listed value of 1,001 digits": (
            f'<xs:restriction base="xs:integer"><xs:enumeration value="-{"0" * 1000}1"/>',
            "xs:enumeration of more than 1000 digits",
        ),
    },
    ("types.xsd", 'base="xs:int"'): {
        "a base that does not exist": ('base="xs:number"', "the unknown type 'xs:number'"),
        "a type that is its own base": ('base="copies"', "the recursive type 'copies'"),
        "a base that is no simple type": (
            'base="OrderBookResponse"',
            "the base 'OrderBookResponse', which is no simple type",
        ),
    },
    ("operations.xsd", '<xs:element name="OrderBook" type="OrderBook"/>'): {
        "an optional payload": (
            '<xs:element name="OrderBook" type="OrderBook" minOccurs="0"/>',
            "the attribute minOccurs of xs:element",
        ),
    },
    ("operations.xsd", "<xs:choice>"): {
        "a repeated choice": ('<xs:choice maxOccurs="2">', "the attribute maxOccurs of xs:choice"),
    },
    ("operations.xsd", 'import namespace="http://schemas.xmlsoap.org/soap/envelope/"'): {
        "another import": ('import namespace="urn:other"', "an import of another namespace"),
    },
    ("operations.xsd", "<xs:import "): {
        "an import with a location": (
            '<xs:import schemaLocation="soap.xsd" ',
            "the attribute schemaLocation of xs:import",
        ),
    },
    ("operations.xsd", '<xs:include schemaLocation="types.xsd"/>'): {
        "an include without a location": ("<xs:include/>", "xs:include without the attribute schemaLocation"),
    },
    ("operations.xsd", '<xs:element name="OrderBook" type'): {
        "a payload in no namespace": (
            '<xs:element form="unqualified" name="OrderBook" type',
            "the payload OrderBook in no namespace",
        ),
    },
    ("operations.xsd", '<xs:element name="Title" type="string100"/>'): {
        "an element twice in a sequence": (COPIES, "a second element 'Copies' in the same xs:sequence"),
    },
    ("operations.xsd", "</xs:choice>"): {
        "a payload twice": (
            '<xs:element name="OrderBook" type="OrderBook"/></xs:choice>',
            "a second element 'OrderBook' in the same xs:choice",
        ),
    },
    ("types.xsd", '<xs:maxLength value="100"/>'): {
        "a bad maxLength": ('<xs:maxLength value="1e2"/>', "maxLength='1e2', which is no number"),
    },
    ("types.xsd", 'targetNamespace="urn:example:bookshop"'): {
        "an include in another namespace": ('targetNamespace="urn:other"', "targetNamespace 'urn:other' where"),
    },
    ("operations.xsd", 'targetNamespace="urn:example:bookshop" '): {
        "no target namespace": ("", "xs:schema without the attribute targetNamespace"),
    },
    ("types.xsd", 'elementFormDefault="qualified"'): {
        "a bad elementFormDefault": (
            'elementFormDefault="full"',
            "elementFormDefault='full': known are qualified, unqualified",
        ),
    },
}

EACH_SLIP = [(name, old, *row, slip) for (name, old), rows in SCHEMA_SLIPS.items() for slip, row in rows.items()]
#: Refusals that name another line than the edited one: where the start tag ends, the second element, the file.
ELSEWHERE = {
    "an element twice in a sequence",
    "an include in another namespace",
    "no target namespace",
    "a bad elementFormDefault",
}


@pytest.mark.parametrize(("name", "old", "new", "words", "slip"), EACH_SLIP, ids=[row[-1] for row in EACH_SLIP])
def test_what_a_schema_must_not_hold_is_refused_by_file_and_line(
    folder: Path, name: str, old: str, new: str, words: str, slip: str
) -> None:
    line = str(edit(folder / name, old, new))
    found = re.fullmatch(rf"{re.escape(str(folder / name))}:([0-9]+): contracts cannot use (.*)", refusal(folder))
    assert found is not None
    assert words in found[2]
    assert slip in ELSEWHERE or found[1] == line


class TestAFileThatCannotBeRead:
    @pytest.mark.parametrize("name", ["operations.xsd", "types.xsd"])
    def test_is_named_when_it_is_missing(self, folder: Path, name: str) -> None:
        (folder / name).unlink()
        assert refusal(folder) == f"{folder / name}: No such file or directory"

    def test_is_named_when_it_is_a_folder(self, folder: Path) -> None:
        (folder / "types.xsd").unlink()
        (folder / "types.xsd").mkdir()
        assert refusal(folder) == f"{folder / 'types.xsd'}: Is a directory"

    def test_is_named_with_the_line_when_it_is_no_xml(self, folder: Path) -> None:
        line = edit(folder / "operations.xsd", GROUP, "<xs:group>" + GROUP)
        said = refusal(folder)
        assert said.startswith(f"{folder / 'operations.xsd'}:")
        assert "this is not well-formed XML" in said
        assert int(said.removeprefix(f"{folder / 'operations.xsd'}:").partition(":")[0]) >= line

    @pytest.mark.parametrize("text", ["", "order", "<"])
    def test_is_named_when_there_is_next_to_nothing_in_it(self, folder: Path, text: str) -> None:
        (folder / "operations.xsd").write_text(text, encoding="utf-8")
        assert refusal(folder).startswith(f"{folder / 'operations.xsd'}:1: this is not well-formed XML: ")

    def test_is_named_when_it_is_no_schema(self, folder: Path) -> None:
        (folder / "types.xsd").write_text("\n<order/>", encoding="utf-8")
        assert refusal(folder) == f"{folder / 'types.xsd'}:2: this is not an XML schema"

    def test_is_refused_with_a_doctype(self, folder: Path) -> None:
        edit(folder / "types.xsd", "<xs:schema", '<!DOCTYPE xs:schema [<!ENTITY e "1">]>\n<xs:schema')
        assert "contracts cannot use a DOCTYPE" in refusal(folder)

    @pytest.mark.parametrize("group", ["requests", "responses"])
    def test_is_named_without_one_of_its_groups(self, folder: Path, group: str) -> None:
        path = folder / "operations.xsd"
        text = re.sub(
            rf'<xs:group name="{group}">.*?</xs:group>', "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        path.write_text(text, encoding="utf-8")
        assert refusal(folder) == f"{path}: there is no xs:group {group!r}"

    def test_is_named_when_a_group_has_no_choice(self, folder: Path) -> None:
        path = folder / "operations.xsd"
        text = re.sub(r"(?s)(<xs:group name=.requests.>).*?(</xs:group>)", r"\1\2", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
        assert "contracts cannot use anything but one xs:choice here" in refusal(folder)


@pytest.mark.parametrize("part", ["request.xsd", "response.xsd"])
class TestASchemaThatDoesNotCompile:
    def test_is_named_as_soon_as_the_folder_is_loaded(self, folder: Path, part: str) -> None:
        edit(folder / part, '<xs:group ref="op:', '<xs:group ref="op:no-')
        assert refusal(folder).startswith(f"{folder / part}: ")

    def test_is_named_when_its_namespace_was_forgotten(self, folder: Path, part: str) -> None:
        edit(folder / part, 'xmlns:op="urn:example:bookshop"', 'xmlns:op="urn:example:parcels"')
        assert refusal(folder).startswith(f"{folder / part}: ")

    def test_is_named_when_it_is_missing(self, folder: Path, part: str) -> None:
        (folder / part).unlink()
        assert refusal(folder).startswith(f"{folder / part}: ")


# ----------------------------------------------------------------------------------------------- slips in a contract

GROUND = '\nbasis = "documented"\nsource = "manual"\n'
OPERATION = "[operations.OrderBook]"
INFERRED = GROUND.replace("documented", "inferred")


def relation(kind: str, message: str, *fields: str) -> str:
    return f'[[relations]]\nkind = "{kind}"\nmessage = "{message}"\nfields = {list(fields)}{GROUND}'


#: What is appended to `contract.toml`, and what the refusal must say: the place and what is wrong there.
ADDED_SLIPS = {
    "an unknown table": ("[severities]\n", "[the file]: unknown key 'severities'; known are"),
    "an unknown field as a secret": (
        f'[[secrets]]\nfield = "Apikey"{GROUND}',
        "[[secrets]] number 2: field 'Apikey' is not declared in operations.xsd; known are ApiKey, Copies",
    ),
    "a payload as a secret": (
        f'[[secrets]]\nfield = "OrderBook"{GROUND}',
        "[[secrets]] number 2: field 'OrderBook' is not declared",
    ),
    "a secret without a field": (f"[[secrets]]{GROUND}", "[[secrets]] number 2: 'field' is missing, a string"),
    "a secret that is a number": (f"[[secrets]]\nfield = 1{GROUND}", "[[secrets]] number 2: 'field' is not a string"),
    "a secret without a source": (
        '[[secrets]]\nfield = "ApiKey"\nbasis = "documented"\n',
        "[[secrets]] number 2: 'source' is missing",
    ),
    "a misspelt key of a secret": (
        f'[[secrets]]\nfeild = "ApiKey"{GROUND}',
        "[[secrets]] number 2: unknown key 'feild'; known are basis, field, source",
    ),
    "an unknown source": (
        '[[secrets]]\nfield = "ApiKey"\nbasis = "documented"\nsource = "book"\n',
        "[[secrets]] number 2: source 'book' is no key of [sources]",
    ),
    "an unknown basis": (
        '[[secrets]]\nfield = "ApiKey"\nbasis = "guessed"\nsource = "manual"\n',
        "[[secrets]] number 2: basis = 'guessed' is none of documented, observed, inferred",
    ),
    "an operation that the schema lacks": (
        f'[operations.BuyBook]\nresponse = "OrderBookResponse"\neffect = "write"{GROUND}',
        "[operations.BuyBook]: operations.xsd does not declare 'BuyBook' in its group 'requests'",
    ),
    "a relation of an unknown kind": (
        relation("equal", "OrderBook", "Title"),
        "[[relations]] number 1: kind = 'equal' is none of ordered, echoed",
    ),
    "a relation of an unknown message": (
        relation("ordered", "BuyBook", "Title"),
        "[[relations]] number 1: message 'BuyBook' is not declared in operations.xsd; known are OrderBook, OrderBookResponse",
    ),
    "an order of unknown fields": (
        relation("ordered", "OrderBookResponse", "DeliveredBy", "End"),
        "[[relations]] number 1: fields 'End' is not a dateTime of OrderBookResponse; known are DeliveredBy",
    ),
    "an order of numbers": (
        relation("ordered", "OrderBook", "Copies", "Copies"),
        "fields 'Copies' is not a dateTime of OrderBook; known are none",
    ),
    "an order of one": (
        relation("ordered", "OrderBookResponse", "DeliveredBy"),
        "[[relations]] number 1: an order needs two 'fields'",
    ),
    "an echo of a request": (relation("echoed", "OrderBook", "Title"), "message 'OrderBook' is no response"),
    "an echo of what is not in the request": (
        relation("echoed", "OrderBookResponse", "OrderNumber"),
        "fields 'OrderNumber' is not a value of OrderBook; known are",
    ),
    "fields that are no list": (
        f'[[relations]]\nkind = "ordered"\nmessage = "OrderBook"\nfields = "Title"{GROUND}',
        "[[relations]] number 1: 'fields' is not a list of strings",
    ),
    "fields that are no strings": (
        f'[[relations]]\nkind = "ordered"\nmessage = "OrderBook"\nfields = [1]{GROUND}',
        "[[relations]] number 1: 'fields' is not a list of strings",
    ),
    "relations that are no array": (
        f'[relations]\nkind = "ordered"{GROUND}',
        "[the file]: 'relations' is not an array of tables",
    ),
    "other responses": (
        f"[responses.success]\nstatuses = [200]{GROUND}",
        "[responses]: unknown key 'success'; known are fault",
    ),
    "statuses that are missing": (f"[responses.fault]{GROUND}", "[responses.fault]: 'statuses' is missing"),
    "statuses that are no list": (
        f"[responses.fault]\nstatuses = 500{GROUND}",
        "[responses.fault]: 'statuses' is not a list",
    ),
    "statuses that are strings": (
        f'[responses.fault]\nstatuses = ["500"]{GROUND}',
        "[responses.fault]: 'statuses' is not a list of HTTP statuses, integers from 100 to 599",
    ),
    "statuses that are truths": (
        f"[responses.fault]\nstatuses = [true]{GROUND}",
        "[responses.fault]: 'statuses' is not a list of HTTP statuses",
    ),
    "statuses out of range": (
        f"[responses.fault]\nstatuses = [500, 600]{GROUND}",
        "[responses.fault]: 'statuses' is not a list of HTTP statuses",
    ),
    "no status at all": (
        f"[responses.fault]\nstatuses = []{GROUND}",
        "[responses.fault]: 'statuses' is not a list of HTTP statuses",
    ),
    "a fault without a code": (f'[[faults]]\nname = "OutOfPrint"{GROUND}', "[[faults]] number 1: 'code' is missing"),
    "an unknown level": (
        f'[severity."http/method"]\nlevel = "fatal"{GROUND}',
        "[severity.\"http/method\"]: level = 'fatal' is none of error, warning, info, off",
    ),
    "an inferred error": (
        f'[severity."http/method"]\nlevel = "error"{INFERRED}',
        '[severity."http/method"]: what is inferred is never an error',
    ),
    "a consequence without a text": (
        f'[consequences."http/method"]{GROUND}',
        "[consequences.\"http/method\"]: 'text' is missing",
    ),
    "a consequence with an empty text": (
        f'[consequences."http/method"]\ntext = ""{GROUND}',
        "[consequences.\"http/method\"]: 'text' is empty",
    ),
    "a misspelt type in a consequence": (
        f'[consequences."http/method"]\ntext = "faults"\ndatetime = "faults"{GROUND}',
        "[consequences.\"http/method\"]: unknown key 'datetime'; known are basis, boolean, dateTime, int, nonNegativeInteger, source, string, text",
    ),
    "a type in a consequence that no field has": (
        f'[consequences."http/method"]\ntext = "faults"\nduration = "faults"{GROUND}',
        "unknown key 'duration'",
    ),
    "published operations that are unknown": (
        f'[published]\nservice = "S"\nport = "P"{GROUND}[published.operations.BuyBook]\noptional = []{GROUND}',
        "[published.operations.BuyBook]: operations.xsd does not declare 'BuyBook'",
    ),
    "published elements that are unknown": (
        f'[published]\nservice = "S"\nport = "P"{GROUND}[published.operations.OrderBook]\noptional = ["Copy"]{GROUND}',
        "[published.operations.OrderBook]: optional 'Copy' is not an element of OrderBook; known are ApiKey, Copies, GiftWrap, Title",
    ),
    "a published port that is missing": (f'[published]\nservice = "S"{GROUND}', "[published]: 'port' is missing"),
    "published lengths that are no truth": (
        f'[published]\nservice = "S"\nport = "P"\nlengths = "none"{GROUND}',
        "[published]: 'lengths' is not true or false",
    ),
    "a suffix that is an address": (
        f'[published]\nservice = "S"\nport = "P"{GROUND}[published.address]\nsuffix = "@elsewhere.example"{GROUND}',
        "[published.address]: suffix = '@elsewhere.example' is nothing that can stand behind an endpoint",
    ),
    "a suffix without a ground": (
        f'[published]\nservice = "S"\nport = "P"{GROUND}[published.address]\nsuffix = "?wsdl"',
        "[published.address]: 'source' is missing",
    ),
    "a published port that is a number": (
        f'[published]\nservice = "S"\nport = "P"\nsoap12_port = 12{GROUND}',
        "[published]: 'soap12_port' is not a string",
    ),
}

#: What is replaced in `contract.toml`, and what the refusal must say.
CHANGED_SLIPS = {
    "no name": ('name = "bookshop"\n', "", "[service]: 'name' is missing, a string"),
    "a name that is no address": (
        'name = "bookshop"',
        'name = "book/shop"',
        "[service]: name 'book/shop' has a slash",
    ),
    "an empty title": ('title = "Bookshop"', 'title = ""', "[service]: 'title' is empty"),
    "a version that is a number": ('version = "1.0"', "version = 1.0", "[service]: 'version' is not a string"),
    "an unknown key of the service": (
        'version = "1.0"',
        'version = "1.0"\nurl = "x"',
        "[service]: unknown key 'url'; known are api_version",
    ),
    "a date that is another string": (
        "pages_read = 2026-11-21",
        'pages_read = "2026"',
        "[service]: 'pages_read' is missing or not a date",
    ),
    "a date with a time": (
        "pages_read = 2026-11-21",
        "pages_read = 2026-11-21T10:00:00Z",
        "[service]: 'pages_read' is missing or not a date",
    ),
    "no date": ("pages_read = 2026-11-21\n", "", "[service]: 'pages_read' is missing or not a date"),
    "another namespace": (
        'namespace = "urn:example:bookshop"',
        'namespace = "urn:example:library"',
        "[service]: namespace 'urn:example:library' is not the targetNamespace of operations.xsd, 'urn:example:bookshop'",
    ),
    "no service": ("[service]", "[about]", "[the file]: unknown key 'about'"),
    "a source that is a number": (
        'manual = "https://bookshop.example.com/docs"',
        "manual = 1",
        "[sources]: 'manual' is not a string",
    ),
    "no sources": ("[sources]\n", "[[sources]]\n", "[the file]: 'sources' is not a table"),
    "no response": ('response = "OrderBookResponse"\n', "", "[operations.OrderBook]: 'response' is missing"),
    "an unknown response": (
        'response = "OrderBookResponse"',
        'response = "BookResponse"',
        "[operations.OrderBook]: operations.xsd does not declare 'BookResponse' in its group 'responses'",
    ),
    "an unknown header block": (
        'effect = "write"',
        'effect = "write"\nheader = "Ticket"',
        "[operations.OrderBook]: header 'Ticket' is not declared in operations.xsd; known are none",
    ),
    "a header block that is a truth": (
        'effect = "write"',
        'effect = "write"\nheader = true',
        "[operations.OrderBook]: 'header' is not a string",
    ),
    "a SOAPAction that is a number": (
        'soap_action = "urn:example:bookshop/OrderBook"',
        "soap_action = 1",
        "[operations.OrderBook]: 'soap_action' is not a string",
    ),
    "an unknown effect": (
        'effect = "write"',
        'effect = "harmless"',
        "[operations.OrderBook]: effect = 'harmless' is none of read, write, destructive",
    ),
    "an unknown basis of the response": (
        'effect = "write"',
        'effect = "write"\nresponse_basis = "guess"',
        "[operations.OrderBook]: response_basis = 'guess' is none of documented",
    ),
    "a misspelt key of an operation": ("soap_action", "soapaction", "[operations.OrderBook]: unknown key 'soapaction'"),
    "an operation without a table": (
        OPERATION,
        "[[faults]]",
        "[operations]: operations.xsd declares 'OrderBook', of which no table here tells",
    ),
    "operations that are a list": (OPERATION, "[[operations]]", "[the file]: 'operations' is not a table"),
    "operations that are values": (OPERATION, "[operations]", "[operations]: 'response' is not a table"),
    "a rule that is a value": (
        "[sources]\n",
        '[severity]\n"http/method" = "off"\n\n[sources]\n',
        "[severity]: 'http/method' is not a table",
    ),
    "faults that are strings": (
        "# What XSD cannot say",
        'faults = ["OutOfPrint"]\n# What XSD cannot say',
        "[[faults]] number 1: this is not a table",
    ),
}


@pytest.mark.parametrize("slip", ADDED_SLIPS)
def test_a_wrong_statement_in_a_contract_is_named_with_its_place(folder: Path, slip: str) -> None:
    added, words = ADDED_SLIPS[slip]
    path = folder / "contract.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{added}", encoding="utf-8")
    said = refusal(folder)
    assert said.startswith(f"{path}: [")
    assert words in said


@pytest.mark.parametrize("slip", CHANGED_SLIPS)
def test_a_wrong_value_in_a_contract_is_named_with_its_place(folder: Path, slip: str) -> None:
    old, new, words = CHANGED_SLIPS[slip]
    edit(folder / "contract.toml", old, new)
    said = refusal(folder)
    assert said.startswith(f"{folder / 'contract.toml'}: [")
    assert words in said


class TestAContract:
    def test_tells_of_every_request_in_the_schema(self, folder: Path) -> None:
        path = folder / "contract.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: text.index("# One table for each request")], encoding="utf-8")
        assert (
            refusal(folder)
            == f"{path}: [operations]: operations.xsd declares 'OrderBook', of which no table here tells"
        )

    def test_tells_of_every_response_in_the_schema(self, folder: Path) -> None:
        declared = '<xs:element name="OrderBookResponse" type="OrderBookResponse"/>'
        edit(folder / "operations.xsd", declared, f'{declared}<xs:element name="Other" type="string100"/>')
        assert "operations.xsd declares 'Other', of which no table here tells" in refusal(folder)

    def test_gives_each_request_a_response_of_its_own(self, folder: Path) -> None:
        declared = '<xs:element name="OrderBook" type="OrderBook"/>'
        edit(folder / "operations.xsd", declared, f'{declared}<xs:element name="BuyBook" type="OrderBook"/>')
        added = f'[operations.BuyBook]\nresponse = "OrderBookResponse"\neffect = "write"{GROUND}\n'
        edit(folder / "contract.toml", OPERATION, f"{added}{OPERATION}")
        assert "[operations.OrderBook]: 'OrderBookResponse' is the response of BuyBook already" in refusal(folder)

    def test_that_is_no_toml_is_named_with_the_line(self, folder: Path) -> None:
        line = edit(folder / "contract.toml", "[sources]\n", "[sources\n")
        said = refusal(folder)
        assert said.startswith(f"{folder / 'contract.toml'}: this is not TOML: ")
        assert f"line {line}" in said

    def test_that_is_not_utf_8_is_named(self, folder: Path) -> None:
        (folder / "contract.toml").write_bytes(b"# caf\xe9")
        assert refusal(folder).startswith(f"{folder / 'contract.toml'}: this is not TOML: ")

    def test_that_is_empty_is_told_what_it_lacks(self, folder: Path) -> None:
        (folder / "contract.toml").write_bytes(b"")
        assert refusal(folder).startswith(f"{folder / 'contract.toml'}: [operations]: ")


def nested(count: int, uses: int) -> str:
    """Complex types of which each uses the next ``uses`` times."""
    types = []
    for number in range(count):
        inner = "".join(f'<xs:element name="a{use}" type="T{number + 1}"/>' for use in range(uses))
        types.append(f'<xs:complexType name="T{number}"><xs:sequence>{inner}</xs:sequence></xs:complexType>')
    last = f'<xs:complexType name="T{count}"><xs:sequence><xs:element name="v" type="xs:int"/></xs:sequence></xs:complexType>'
    return "".join([*types, last])


@pytest.mark.parametrize(
    ("count", "uses", "says"), [(300, 1, "types that nest deeper than 50 levels"), (40, 2, "more than 10000 elements")]
)
def test_types_that_use_each_other_without_end_are_refused(folder: Path, count: int, uses: int, says: str) -> None:
    declared = '<xs:element name="OrderBook" type="OrderBook"/>'
    edit(folder / "operations.xsd", declared, declared.replace('type="OrderBook"', 'type="T0"'))
    edit(
        folder / "operations.xsd",
        '<xs:complexType name="OrderBook">',
        f'{nested(count, uses)}<xs:complexType name="OrderBook">',
    )
    assert says in refusal(folder)


def test_a_number_that_python_does_not_read_is_named(folder: Path) -> None:
    edit(folder / "contract.toml", "[sources]\n", f"x = {'9' * 5000}\n\n[sources]\n")
    assert refusal(folder).startswith(f"{folder / 'contract.toml'}: this is not TOML: ")


@pytest.mark.parametrize("action", ["urn:\u20ac", "a\\nb: c", "a\\u0022b"])
def test_a_soap_action_that_no_header_can_hold_is_refused(folder: Path, action: str) -> None:
    edit(folder / "contract.toml", '"urn:example:bookshop/OrderBook"', f'"{action}"')
    assert "soap_action is no text that can stand in an HTTP header" in refusal(folder)


class TestTheCatalog:
    def test_refuses_two_services_of_one_name(self, folder: Path) -> None:
        said = refusal(EXAMPLE, folder)
        assert said == f"{folder}: the service is called 'bookshop', and so is that in {EXAMPLE}"

    def test_refuses_two_services_of_one_namespace(self, folder: Path) -> None:
        edit(folder / "contract.toml", '"bookshop"', '"library"')
        said = refusal(EXAMPLE, folder)
        assert said == f"{folder}: {{urn:example:bookshop}}OrderBook is declared already, in {EXAMPLE}"

    def test_refuses_a_folder_without_a_service(self, tmp_path: Path) -> None:
        assert refusal(tmp_path) == f"{tmp_path}: no service folder here; one has a contract.toml"

    def test_refuses_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "none") == f"{tmp_path / 'none'}: No such file or directory"

    def test_refuses_a_file_in_place_of_a_folder(self, folder: Path) -> None:
        path = folder / "contract.toml"
        assert refusal(path) == f"{path}: Not a directory"


@pytest.mark.parametrize(
    ("table", "statement"),
    [("severity", 'level = "off"'), ("consequences", 'text = "faults"')],
)
def test_the_command_line_names_a_rule_that_does_not_exist_and_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str], table: str, statement: str
) -> None:
    path = folder / "contract.toml"
    text = f'{path.read_text(encoding="utf-8")}\n[{table}."schema/max-lenght"]\n{statement}{GROUND}'
    path.write_text(text, encoding="utf-8")
    assert main(["list", "services", "--contracts", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said == f"soap-contracts: {path}: there is no rule 'schema/max-lenght'; did you mean schema/max-length?\n"


# ------------------------------------------------------------------------------------------- what a finding rests on


class TestTheReferenceOfAFinding:
    def test_names_the_ground_of_a_severity_that_the_service_sets(self) -> None:
        service, operation = load().operation("ongoing/SetTimeOfLastSync")
        body = smallest(service, operation, "request", {"syncTime": "2024-05-01T12:00:00"})
        (finding,) = check(body).findings
        assert finding.rule == "provider/no-time-zone"
        assert finding.reference.startswith("the provider's stack; ASP.NET ASMX as in github.com/microsoft/")
        assert finding.reference.endswith("(inferred)")

    def test_names_the_page_on_sessions_where_the_session_is_missing(self) -> None:
        service, operation = load().operation("luminate/EndSynchronization")
        body = re.sub(rb"<soap:Header>.*</soap:Header>", b"", smallest(service, operation, "request"), flags=re.DOTALL)
        (finding,) = check(body).findings
        assert finding.rule == "contract/header-missing"
        assert finding.reference.endswith("concepts/authentication.html (documented)")
        assert "SessionFault" in finding.help
        assert "MalformedMessageFault" in finding.help
        assert "(inferred)" in finding.help

    def test_names_the_operations_page_elsewhere(self) -> None:
        service, operation = load().operation("ongoing/SetTimeOfLastSync")
        (finding,) = check(smallest(service, operation, "request", {"GoodsOwnerId": "seven"})).findings
        assert finding.reference.endswith("; https://developer.ongoingwarehouse.com/SetTimeOfLastSync (documented)")


@pytest.mark.parametrize(("status", "severities"), [(200, []), (500, []), (404, ["warning"])])
def test_the_status_of_a_fault_is_never_an_error_where_no_page_states_it(status: int, severities: list[str]) -> None:
    page = (ROOT / "tests/cases/http/fault-status/good-luminate-200.http").read_bytes()
    _, _, body = page.replace(b"\r\n", b"\n").partition(b"\n\n")
    verdict = check(body, headers={"Content-Type": "text/xml; charset=utf-8"}, status=status, service="luminate")
    assert [found.severity for found in verdict.findings if found.rule == "http/fault-status"] == severities


# ---------------------------------------------------------------------------------------------- the example to copy

CLIENT = """
import os, sys, urllib.request
headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:example:bookshop/OrderBook"'}
body = open(sys.argv[1], "rb").read()
with urllib.request.urlopen(urllib.request.Request(os.environ["BOOKSHOP_ENDPOINT"], body, headers)) as answer:
    answer.read()
"""


class TestTheExampleOfOnesOwnService:
    @pytest.mark.parametrize("make", [smallest, fullest])
    @pytest.mark.parametrize("direction", DIRECTIONS)
    def test_finds_its_own_samples_valid_in_both_directions(
        self, bookshop: Service, direction: Direction, make: object
    ) -> None:
        body = (smallest if make is smallest else fullest)(bookshop, bookshop.operations[0], direction)
        verdict = check(body, catalog=load(EXAMPLE))
        assert (verdict.service, verdict.operation, verdict.kind) == ("bookshop", "OrderBook", direction)
        assert verdict.findings == ()
        assert etree.XMLSchema(file=EXAMPLE / f"{direction}.xsd").validate(etree.fromstring(body))

    @pytest.mark.parametrize(
        ("name", "value", "rule"),
        [
            ("Copies", "none", "schema/integer"),
            ("Copies", "0", "schema/out-of-range"),
            ("Title", "x" * 101, "schema/max-length"),
            ("GiftWrap", "yes", "schema/boolean"),
        ],
    )
    def test_fails_a_wrong_value(self, bookshop: Service, name: str, value: str, rule: str) -> None:
        body = fullest(bookshop, bookshop.operations[0], "request", {name: value})
        verdict = check(body, catalog=load(EXAMPLE))
        assert [found.rule for found in verdict.findings] == [rule]
        assert not verdict.passed
        assert not etree.XMLSchema(file=EXAMPLE / "request.xsd").validate(etree.fromstring(body))

    def test_does_not_show_its_secret(self, bookshop: Service) -> None:
        body = fullest(bookshop, bookshop.operations[0], "request", {"ApiKey": "canary-5f1e" * 10})
        verdict = check(body, catalog=load(EXAMPLE))
        assert [found.rule for found in verdict.findings] == ["schema/max-length"]
        assert "canary" not in repr(verdict)

    def test_is_judged_by_the_command_line(
        self, bookshop: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        operation = bookshop.operations[0]
        good, wrong = tmp_path / "good.http", tmp_path / "wrong.http"
        good.write_bytes(raw(samples.message(bookshop, operation, "request")))
        wrong.write_bytes(raw(samples.message(bookshop, operation, "request", values={"Copies": "0"})))
        assert main(["check", "--contracts", str(EXAMPLE), str(good)]) == 0
        assert main(["check", "--contracts", str(EXAMPLE), str(wrong)]) == 1
        assert "PASS bookshop OrderBook request" in capsys.readouterr().out

    def test_is_stubbed_for_a_client(self, bookshop: Service, tmp_path: Path) -> None:
        path = tmp_path / "order.xml"
        path.write_bytes(smallest(bookshop, bookshop.operations[0], "request"))
        client = [sys.executable, "-c", CLIENT, str(path)]
        command = ["run", "--contracts", EXAMPLE, "--service", "bookshop", "--", *client]
        found = subprocess.run(
            [sys.executable, "-m", "contracts", *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr
        assert "2 messages: 2 passed" in found.stdout

    def test_becomes_another_service_by_the_letter_of_its_readme(self, tmp_path: Path) -> None:
        shutil.copytree(EXAMPLE, tmp_path / "examples" / "own-service")
        program = tmp_path / "bin" / "soap-contracts"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m contracts "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        steps = re.findall(r"^       (.*)", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
        environment = {
            **os.environ,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        }
        found = subprocess.run(
            ["sh", "-e"],
            input="\n".join(steps),
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        assert "PASS library OrderBook request  order.xml" in found.stdout
        made = load(tmp_path / "my-service").service("library")
        assert "bookshop" not in repr(made).lower().replace(str(tmp_path).lower(), "")
