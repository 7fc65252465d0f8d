"""The messages that are measured: requests of about 600 bytes, as real clients send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Sample(NamedTuple):
    """An envelope of one service and how many findings it must show."""

    service: str
    findings: int
    body: bytes

    @property
    def name(self) -> str:
        """The service and the number of findings, as a file may be called."""
        return f"{self.service}-{self.findings}"


_ONGOING: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">
      <UserName>warehouse-integration</UserName>
      <Password>placeholder</Password>
      <GoodsOwnerId>{number}</GoodsOwnerId>
      <IntegrationType>{kind}</IntegrationType>
      <syncTime>{time}</syncTime>
    </SetTimeOfLastSync>
  </soap:Body>
</soap:Envelope>
"""
_LUMINATE: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <soapenv:Header>
    <ns1:Session xmlns:ns1="urn:soap.convio.com">
      {session}
    </ns1:Session>
  </soapenv:Header>
  <soapenv:Body>
    <ns1:EndSynchronization xmlns:ns1="urn:soap.convio.com">
      <ns1:PartitionId>{number}</ns1:PartitionId>{more}
    </ns1:EndSynchronization>
  </soapenv:Body>
</soapenv:Envelope>
"""
_SESSION: Final = "<ns1:SessionId>placeholder-of-forty-characters-in-all-00:0</ns1:SessionId>"
_HEADERS: Final = """\
POST /service HTTP/1.1\r
Host: example.com\r
Content-Type: text/xml; charset=utf-8\r
SOAPAction: "{action}"\r
Content-Length: {length}\r
\r
"""
_ACTIONS: Final = {"ongoing": "http://ongoingsystems.se/WSI/SetTimeOfLastSync", "luminate": "EndSynchronization"}


def samples(number: int = 4711) -> list[Sample]:
    """Each service's request without a fault, with one and with three; ``number`` makes them differ."""
    time = "2024-05-01T12:00:00Z"
    return [
        _ongoing(0, number=number, kind="orders", time=time),
        _luminate(0, number=number),
        _ongoing(1, number=number, kind="orders", time="2024-05-01 12:00:00"),
        _luminate(1, number=-number),
        _ongoing(3, number=f"{number}.0", kind="<b>orders</b>", time="2024-05-01 12:00:00"),
        _luminate(
            3, number=-number, session="<ns1:SessionID>placeholder</ns1:SessionID>", more="<Comment>done</Comment>"
        ),
    ]


def http_form(sample: Sample) -> bytes:
    """The sample as a raw HTTP request."""
    return _HEADERS.format(action=_ACTIONS[sample.service], length=len(sample.body)).encode() + sample.body


def traffic(count: int) -> Iterator[bytes]:
    """``count`` raw requests, no two alike: eight of ten right, one with one fault, one with three."""
    for number in range(1, count + 1):
        right_ongoing, right_luminate, *wrong = samples(number)
        place = number % 20
        yield http_form(wrong[place // 5] if place % 5 == 0 else (right_ongoing, right_luminate)[number % 2])


def _ongoing(findings: int, **values: object) -> Sample:
    return Sample("ongoing", findings, _ONGOING.format(**values).encode())


def _luminate(findings: int, *, number: int, session: str = _SESSION, more: str = "") -> Sample:
    return Sample("luminate", findings, _LUMINATE.format(number=number, session=session, more=more).encode())
