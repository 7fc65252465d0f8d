"""`schema/`: the values against their XSD types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.xml import value_of

from .registry import deviation_rule, problem_of

if TYPE_CHECKING:
    from .case import Case
    from .deviations import Deviation
    from .registry import Problem

_XSD2: Final = "XSD 1.0 part 2, "


@deviation_rule("schema/date-time", "documented", "error", _XSD2 + "section 3.2.7")
def date_time(case: Case, deviation: Deviation) -> Problem:
    """A dateTime has the form YYYY-MM-DDThh:mm:ss with an optional fraction and zone, and names a real time.

    Bad::   <syncTime>2024-05-01 12:00:00</syncTime>
    Good::  <syncTime>2024-05-01T12:00:00Z</syncTime>
    """
    return _misfit(case, deviation, "Send YYYY-MM-DDThh:mm:ssZ, for example 2024-05-01T12:00:00Z.")


@deviation_rule("schema/integer", "documented", "error", _XSD2 + "section 3.3.13")
def integer(case: Case, deviation: Deviation) -> Problem:
    """An integer is an optional sign and ASCII digits, and never empty.

    Bad::   <PartitionId>1.0</PartitionId>
    Good::  <PartitionId>1</PartitionId>
    """
    return _misfit(case, deviation, "Send digits alone.")


@deviation_rule("schema/boolean", "documented", "error", _XSD2 + "section 3.2.2")
def boolean(case: Case, deviation: Deviation) -> Problem:
    """A boolean is true, false, 1 or 0, in lower case.

    Bad::   <Force>True</Force>
    Good::  <Force>true</Force>
    """
    return _misfit(case, deviation, "Send true or false.")


@deviation_rule("schema/negative", "documented", "error", _XSD2 + "section 3.3.20")
def negative(case: Case, deviation: Deviation) -> Problem:
    """A nonNegativeInteger is zero or more.

    Bad::   <PartitionId>-1</PartitionId>
    Good::  <PartitionId>0</PartitionId>
    """
    return _misfit(case, deviation, "Send zero or more.")


@deviation_rule("schema/out-of-range", "documented", "error", _XSD2 + "sections 3.3.17 and 4.3.7 to 4.3.10")
def out_of_range(case: Case, deviation: Deviation) -> Problem:
    """A number, a date or a time is within the range of its type.

    Bad::   <GoodsOwnerId>2147483648</GoodsOwnerId>
    Good::  <GoodsOwnerId>2147483647</GoodsOwnerId>
    """
    return _misfit(case, deviation, "Send a value in that range.")


@deviation_rule("schema/max-length", "documented", "error", _XSD2 + "section 4.3.3")
def max_length(case: Case, deviation: Deviation) -> Problem:
    """A text is no longer than its type allows: in characters, not bytes; a binary type in octets, a list in items.

    Bad::   <UserName>...51 characters...</UserName>
    Good::  <UserName>...50 characters...</UserName>
    """
    return _misfit(case, deviation, "Send a shorter value; do not let it be cut in silence.")


@deviation_rule("schema/value", "documented", "error", _XSD2 + "section 4.3 (any other facet)")
def value(case: Case, deviation: Deviation) -> Problem:
    """A value obeys the other facets of its type: an enumeration, a minimal length, a pattern, a number of digits.

    Bad::   <SessionId></SessionId>   in a Session that has more in it
    Good::  <SessionId>9b35f835:0</SessionId>
    """
    return _misfit(case, deviation, "Send a value that the contract allows.")


def _misfit(case: Case, deviation: Deviation, help_: str) -> Problem:
    field, text = deviation.field, value_of(deviation.element)
    return problem_of(deviation, f"{field.name}{case.quote(deviation.element, field, text)} {deviation.detail}", help_)
