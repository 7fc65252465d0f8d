"""What schemas can say in more than one way: references, groups, abstract components, substitutes and restrictions."""

from __future__ import annotations

import pytest
from published import (
    LUMINATE,
    PARTITION,
    REQUESTS,
    RESPONSES,
    SPYNE,
    TOLERATED,
    drift_of,
    replaced,
    with_end,
    with_global,
    written,
)

REF = '<xs:element ref="tns:PartitionId"/>'
GROUP = '<xs:group ref="tns:g"/>'
GROUPED = f'<xs:group name="g"><xs:sequence>{PARTITION}</xs:sequence></xs:group>'
ASKED = "request/EndSynchronization"
SYNC_ID = '<xs:element name="SyncId" type="xs:nonNegativeInteger"/>'
LOGIN = """<xs:complexType name="Login">
        <xs:sequence>
          <xs:element name="UserName" type="xs:string"/>
          <xs:element name="Password" type="xs:string"/>
        </xs:sequence>"""
#: A restriction of a type with a choice, any element, any attribute and text.
RESTRICTED = (
    LOGIN.replace(">", '><xs:complexContent><xs:restriction base="tns:B">', 1)
    + '<xs:attribute name="a" use="prohibited"/></xs:restriction></xs:complexContent>'
)
BASE = (
    '<xs:complexType name="B" mixed="true"><xs:choice maxOccurs="unbounded"><xs:element name="UserName" type="xs:string"/>'
    '<xs:element name="Password" type="xs:string"/><xs:any/></xs:choice><xs:attribute name="a"/><xs:anyAttribute/></xs:complexType>'
)


def new_in(tmp_path, text: str) -> list[tuple[str, str, str, str]]:
    return [
        (each.what, each.class_, each.path, each.theirs) for each in drift_of(written(tmp_path, text), LUMINATE).new
    ]


def substituted(element: str, of: str, options: str = "") -> str:
    """Two global elements, of which one may stand for the other."""
    return (
        f'<xs:element name="{of}" type="xs:nonNegativeInteger"{options}/>'
        f'<xs:element name="{element}" substitutionGroup="tns:{of}"/>'
    )


class TestAnElementTwice:
    @pytest.mark.parametrize(("inner", "declared"), [(PARTITION, ""), (REF, PARTITION), (GROUP, GROUPED)])
    def test_is_found_however_it_is_said(self, inner, declared, tmp_path):
        text = with_end(inner * 2)
        found = new_in(tmp_path, with_global(text, declared) if declared else text)
        assert found == [("name", REQUESTS, f"{ASKED}/PartitionId", "PartitionId, required")]

    @pytest.mark.parametrize(("inner", "declared"), [(REF, PARTITION), (GROUP, GROUPED)])
    def test_is_none_where_it_stands_once(self, inner, declared, tmp_path):
        assert new_in(tmp_path, with_global(with_end(inner), declared)) == []


class TestSomethingAbstract:
    def test_as_a_child_breaks_requests(self, tmp_path):
        text = with_global(with_end(REF), substituted("Part", "PartitionId", ' abstract="true"'))
        assert new_in(tmp_path, text) == [("name", REQUESTS, f"{ASKED}/PartitionId", "abstract, Part in its place")]

    @pytest.mark.parametrize(("name", "class_", "path"), [
        ("EndSynchronization", REQUESTS, ASKED),
        ("EndSynchronizationResponse", RESPONSES, "response/EndSynchronizationResponse"),
    ])  # fmt: skip
    def test_as_a_payload_breaks_its_direction(self, name, class_, path, tmp_path):
        old = f'<xs:element name="{name}" '
        found = new_in(tmp_path, replaced(SPYNE, old, f'{old}abstract="true" '))
        assert found == [("name", class_, path, "abstract, and nothing in its place")]

    @pytest.mark.parametrize(("name", "class_", "path"), [
        ("EndSynchronization", REQUESTS, ASKED),
        ("EndSynchronizationResponse", RESPONSES, "response/EndSynchronizationResponse"),
    ])  # fmt: skip
    def test_as_a_type_breaks_its_direction(self, name, class_, path, tmp_path):
        old = f'<xs:complexType name="{name}"'
        found = new_in(tmp_path, replaced(SPYNE, old, f'{old} abstract="1"'))
        assert found == [("type", class_, path, "an abstract type, which needs xsi:type")]


class TestASubstitute:
    def test_breaks_responses(self, tmp_path):
        text = replaced(SPYNE, SYNC_ID, '<xs:element ref="tns:SyncId"/>')
        found = new_in(tmp_path, with_global(text, substituted("AuditId", "SyncId")))
        assert {each[:2] for each in found} == {("name", RESPONSES)}
        assert {each[3] for each in found} == {"also AuditId in its place"}
        assert all(each[2].endswith("/Result/SyncId") for each in found)

    def test_does_no_harm_to_requests(self, tmp_path):
        text = with_global(with_end(REF), substituted("Part", "PartitionId"))
        found = new_in(tmp_path, text)
        assert found == [("name", TOLERATED, f"{ASKED}/PartitionId", "also Part in its place")]

    def test_that_is_blocked_is_none(self, tmp_path):
        text = with_global(with_end(REF), substituted("Part", "PartitionId", ' block="substitution"'))
        assert new_in(tmp_path, text) == []

    def test_has_the_type_of_what_it_stands_for(self, tmp_path):
        text = with_global(with_end(REF), substituted("PartitionId", "Part"))
        assert new_in(tmp_path, text) == []

    def test_of_itself_ends(self, tmp_path):
        text = with_global(with_end(REF), '<xs:element name="PartitionId" substitutionGroup="tns:PartitionId"/>')
        with pytest.raises(ValueError, match="stand for each other deeper than 50 levels"):
            drift_of(written(tmp_path, text), LUMINATE)


class TestARestriction:
    def test_has_neither_the_order_nor_the_openness_of_its_base(self, tmp_path):
        assert new_in(tmp_path, with_global(replaced(SPYNE, LOGIN, RESTRICTED), BASE)) == []

    def test_has_the_attributes_that_it_does_not_prohibit(self, tmp_path):
        text = with_global(replaced(SPYNE, LOGIN, RESTRICTED.replace("prohibited", "required")), BASE)
        assert new_in(tmp_path, text) == [("name", REQUESTS, "request/Login/@a", "attribute a, required")]

    def test_of_a_payload_is_told_by_its_own_parts(self, tmp_path):
        text = with_global(
            replaced(SPYNE, LOGIN, RESTRICTED.replace('<xs:element name="Password" type="xs:string"/>', "")), BASE
        )
        assert new_in(tmp_path, text) == [("name", REQUESTS, "request/Login/Password", "not there")]
