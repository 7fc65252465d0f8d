"""Where XML Schema engines are known to differ: from the specification, and so from `check`. Tests hold every row."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from cases import Case, cases

from contracts.names import SOAP11
from contracts.schema import RANGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.model import Type

    from . import Engine

    #: What engines answer, by family or "family before version"; the older stands first.
    Answers = Mapping[str, str]

_NONE: Final[Answers] = MappingProxyType({})
#: Of an integer it reads 24 digits at most.
OLD: Final = "libxml2 before 2.13"


class Row(NamedTuple):
    """One value of an XSD built-in type, or of a string of at most 50 characters.

    ``spec`` is the specification's verdict, None where it leaves the answer open. ``plain`` names the engines that say
    something else of the built-in type itself, ``ours`` those that do so of the shipped type, which adds a pattern;
    None where no shipped type is of this kind.
    """

    value: str
    type: str
    spec: str | None
    plain: Answers = _NONE
    ours: Answers | None = _NONE

    def __str__(self) -> str:
        value = self.value if len(self.value) <= 40 else f"{self.value[:12]}...{len(self.value)}"
        return f"{self.type} {ascii(value)[1:-1]}"


class Document(NamedTuple):
    """A whole message: the schema it is for, what the specification says of it, and the engines that say otherwise."""

    title: str
    schema: str
    body: bytes
    spec: str
    differ: Answers

    def __str__(self) -> str:
        return self.title


def answer_of(engine: Engine, answers: Answers, otherwise: str | None) -> str | None:
    """What the table says that this engine answers in this version."""
    for key, answer in answers.items():
        family, _, limit = key.partition(" before ")
        newer = limit and engine.version >= tuple(int(part) for part in limit.split("."))
        if family == engine.family and not newer:
            return answer
    return otherwise


ROUNDING: Final[Answers] = MappingProxyType({"libxml2": "invalid", "Xerces": "invalid"})
FORGIVING: Final = {"xmlschema": "valid"}
FEW_DIGITS: Final = {OLD: "invalid", "xmlschema": "invalid"}
UTF16_UNITS: Final = {"Xerces": "invalid"}
HUGE_YEAR: Final = {"libxml2": "invalid", "xmlschema": "OverflowError", "Xerces": "invalid"}
STRICT_URI: Final = {"libxml2": "invalid", "xmlschema": "valid", "Xerces": "invalid"}
BLANKS_KEPT: Final = {"libxml2": "invalid"}
#: What libxml2 accepts against the specification, and `check` with it. Types of one's own contract alone are concerned.
LENIENT: Final = {"libxml2": "valid"}
ROWS: Final = (
    Row("\uff11\uff12", "nonNegativeInteger", "invalid", FORGIVING),
    Row("\u0663", "nonNegativeInteger", "invalid", FORGIVING),
    Row("1_000", "nonNegativeInteger", "invalid", FORGIVING),
    Row("\uff11\uff12", "int", "invalid", FORGIVING),
    Row("1_000", "int", "invalid", FORGIVING),
    Row("\u00a012", "nonNegativeInteger", "invalid", FORGIVING, FORGIVING),
    Row("12\u2009", "nonNegativeInteger", "invalid", FORGIVING, FORGIVING),
    Row("9" * 24, "nonNegativeInteger", "valid"),
    Row("9" * 25, "nonNegativeInteger", "valid", {OLD: "invalid"}, {OLD: "invalid"}),
    Row("9" * 5000, "nonNegativeInteger", "valid", FEW_DIGITS, FEW_DIGITS),
    Row(" 2024-05-01T12:00:00Z ", "dateTime", "valid", {"libxml2": "invalid"}),
    Row("2024-05-01T12:00:00Z\u00a0", "dateTime", "invalid", FORGIVING, FORGIVING),
    Row("12345678901234567890-05-01T12:00:00Z", "dateTime", None, HUGE_YEAR, HUGE_YEAR),
    Row("2147483647-05-01T12:00:00Z", "dateTime", "valid"),
    Row("2147483648-05-01T12:00:00Z", "dateTime", "valid", {"Xerces": "invalid"}, {"Xerces": "invalid"}),
    Row("0000-05-01T12:00:00Z", "dateTime", "invalid"),
    Row("2024-05-01T24:00:00Z", "dateTime", "valid"),
    Row("2024-05-01T12:00:59.99999999999999999999Z", "dateTime", "valid", ROUNDING, ROUNDING),
    Row("2024-05-01T12:00:00+14:01", "dateTime", "invalid"),
    Row("\U0001f600" * 50, "string50", "valid", UTF16_UNITS, UTF16_UNITS),
    Row("a" * 49 + "\U0001f600", "string50", "valid", UTF16_UNITS, UTF16_UNITS),
    Row("\U0001f600" * 51, "string50", "invalid"),
    Row("\u00a0true", "boolean", "invalid", FORGIVING, FORGIVING),
    # The reason why faultactor, actor and encodingStyle are xs:string in the schemas.
    Row("%zz", "anyURI", None, STRICT_URI, None),
    Row("http://[", "anyURI", None, STRICT_URI, None),
    Row("#a#b", "anyURI", None, STRICT_URI, None),
    Row("http://a:port/", "anyURI", None, {**STRICT_URI, "Xerces": "valid"}, None),
    # What no shipped type is. `check` takes the blanks off itself, and cuts the fraction.
    Row(" 1 ", "int", "valid", {OLD: "invalid"}),
    Row("2024-05-01\n", "date", "valid", BLANKS_KEPT, None),
    Row("12:00:00 ", "time", "valid", BLANKS_KEPT, None),
    Row(" 2024", "gYear", "valid", BLANKS_KEPT, None),
    Row(" 2024-05", "gYearMonth", "valid", BLANKS_KEPT, None),
    Row("--05-01\t", "gMonthDay", "valid", BLANKS_KEPT, None),
    Row("--05 ", "gMonth", "valid", BLANKS_KEPT, None),
    Row("---01 ", "gDay", "valid", BLANKS_KEPT, None),
    Row("P1D ", "duration", "valid", BLANKS_KEPT, None),
    Row(" INF ", "float", "valid", BLANKS_KEPT, None),
    Row("NaN ", "double", "valid", BLANKS_KEPT, None),
    Row("23:59:59.99999999999999999999", "time", "valid", ROUNDING, None),
    Row("1e", "float", "invalid", LENIENT, None),
    Row("1.5e+", "double", "invalid", LENIENT, None),
    Row("????", "base64Binary", "invalid", LENIENT, None),
    Row("", "NMTOKENS", "invalid", LENIENT, None),
    Row("", "IDREFS", "invalid", LENIENT, None),
    Row("PT1.S", "duration", "invalid", LENIENT, None),
    Row("1 2", "decimal", "invalid", FORGIVING, None),
    Row("--05--", "gMonth", "invalid", {"Xerces": "valid"}, None),
)

_RESPONSE: Final = (
    f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Body><SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI">'
    "{}</SetTimeOfLastSyncResponse></soap:Body></soap:Envelope>"
)
_PLAIN: Final = _RESPONSE.format("").encode()
DOCUMENTS: Final = (
    Document(
        "a UTF-8 byte order mark over a declared utf-16",
        "ongoing/response",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-16"?>' + _PLAIN,
        "invalid",
        {"libxml2 before 2.10": "invalid", "libxml2": "valid"},
    ),
    Document(
        "XML 1.1, which WS-I excludes",
        "ongoing/response",
        b'<?xml version="1.1"?>' + _PLAIN,
        "invalid",
        {"libxml2": "valid", "xmlschema": "valid", "Xerces": "valid"},
    ),
    Document(
        "a document type declaration, which SOAP forbids",
        "ongoing/response",
        b"<!DOCTYPE e>" + _PLAIN,
        "invalid",
        {"libxml2": "valid", "xmlschema": "valid", "Xerces": "valid"},
    ),
    Document(
        "an empty CDATA section, which is no character, in empty content",
        "ongoing/response",
        _RESPONSE.format("<![CDATA[]]>").encode(),
        "valid",
        {"libxml2": "invalid"},
    ),
)

ALL: Final = ("libxml2", "xmlschema", "Xerces")
XSI_TYPE: Final = "every engine refuses the built-in type on an element whose own type restricts it"
OWN_TYPE: Final = "the names of types in our schemas are none of the provider's"
UNDECLARED_TYPE: Final = (
    "by XSD 1.0 part 1, section 3.3.4, an unknown xsi:type leaves an element that a lax wildcard lets through "
    "unassessed; every engine refuses it, and xmlschema dies of it"
)
UNICODE_SPACE: Final = "xmlschema strips any Unicode white space"
TEXT_BESIDE_WILDCARD: Final = "xmlschema overlooks text beside a wildcard"
LONG_FRACTION: Final = "libxml2 and Xerces keep seconds as a floating-point number and round them up to 60"
LONG_NUMBER: Final = "xmlschema reads as many digits as Python's int does"


def _apart() -> dict[str, tuple[str, tuple[str, ...]]]:
    found = {case.name: (XSI_TYPE, ALL) for case in cases() if case.good and case.rule == "schema/xsi-type"}
    for names, reason, engines in (
        (("xsi-type/good-in-fault-detail", "xsi-type/good-in-unknown-header"), UNDECLARED_TYPE, ALL),
        (("xsi-type/bad-on-payload", "xsi-type/bad-service-type", "xsi-type/bad-unprefixed"), OWN_TYPE, ALL),
        (
            ("boolean/bad-no-break-space", "date-time/bad-line-separator", "date-time/bad-next-line",
             "date-time/bad-no-break-space", "integer/bad-next-line", "integer/bad-no-break-space",
             "integer/bad-partition-no-break-space", "integer/bad-thin-space", "stray-text/bad-no-break-space"),
            UNICODE_SPACE,
            ("xmlschema",),
        ),
        (("date-time/good-fraction-of-many-nines", "date-time/good-reference-in-a-long-fraction"), LONG_FRACTION, ("libxml2", "Xerces")),
        (("stray-text/bad-in-header",), TEXT_BESIDE_WILDCARD, ("xmlschema",)),
        (("negative/good-5000-zeros", "out-of-range/good-5000-zeros"), LONG_NUMBER, ("xmlschema",)),
    ):  # fmt: skip
        found.update({f"schema/{name}.xml": (reason, engines) for name in names})
    return found


_APART: Final = _apart()
#: The cases of which the schemas alone say something else than `check`.
APART: Final = tuple(_APART)


def apart(case: Case, engine: Engine) -> str | None:
    """Why this engine, with the schemas alone, says something else of the case than `check`; None if it does not."""
    reason, families = _APART.get(case.name, ("", ()))
    return reason if engine.family in families else None


#: In which valid values of a type engines see a fault: a test of the type and of the text, and who does so.
_EXCUSES: Final = (
    (lambda type_, text: type_.max_length is not None and _units(text) > type_.max_length, UTF16_UNITS),
    (lambda type_, text: type_.base == "dateTime" and _year(text) > 2**31 - 1, {"Xerces": "invalid"}),
    (lambda type_, text: type_.base in RANGES and len(text.strip()) > 24, {OLD: "invalid"}),
)


def excuse(engine: Engine, type_: Type, text: str) -> bool:
    """Whether a row says that this engine may refuse ``text``, a valid value of ``type_``."""
    return any(answer_of(engine, answers, None) and holds(type_, text) for holds, answers in _EXCUSES)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _year(text: str) -> int:
    return int(text.strip().lstrip("-").partition("-")[0])
