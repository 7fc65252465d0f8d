"""A WSDL in the form that ASP.NET's ASMX writes, as long as a real one: 43 operations, of which two matter."""

from __future__ import annotations

from string import Template

NAMESPACE = "http://ongoingsystems.se/WSI"
FIELDS = (
    ("UserName", "string", 0),
    ("Password", "string", 0),
    ("GoodsOwnerId", "int", 1),
    ("IntegrationType", "string", 0),
)
SET_TIME, GET_TIME = "SetTimeOfLastSync", "GetTimeOfLastSync"

_WSDL = Template("""\
<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" \
xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" \
xmlns:tns="$namespace" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tm="http://microsoft.com/wsdl/mime/textMatching/" \
xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" targetNamespace="$namespace" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">
  <wsdl:types>
    <s:schema elementFormDefault="qualified" targetNamespace="$namespace">
$elements
    </s:schema>
  </wsdl:types>
$messages
$port_types
$bindings
  <wsdl:service name="Service">
$ports
  </wsdl:service>
</wsdl:definitions>
""")


def wsdl(*, operations: int = 43, fields: int = 3, http: bool = False) -> str:
    """The WSDL; each further operation has ``fields`` elements, ``http`` adds bindings of HTTP GET and POST."""
    others = [f"Operation{number}" for number in range(operations - 2)]
    names = [*others[: len(others) // 2], SET_TIME, *others[len(others) // 2 :], GET_TIME]
    kinds = ["Soap", *(["HttpGet", "HttpPost"] if http else [])]
    bindings = [("Soap", "soap"), ("Soap12", "soap12")]
    parts = [_http_binding(kind) for kind in kinds[1:]]
    return _WSDL.substitute(
        namespace=NAMESPACE,
        elements="\n".join(_elements(name, fields) for name in names),
        messages="\n".join(_messages(name) for name in names),
        port_types="\n".join(_port_type(kind, names if kind == "Soap" else []) for kind in kinds),
        bindings="\n".join([*(_binding(kind, prefix, names) for kind, prefix in bindings), *parts]),
        ports="\n".join(
            [
                *(_port(kind, prefix) for kind, prefix in bindings),
                *(_port(kind, "http") for kind in kinds[1:]),
            ]
        ),
    )


def _elements(name: str, fields: int) -> str:
    if name == SET_TIME:
        return _element(name, (*FIELDS, ("syncTime", "dateTime", 1))) + "\n" + _empty(f"{name}Response")
    if name == GET_TIME:
        result = '            <s:element minOccurs="1" maxOccurs="1" name="GetTimeOfLastSyncResult" nillable="true" type="s:dateTime" />'
        return _element(name, FIELDS) + "\n" + _wrapped(f"{name}Response", [result])
    more = tuple((f"Field{number}", "string", 0) for number in range(fields))
    return _element(name, (*FIELDS, *more)) + "\n" + _empty(f"{name}Response")


def _element(name: str, fields) -> str:
    lines = [
        f'            <s:element minOccurs="{least}" maxOccurs="1" name="{field}" type="s:{kind}" />'
        for field, kind, least in fields
    ]
    return _wrapped(name, lines)


def _wrapped(name: str, lines: list[str]) -> str:
    head = f'      <s:element name="{name}">\n        <s:complexType>\n          <s:sequence>\n'
    return head + "\n".join(lines) + "\n          </s:sequence>\n        </s:complexType>\n      </s:element>"


def _empty(name: str) -> str:
    return f'      <s:element name="{name}">\n        <s:complexType />\n      </s:element>'


def _messages(name: str) -> str:
    return "\n".join(
        f'  <wsdl:message name="{name}Soap{way}">\n    <wsdl:part name="parameters" element="tns:{element}" />\n  </wsdl:message>'
        for way, element in (("In", name), ("Out", f"{name}Response"))
    )


def _port_type(kind: str, names: list[str]) -> str:
    operations = "".join(
        f'    <wsdl:operation name="{name}">\n      <wsdl:input message="tns:{name}SoapIn" />\n'
        f'      <wsdl:output message="tns:{name}SoapOut" />\n    </wsdl:operation>\n'
        for name in names
    )
    return f'  <wsdl:portType name="Service{kind}">\n{operations}  </wsdl:portType>'


def _binding(kind: str, prefix: str, names: list[str]) -> str:
    operations = "".join(
        f'    <wsdl:operation name="{name}">\n      <{prefix}:operation soapAction="{NAMESPACE}/{name}" style="document" />\n'
        f'      <wsdl:input>\n        <{prefix}:body use="literal" />\n      </wsdl:input>\n'
        f'      <wsdl:output>\n        <{prefix}:body use="literal" />\n      </wsdl:output>\n    </wsdl:operation>\n'
        for name in names
    )
    head = f'  <wsdl:binding name="Service{kind}" type="tns:ServiceSoap">\n'
    return f'{head}    <{prefix}:binding transport="http://schemas.xmlsoap.org/soap/http" />\n{operations}  </wsdl:binding>'


def _http_binding(kind: str) -> str:
    verb = kind.removeprefix("Http").upper()
    head = f'  <wsdl:binding name="Service{kind}" type="tns:Service{kind}">\n'
    return f'{head}    <http:binding verb="{verb}" />\n  </wsdl:binding>'


def _port(kind: str, prefix: str) -> str:
    address = f'      <{prefix}:address location="https://api.ongoingsystems.se/warehouse/service.asmx" />\n'
    return f'    <wsdl:port name="Service{kind}" binding="tns:Service{kind}">\n{address}    </wsdl:port>'
