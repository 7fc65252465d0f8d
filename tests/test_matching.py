"""Which requests ask the same: a table of variants of one request, and one of values by their type."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import contracts
from contracts.matching import asked_of, differences_of, key_of
from contracts.matching.values import value_key

CATALOG = contracts.load()
TABLES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in Path(__file__).parent.glob("matching/*.toml")}
ROWS = [pytest.param(stem, name, id=f"{stem}: {name}") for stem, table in TABLES.items() for name in table["variants"]]


def variant_of(table: dict, row: dict) -> contracts.Message:
    body = row.get("body", table["base"]["body"])
    for old, new in row.get("change", {}).items():
        assert old in body, f"{old!r} stands nowhere in the base request"
        body = body.replace(old, new)
    headers = {**table["headers"], **row.get("headers", {})}
    headers.pop(row.get("without"), None)
    return contracts.Message(
        body.lstrip().encode(row.get("encoding", "utf-8")),
        headers=tuple(headers.items()),
        kind="request",
        method=row.get("method", "POST"),
        url=row.get("url", table["url"]),
    )


def differences(table: dict, row: dict) -> list[str]:
    asked, recorded = (asked_of(variant_of(table, one), CATALOG) for one in (row, {}))
    return differences_of(asked, recorded, row.get("ignore", ()))


@pytest.mark.parametrize(("stem", "name"), ROWS)
def test_a_variant_asks_the_same_or_is_told_apart_by_its_difference(stem, name):
    table = TABLES[stem]
    assert differences(table, table["variants"][name]) == table["variants"][name]["told"]


@pytest.mark.parametrize(("stem", "name"), ROWS)
def test_a_pair_is_told_apart_in_both_directions(stem, name):
    table = TABLES[stem]
    row = table["variants"][name]
    recorded, asked = (asked_of(variant_of(table, one), CATALOG) for one in (row, {}))
    assert bool(differences_of(asked, recorded, row.get("ignore", ()))) == bool(row["told"])


@pytest.mark.parametrize(("stem", "name"), ROWS)
def test_keys_say_the_same_as_sentences(stem, name):
    table = TABLES[stem]
    row = table["variants"][name]
    asked, recorded = (key_of(asked_of(variant_of(table, one), CATALOG), row.get("ignore", ())) for one in (row, {}))
    assert asked.same(recorded) == (row["told"] == [])


ADDRESSES = [
    (["http://h/a", "HTTP://H:80/a", "http://h/a#f"], ["https://h/a", "http://h:81/a", "http://h/A", "http://h/a?"[:-1] + "?x"]),
    (["http://h?X=1", "http://h/?X=1"], ["http://h/?x=1"]),
    (["https://api.ongoingsystems.se/a/service.asmx?WSDL", "http://127.0.0.1:1/ongoing?wsdl"], ["http://127.0.0.1:1/luminate?wsdl"]),
]  # fmt: skip


@pytest.mark.parametrize(("same", "others"), ADDRESSES)
def test_what_is_no_soap_goes_by_its_address_and_a_wsdl_by_its_service(same, others):
    def key(url):
        return key_of(asked_of(contracts.Message(b"", (), "request", "GET", url), CATALOG))

    assert len({key(url) for url in same}) == 1
    assert key(same[0]) not in {key(url) for url in others}


@pytest.mark.parametrize(("stem", "name"), ROWS)
def test_no_difference_quotes_a_secret_or_what_no_contract_declares(stem, name):
    assert "canary" not in " ".join(differences(TABLES[stem], TABLES[stem]["variants"][name]))


#: Texts of one value each, a line; those of two lines are of two values. XSD 1.0 part 2.
VALUES = {
    "integer": [
        ["7", "007", "+7", " 7\n"],
        ["-7", "-007"],
        ["0", "-0", "+0", "000"],
        ["7.0"],
        ["\u0667"],
        [""],
        ["1" * 5000],
    ],
    "nonNegativeInteger": [
        ["18446744073709551616", "018446744073709551616"],
        ["18446744073709551617"],
        ["-1"],
        ["-01"],
    ],
    "decimal": [["1", "1.0", "01.00", "+1", "1."], ["-1", "-1.0"], ["0", "-0.0", ".0"], ["1.01", "1.010"], ["1e0"]],
    "double": [
        ["1", "1.0", "1e0", "10E-1", "1E0000000"],
        ["INF"],
        ["-INF"],
        ["NaN"],
        ["0", "0.0"],
        ["-0"],
        ["inf"],
        ["1_0"],
        ["10"],
    ],
    "float": [["16777216", "16777217"], ["16777218"], ["1e39", "INF"], ["-1e39", "-INF"], ["NaN"]],
    "boolean": [["true", "1", " true "], ["false", "0"], ["TRUE"], ["yes"]],
    "dateTime": [
        [
            "2024-05-01T12:00:00Z",
            "2024-05-01T14:00:00+02:00",
            "2024-05-01T12:00:00.000-00:00",
            " 2024-05-01T12:00:00Z ",
        ],
        ["2024-05-01T12:00:00", "2024-05-01T12:00:00.0"],
        ["2024-05-01T24:00:00Z", "2024-05-02T00:00:00Z"],
        ["2024-05-01T12:00:00.0000000000000000001Z"],
        ["2024-05-01T12:00:00z"],
        ["-0001-01-01T00:00:00Z"],
        ["0001-01-01T00:00:00Z"],
    ],
    "date": [
        ["2024-05-01Z", "2024-05-01+00:00"],
        ["2024-05-01"],
        ["2024-05-01+02:00"],
        ["2024-04-30Z"],
        ["2024-05-32"],
    ],
    "time": [["12:00:00Z", "14:00:00+02:00"], ["12:00:00", "12:00:00.0"], ["01:00:00Z", "23:00:00-02:00"]],
    "gYear": [["2024", " 2024 "], ["2024Z", "2024+00:00"], ["2025"], ["24"]],
    "gYearMonth": [["2024-05"], ["2024-05Z", "2024-05-00:00"], ["2024-13"]],
    "gMonth": [["--05"], ["--05Z", "--05+00:00"], ["--06"]],
    "gMonthDay": [["--02-29"], ["--02-29Z"], ["--02-30"]],
    "gDay": [["---31"], ["---31Z"], ["---32"]],
    "duration": [["P1Y", "P12M"], ["P1D", "PT24H", "PT1440M", "P1DT0.0S"], ["-P1D"], ["P0Y", "-PT0S"], ["P"], ["P1S"]],
    "base64Binary": [["aGk=", " aG k= ", "aGk ="], ["aGo="], ["a"], ["YQ=="], ["YR=="], ["aGk\u00a0="]],
    "hexBinary": [["0aFF", "0Aff"], ["0A"], ["zz"], ["ZZ"], ["0"]],
    "string": [["a"], [" a"], ["a "], ["A"], ["a\n"], [""]],
    "normalizedString": [["a b", "a\tb", "a\nb"], [" a b"], ["a  b"]],
    "token": [["a b", " a\t\n b "], ["a\u00a0b"]],
    "anyURI": [["http://a/", " http://a/ "], ["http://A/"]],
}


@pytest.mark.parametrize("base", VALUES)
def test_texts_have_one_key_exactly_if_they_name_one_value(base):
    keys = [{value_key(text, base) for text in texts} for texts in VALUES[base]]
    assert [len(found) for found in keys] == [1] * len(keys)
    assert len(set.union(*keys)) == len(keys)
