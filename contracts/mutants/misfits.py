"""Texts just outside the lexical space of each built-in type of XSD 1.0, and texts just inside: part 2, section 3.

Data by hand, from the specification and from what clients are known to send; nothing here asks the code that judges.
"""

from __future__ import annotations

from typing import Final

#: Pairs of what a text is and the text.
Texts = tuple[tuple[str, str], ...]

_NOT_INTEGERS: Final[Texts] = (
    ("empty", ""), ("blank", " "), ("word", "abc"), ("fraction-of-zero", "1.0"), ("fraction", "1.5"), ("point", "1."),
    ("comma", "1,000"), ("exponent", "1e3"), ("hexadecimal", "0x10"), ("underscore", "1_000"), ("letter", "1L"),
    ("plus-alone", "+"), ("minus-alone", "-"), ("two-signs", "+-1"), ("sign-apart", "- 1"), ("sign-behind", "1-"),
    ("blank-inside", "1 2"), ("arabic-digits", "\u0661\u0662"), ("full-width-digits", "\uff11\uff12"),
    ("superscript", "\u00b2"), ("minus-sign-of-typography", "\u22121"), ("no-break-space", "\u00a01\u00a0"),
    ("thin-space", "1\u2009"), ("zero-width-space", "1\u200b"), ("next-line", "1\u0085"), ("byte-order-mark", "\ufeff1"),
    ("boolean", "true"), ("not-a-number", "NaN"), ("infinity", "INF"),
)  # fmt: skip
_NOT_BOOLEANS: Final[Texts] = (
    ("empty", ""), ("blank", " "), ("capital", "True"), ("upper-case", "TRUE"), ("yes", "yes"), ("no", "no"),
    ("letter", "t"), ("two", "2"), ("leading-zero", "01"), ("minus-one", "-1"), ("null", "null"),
    ("full-width-digit", "\uff11"), ("no-break-space", "\u00a0true"), ("two-values", "true false"),
)  # fmt: skip
_NOT_DATE_TIMES: Final[Texts] = (
    ("empty", ""), ("blank", " "), ("word", "now"), ("epoch", "1714564800"), ("not-a-number", "NaN"),
    ("blank-for-t", "2024-05-01 12:00:00Z"), ("lower-case-t", "2024-05-01t12:00:00Z"),
    ("lower-case-z", "2024-05-01T12:00:00z"), ("date-alone", "2024-05-01"), ("time-alone", "12:00:00Z"),
    ("no-seconds", "2024-05-01T12:00Z"), ("basic-form", "20240501T120000Z"), ("week", "2024-W18-3T12:00:00Z"),
    ("us-form", "05/01/2024 12:00:00"), ("http-form", "Wed, 01 May 2024 12:00:00 GMT"),
    ("comma-before-fraction", "2024-05-01T12:00:00,5Z"), ("point-without-fraction", "2024-05-01T12:00:00.Z"),
    ("offset-without-colon", "2024-05-01T12:00:00+0200"), ("offset-of-hours", "2024-05-01T12:00:00+02"),
    ("offset-of-one-digit", "2024-05-01T12:00:00+2:00"), ("offset-of-60-minutes", "2024-05-01T12:00:00+01:60"),
    ("offset-beyond-14-hours", "2024-05-01T12:00:00+14:01"), ("offset-of-15-hours", "2024-05-01T12:00:00-15:00"),
    ("zone-name", "2024-05-01T12:00:00 CET"), ("zone-in-brackets", "2024-05-01T12:00:00+02:00[Europe/Stockholm]"),
    ("two-zones", "2024-05-01T12:00:00Z+02:00"), ("blank-before-zone", "2024-05-01T12:00:00 Z"),
    ("hour-25", "2024-05-01T25:00:00Z"), ("after-hour-24", "2024-05-01T24:00:01Z"),
    ("fraction-after-hour-24", "2024-05-01T24:00:00.5Z"),
    ("fraction-of-ten-digits-after-hour-24", "2024-05-01T24:00:00.0000000001Z"), ("minute-60", "2024-05-01T12:60:00Z"),
    ("second-60", "2024-05-01T12:00:60Z"), ("hour-of-one-digit", "2024-05-01T2:00:00Z"),
    ("month-00", "2024-00-01T12:00:00Z"), ("month-13", "2024-13-01T12:00:00Z"), ("month-of-one-digit", "2024-5-01T12:00:00Z"),
    ("day-00", "2024-05-00T12:00:00Z"), ("day-32", "2024-05-32T12:00:00Z"), ("april-31", "2024-04-31T12:00:00Z"),
    ("february-29-of-1900", "1900-02-29T12:00:00Z"), ("february-29-of-2023", "2023-02-29T12:00:00Z"),
    ("february-29-of-2100", "2100-02-29T12:00:00Z"), ("february-30", "2024-02-30T12:00:00Z"),
    ("year-0000", "0000-05-01T12:00:00Z"), ("year-minus-0000", "-0000-05-01T12:00:00Z"),
    ("year-of-two-digits", "24-05-01T12:00:00Z"), ("year-of-three-digits", "999-05-01T12:00:00Z"),
    ("year-with-leading-zero", "02024-05-01T12:00:00Z"), ("plus-before-year", "+2024-05-01T12:00:00Z"),
    ("arabic-digits", "\u0662\u0660\u0662\u0664-05-01T12:00:00Z"), ("full-width-digit", "202\uff14-05-01T12:00:00Z"),
    ("minus-sign-of-typography", "2024\u221205-01T12:00:00Z"), ("no-break-space", "\u00a02024-05-01T12:00:00Z"),
    ("zero-width-space", "2024-05-01T12:00:00Z\u200b"), ("blank-inside", "2024-05-01T12:00 :00Z"),
)  # fmt: skip
_NOT_DECIMALS: Final[Texts] = (
    ("empty", ""), ("word", "abc"), ("exponent", "1e3"), ("not-a-number", "NaN"), ("infinity", "INF"), ("comma", "1,5"),
    ("two-points", "1.2.3"), ("point-alone", "."), ("plus-alone", "+"), ("two-signs", "--1"), ("blank-inside", "1 2"),
    ("underscore", "1_000"), ("hexadecimal", "0x10"), ("arabic-digits", "\u0661"), ("no-break-space", "1\u00a0"),
)  # fmt: skip
_NOT_FLOATS: Final[Texts] = (
    ("empty", ""), ("word", "abc"), ("comma", "1,5"), ("infinity-in-words", "Infinity"), ("lower-case-infinity", "inf"),
    ("lower-case-not-a-number", "nan"), ("fraction-in-exponent", "1e1.5"),
    ("hexadecimal", "0x10"), ("underscore", "1_000"), ("blank-inside", "1 2"), ("suffix", "1.5f"), ("point-alone", "."),
    ("arabic-digits", "\u0661"),
)  # fmt: skip

#: What no value of a type may be, and the rule that says so: the types with rules of their own.
NOT: Final[dict[str, tuple[str, Texts]]] = {
    "boolean": ("schema/boolean", _NOT_BOOLEANS),
    "dateTime": ("schema/date-time", _NOT_DATE_TIMES),
    "decimal": ("schema/value", _NOT_DECIMALS),
}
#: The same for the types that no rule explains, so that ``schema/invalid`` has to speak. Types of which any text is a
#: value, or nearly any as of anyURI, are not here. Nor is what libxml2, and the tool with it, takes against XSD 1.0:
#: ``1e`` as a float, other letters in a base64Binary, an empty list of NMTOKENS or IDREFS.
_UNEXPLAINED: Final[dict[str, Texts]] = {
    "float": _NOT_FLOATS,
    "double": _NOT_FLOATS,
    "date": (
        ("empty", ""), ("date-time", "2024-05-01T12:00:00Z"), ("basic-form", "20240501"), ("month-13", "2024-13-01"),
        ("month-of-one-digit", "2024-5-01"), ("day-00", "2024-05-00"), ("april-31", "2024-04-31"),
        ("february-29-of-1900", "1900-02-29"), ("february-29-of-2023", "2023-02-29"), ("lower-case-z", "2024-05-01z"),
        ("offset-without-colon", "2024-05-01+0200"), ("german-form", "01.05.2024"), ("year-0000", "0000-05-01"),
        ("year-with-leading-zero", "02024-05-01"),
    ),
    "time": (
        ("empty", ""), ("no-seconds", "12:00"), ("hour-25", "25:00:00"), ("minute-60", "12:60:00"),
        ("hour-of-one-digit", "2:00:00"), ("lower-case-z", "12:00:00z"), ("points", "12.00.00"), ("t", "T12:00:00"),
        ("twelve-hours", "12:00:00 PM"), ("after-hour-24", "24:00:01"),
    ),
    "gYear": (("empty", ""), ("two-digits", "24"), ("leading-zero", "02024"), ("month", "2024-05"), ("plus", "+2024")),
    "gYearMonth": (("empty", ""), ("year-alone", "2024"), ("month-13", "2024-13"), ("month-of-one-digit", "2024-5")),
    "gMonth": (("empty", ""), ("bare", "05"), ("month-13", "--13"), ("one-digit", "--5")),
    "gMonthDay": (("empty", ""), ("bare", "05-01"), ("february-30", "--02-30"), ("month-13", "--13-01")),
    "gDay": (("empty", ""), ("bare", "01"), ("day-32", "---32"), ("day-00", "---00"), ("one-digit", "---1")),
    "duration": (
        ("empty", ""), ("p-alone", "P"), ("no-p", "1D"), ("no-unit", "P1"), ("t-alone", "P1DT"), ("no-t", "P1H"),
        ("minus-inside", "P-1D"), ("lower-case", "p1d"), ("fraction-of-days", "P1.5D"), ("weeks", "P1W"),
        ("other-order", "P1D1Y"), ("number", "3600"),
    ),
    "hexBinary": (("odd", "0"), ("letter", "0g"), ("prefix", "0x00"), ("blank-inside", "0 0")),
    "base64Binary": (("too-short", "A"), ("no-padding", "AAA"), ("padding-first", "=AAA")),
    "QName": (("empty", ""), ("digit-first", "1a"), ("two-colons", "a:b:c"), ("colon-first", ":a"), ("blank-inside", "a b")),
    "language": (("empty", ""), ("underscore", "de_DE"), ("nine-letters", "languages"), ("hyphen-last", "en-")),
    "Name": (("empty", ""), ("digit-first", "1a"), ("blank-inside", "a b")),
    "NCName": (("empty", ""), ("digit-first", "1a"), ("colon", "a:b"), ("blank-inside", "a b")),
    "NMTOKEN": (("empty", ""), ("slash", "a/b"), ("blank-inside", "a b")),
    "NMTOKENS": (("slash", "a b/c"),),
    "ID": (("empty", ""), ("digit-first", "1a"), ("colon", "a:b")),
    "IDREF": (("empty", ""), ("digit-first", "1a"), ("colon", "a:b")),
    "IDREFS": (("digit-first", "a 1b"),),
}  # fmt: skip
NOT.update({name: ("schema/invalid", texts) for name, texts in _UNEXPLAINED.items()})

#: The least and the greatest value of the integer types; None is none.
SPANS: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-9223372036854775808, 9223372036854775807),
    "int": (-2147483648, 2147483647),
    "short": (-32768, 32767),
    "byte": (-128, 127),
    "unsignedLong": (0, 18446744073709551615),
    "unsignedInt": (0, 4294967295),
    "unsignedShort": (0, 65535),
    "unsignedByte": (0, 255),
}
NOT.update(dict.fromkeys(SPANS, ("schema/integer", _NOT_INTEGERS)))

#: Types whose values are texts as they stand, so that any text of the right length and form is one.
TEXTS: Final = frozenset({"string", "normalizedString", "token"})

DATE_TIMES: Final[Texts] = (
    ("z", "2024-05-01T12:00:00Z"), ("no-zone", "2024-05-01T12:00:00"), ("hour-24", "2024-05-01T24:00:00Z"),
    ("fraction-of-zero-after-hour-24", "2024-05-01T24:00:00.000Z"), ("last-second", "2024-05-01T23:59:59Z"),
    ("offset-of-14-hours", "2024-05-01T12:00:00+14:00"), ("offset-of-minus-14-hours", "2024-05-01T12:00:00-14:00"),
    ("offset-of-minus-zero", "2024-05-01T12:00:00-00:00"), ("offset-of-59-minutes", "2024-05-01T12:00:00+00:59"),
    ("leap-day-of-2000", "2000-02-29T12:00:00Z"), ("leap-day-of-2024", "2024-02-29T12:00:00Z"),
    ("leap-day-of-year-minus-4", "-0004-02-29T12:00:00Z"), ("january-31", "2024-01-31T12:00:00Z"),
    ("year-1", "0001-01-01T00:00:00Z"), ("year-minus-1", "-0001-01-01T00:00:00Z"), ("year-10000", "10000-01-01T00:00:00Z"),
    ("fraction-of-one-digit", "2024-05-01T12:00:00.5Z"), ("fraction-of-nine-digits", "2024-05-01T12:00:00.123456789Z"),
    ("fraction-of-ten-digits-before-hour-24", "2024-05-01T23:59:59.9999999999Z"),
    ("fraction-of-twelve-digits", "2024-05-01T12:00:59.999999999999Z"),
    ("blanks-around", " \t2024-05-01T12:00:00Z\n"),
)  # fmt: skip
BOOLEANS: Final[Texts] = (
    ("true", "true"),
    ("false", "false"),
    ("one", "1"),
    ("zero", "0"),
    ("blanks-around", " true\n"),
)
#: Integers in other spellings; which of them a type takes depends on its span.
INTEGERS: Final[Texts] = (
    ("plus", "+5"), ("leading-zeros", "007"), ("zero", "0"), ("minus-zero", "-0"), ("plus-zero", "+0"),
    ("blanks-around", " \t5\r\n"), ("minus-five", "-5"), ("minus-leading-zeros", "-007"),
    ("100-digits", "9" * 100), ("minus-100-digits", "-" + "9" * 100),
)  # fmt: skip
#: Unusual values of the types that no rule explains.
UNEXPLAINED: Final[dict[str, Texts]] = {
    "float": (("infinity", "INF"), ("not-a-number", "NaN"), ("exponent", "1e3"), ("minus-zero", "-0")),
    "double": (("minus-infinity", "-INF"), ("not-a-number", "NaN"), ("exponent", "-1.5E-3"), ("point-first", ".5")),
    "date": (("leap-day", "2000-02-29"), ("offset-of-14-hours", "2024-05-01+14:00"), ("year-10000", "10000-01-01")),
    "time": (("fraction", "23:59:59.999"), ("offset", "00:00:00-14:00")),
    "gYear": (("year-minus-1", "-0001"), ("zone", "2024Z")),
    "gYearMonth": (("zone", "2024-12Z"),),
    "gMonth": (("zone", "--12Z"),),
    "gMonthDay": (("leap-day", "--02-29"),),
    "gDay": (("zone", "---31Z"),),
    "duration": (("minus", "-P1Y2M3DT4H5M6.7S"), ("zero", "PT0S"), ("months", "P13M")),
    "hexBinary": (("empty", ""), ("both-cases", "aF")),
    "base64Binary": (("empty", ""), ("blanks-inside", "ZXhh bXBs ZQ=="), ("no-padding-needed", "ZXhh")),
    "QName": (("no-prefix", "a"),),
    "language": (("three-parts", "zh-hant-tw"),),
    "Name": (("colon", "a:b"),),
    "NCName": (("underscore-first", "_a.b-c"),),
    "NMTOKEN": (("digit-first", "1a"),),
    "NMTOKENS": (("two", "1a b"),),
}  # fmt: skip
UNEXPLAINED.update({name: (*texts, ("blanks-around", f" \t{texts[0][1]}\n")) for name, texts in UNEXPLAINED.items()})
