"""Where a WSDL comes from: files and addresses that nobody vouches for, and a cache with a date."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from published import (
    ASMX,
    CATALOG,
    EMPTY,
    NUMBERED,
    PAYLOAD,
    WSDL,
    asmx,
    drift_of,
    in_set,
    replaced,
    written,
)

import contracts
from contracts import wsdl
from contracts.cli import main
from contracts.drifting import Site, fetching
from contracts.drifting import documents as documents_module
from contracts.resources import data_folder
from contracts.xml import MAX_BYTES


def sequence_of(count: int) -> str:
    return f"<s:sequence>{SIMPLE * count}</s:sequence>"


SIMPLE = '<s:element name="x" type="s:int"/>'
#: Each group has the next one twice.
DOUBLING = "".join(
    f'<s:group name="g{level}"><s:sequence><s:group ref="tns:g{level + 1}"/><s:group ref="tns:g{level + 1}"/></s:sequence></s:group>'
    for level in range(30)
)
DEEP_TYPES = "".join(
    f'<s:complexType name="t{level}"><s:complexContent><s:extension base="tns:t{level + 1}"/></s:complexContent></s:complexType>'
    for level in range(60)
)
#: A WSDL that cannot be read, and what is said of it.
HOSTILE = {
    "nothing": ("", "no well-formed XML"),
    "no XML": ("<html><p></html>", "no well-formed XML"),
    "a page": ("<html/>", "neither a WSDL nor a schema: its root is html"),
    "a WSDL 2.0": ('<description xmlns="http://www.w3.org/ns/wsdl"/>', "a WSDL 2.0; only WSDL 1.1 is read"),
    "a DOCTYPE": (f"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>{WSDL}", "it has a DOCTYPE, and none is read"),
    "a billion laughs": (
        "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '{'&a;' * 10}'>" for n in range(9)) + f"]>{WSDL}",
        "it has a DOCTYPE",
    ),
    "fifty thousand elements": (
        WSDL.format(PAYLOAD.format(sequence_of(50_000))), "too large, 50017 elements with 100018 attributes: at most 150000 elements",
    ),
    "more bytes than are read": (f"<a>{' ' * MAX_BYTES}</a>", f"too large, more than {MAX_BYTES} bytes"),
    "ten thousand elements in one": (
        WSDL.format(PAYLOAD.format(sequence_of(10_000))),
        "a type with more than 5000 parts",
    ),
    "elements that nest too deep": ("<a>" * 300 + "</a>" * 300, "too deep"),
    "a group of itself": (
        WSDL.format('<s:group name="g"><s:sequence><s:group ref="tns:g"/></s:sequence></s:group>' + PAYLOAD.format('<s:group ref="tns:g"/>')),
        "nest deeper than 50 levels",
    ),
    "groups that double": (WSDL.format(DOUBLING + '<s:group name="g30"/>' + PAYLOAD.format('<s:group ref="tns:g0"/>')), "more than 5000 parts"),
    "attribute groups of themselves": (
        WSDL.format('<s:attributeGroup name="g"><s:attributeGroup ref="tns:g"/></s:attributeGroup>' + PAYLOAD.format('<s:attributeGroup ref="tns:g"/>')),
        "nest deeper than 50 levels",
    ),
    "a complex type of itself": (
        WSDL.format(
            '<s:complexType name="t"><s:complexContent><s:extension base="tns:t"/></s:complexContent></s:complexType>'
            '<s:element name="SetTimeOfLastSync" type="tns:t"/>'
        ),
        "nest deeper than 50 levels",
    ),
    "a long row of bases": (
        WSDL.format(DEEP_TYPES + '<s:complexType name="t60"/><s:element name="SetTimeOfLastSync" type="tns:t0"/>'), "nest deeper than 50 levels",
    ),
    "a simple type of itself": (
        WSDL.format('<s:simpleType name="t"><s:restriction base="tns:t"/></s:simpleType><s:element name="SetTimeOfLastSync" type="tns:t"/>'),
        "types that rest on each other deeper than 50 levels",
    ),
    "a simple type of a complex one": (
        WSDL.format(
            '<s:complexType name="c"/><s:simpleType name="t"><s:restriction base="tns:c"/></s:simpleType>'
            '<s:element name="SetTimeOfLastSync" type="tns:t"/>'
        ),
        "the base 'tns:c', which is no simple type",
    ),
    "a simple type of nothing": (
        WSDL.format('<s:simpleType name="t"/><s:element name="SetTimeOfLastSync" type="tns:t"/>'), "neither a restriction nor a list nor a union",
    ),
    "an occurrence that is none": (
        WSDL.format(PAYLOAD.format('<s:sequence><s:element name="UserName" maxOccurs="many"/></s:sequence>')), "maxOccurs='many', which is no number",
    ),
    "a length that is none": (
        WSDL.format(
            '<s:simpleType name="t"><s:restriction base="s:string"><s:maxLength value="9999999999"/></s:restriction></s:simpleType>'
            '<s:element name="SetTimeOfLastSync" type="tns:t"/>'
        ),
        "a length '9999999999', which is no number of at most 9 digits",
    ),
    "a prefix that is not declared": (WSDL.format('<s:element name="SetTimeOfLastSync" type="q:t"/>'), "the prefix of 'q:t' is not declared"),
    "an element that is not declared": (WSDL.format(""), "the element {http://ongoingsystems.se/WSI}SetTimeOfLastSync is not declared"),
    "a binding without its operation": (
        WSDL.replace('<portType name="P"><operation name="SetTimeOfLastSync">', '<portType name="P"><operation name="x">').format(""),
        "the portType has no operation 'SetTimeOfLastSync', which is bound",
    ),
    "a way out": (
        WSDL.format('<s:include schemaLocation="../../outside.xsd"/>'), "../../outside.xsd: it leads out of the folder of the WSDL",
    ),
    "a way out that is spelt otherwise": (
        WSDL.format('<s:include schemaLocation="%2e%2e\\..\\outside.xsd"/>'), "it leads out of the folder of the WSDL",
    ),
    "a whole path": (WSDL.format('<s:include schemaLocation="/etc/passwd"/>'), "it leads out of the folder of the WSDL"),
    "an address": (
        WSDL.format('<s:include schemaLocation="http://127.0.0.1:1/x.xsd?token=canary-7"/>'), "http://127.0.0.1:1/x.xsd: it is an address",
    ),
    "an address of a file": (WSDL.format('<s:include schemaLocation="file:///etc/passwd"/>'), "it is an address"),
    "an address without a scheme": (WSDL.format('<s:include schemaLocation="//127.0.0.1/x.xsd"/>'), "it is an address"),
    "a file that is not there": (WSDL.format('<s:include schemaLocation="gone.xsd"/>'), "gone.xsd: there is no such file"),
    "a folder": (WSDL.format('<s:include schemaLocation="."/>'), ""),
    "a NUL in a name": (WSDL.format('<s:include schemaLocation="%00"/>'), "there is no such file"),
    "a redefinition": (WSDL.format('<s:redefine schemaLocation="x.xsd"/>'), "xs:redefine, which is not read"),
}  # fmt: skip


class TestAHostileWsdl:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_is_an_error_in_plain_words(self, name, tmp_path, capsys):
        text, said = HOSTILE[name]
        inner = tmp_path / "a" / "b"
        inner.mkdir(parents=True)
        written(tmp_path, EMPTY.format('<s:element name="SetTimeOfLastSync"/>'), "outside.xsd")
        assert main(["drift", "ongoing", "--wsdl", str(written(inner, text))]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert said in told.err
        assert "internal" not in told.err
        assert "canary" not in told.err

    def test_a_link_out_of_the_folder_is_not_followed(self, tmp_path, capsys):
        inner = tmp_path / "inner"
        inner.mkdir()
        outside = written(tmp_path, EMPTY.format('<s:element name="SetTimeOfLastSync"/>'), "outside.xsd")
        (inner / "x.xsd").symlink_to(outside)
        path = written(inner, WSDL.format('<s:include schemaLocation="x.xsd"/>'))
        assert main(["drift", "ongoing", "--wsdl", str(path)]) == 2
        assert "it leads out of the folder" in capsys.readouterr().err

    def test_imports_in_a_ring_are_read_once_each(self, tmp_path, monkeypatch):
        read = []
        parse = documents_module.parse
        monkeypatch.setattr(documents_module, "parse", lambda *given: read.append(given) or parse(*given))
        ring = EMPTY.format(
            '<s:include schemaLocation="{}"/><s:import namespace="urn:x" schemaLocation="service.wsdl"/>{}'
        )
        written(tmp_path, ring.format("b.xsd", ""), "a.xsd")
        written(tmp_path, ring.format("./a.xsd", PAYLOAD.format("")), "b.xsd")
        path = written(tmp_path, WSDL.format('<s:include schemaLocation="a.xsd"/>'))
        assert drift_of(path).operations == ("SetTimeOfLastSync",)
        assert len(read) == 3

    def test_a_schema_without_a_namespace_that_includes_itself_ends(self, tmp_path):
        text = EMPTY.replace(' targetNamespace="http://ongoingsystems.se/WSI"', "")
        written(tmp_path, text.format('<s:include schemaLocation="a.xsd"/>' + PAYLOAD.format("")), "a.xsd")
        assert drift_of(written(tmp_path, WSDL.format('<s:include schemaLocation="a.xsd"/>'))).operations

    def test_more_than_a_hundred_documents_are_refused(self, tmp_path, capsys):
        for number in range(120):
            written(tmp_path, EMPTY.format(f'<s:include schemaLocation="{number + 1}.xsd"/>'), f"{number}.xsd")
        path = written(tmp_path, WSDL.format('<s:include schemaLocation="0.xsd"/>'))
        assert main(["drift", "ongoing", "--wsdl", str(path)]) == 2
        said = capsys.readouterr().err
        assert "99.xsd: more than 100 documents or 33554432 bytes: it is number 101, with " in said

    def test_what_cannot_be_followed_and_is_not_needed_is_a_note(self, tmp_path):
        far = '<s:import namespace="urn:x" schemaLocation="http://schemas.example/x.xsd"/>'
        found = drift_of(
            written(
                tmp_path, replaced(asmx(), "<s:schema", f"<s:schema targetNamespace='urn:y'>{far}</s:schema><s:schema")
            )
        )
        assert found.new == ()
        assert "http://schemas.example/x.xsd: it is an address" in found.notes[-1]

    @pytest.mark.parametrize(("text", "said"), [
        ("<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>", "it has no SOAP binding"),
        (EMPTY.format(""), "it has no SOAP binding"),
        (WSDL.replace("SetTimeOfLastSync", "Other").format(PAYLOAD.replace("SetTimeOfLastSync", "Other").format("")), "it has none of the operations of ongoing: Set"),
    ])  # fmt: skip
    def test_one_with_nothing_of_ours_in_it_is_exit_code_3(self, text, said, tmp_path, capsys):
        assert main(["drift", "ongoing", "--wsdl", str(written(tmp_path, text))]) == 3
        assert said in capsys.readouterr().err

    @pytest.mark.parametrize(("count", "more"), [(5, 0), (8, 3)])
    def test_of_many_imports_that_cannot_be_followed_a_few_are_told(self, count, more, tmp_path):
        gone = "".join(f'<s:import schemaLocation="gone{number}.xsd"/>' for number in range(count))
        notes = drift_of(written(tmp_path, WSDL.format(gone + PAYLOAD.format("")))).notes
        assert sum("there is no such file" in note for note in notes) == 5
        assert (f"not followed: {more} more" in notes) == bool(more)
        assert any("more" in note for note in notes if note.startswith("not followed")) == bool(more)

    def test_names_with_control_characters_reach_no_terminal(self, tmp_path, capsys):
        text = in_set(asmx(), NUMBERED, NUMBERED + '<s:element name="x&#x9B;31m&#x202E;" type="s:int" />')
        assert main(["drift", "ongoing", "--wsdl", str(written(tmp_path, text))]) == 1
        told = capsys.readouterr().out
        assert "x\\x9b31m\\u202e" in told
        assert all(char.isprintable() for char in told.replace("\n", ""))


class Provider:
    """An address on loopback that counts what it is asked for, and answers with what ``pages`` has."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.slowly = lambda: None
        self.pages: dict[str, tuple[int, bytes, str | None]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                provider.slowly()
                status, body, location = provider.pages.get(self.path, (404, b"", None))
                self.send_response(status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def serves(self, path: str, text: str = "", status: int = 200, location: str | None = None) -> str:
        self.pages[path] = (status, text.encode(), location)
        return self.url + path


@pytest.fixture
def provider():
    found = Provider()
    found.thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    found.thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """A cache of this test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "soap-contracts" / "wsdl"


def aged(cache: Path, **change: object) -> None:
    """Change what the one file in the cache tells of itself."""
    (path,) = cache.iterdir()
    head, _, body = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps(json.loads(head) | change).encode() + b"\n" + body)


class TestAWsdlAtAnAddress:
    def test_is_fetched_once_and_used_for_a_day(self, provider, cache, capsys):
        url = provider.serves("/service.asmx?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        today = datetime.now(UTC).date().isoformat()
        assert f"{url}, fetched on {today}" in capsys.readouterr().out
        assert main(["drift", "ongoing", "--wsdl", url, "--format", "json"]) == 0
        told = capsys.readouterr()
        assert f"{url}: used as fetched on {today}; --refresh fetches it anew" in told.err
        assert json.loads(told.out)["fetched"] == today
        assert provider.asked == ["/service.asmx?WSDL"]
        assert main(["drift", "ongoing", "--wsdl", url, "--refresh"]) == 0
        assert len(provider.asked) == 2
        (kept,) = cache.iterdir()
        assert kept.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize("change", [
        {"fetched": (datetime.now(UTC) - timedelta(days=2)).isoformat()},
        {"fetched": (datetime.now(UTC) + timedelta(days=2)).isoformat()},
        {"fetched": "yesterday"},
        {"fetched": "2026-01-01"},
        {"address_sha256": "0" * 64},
        {"charset": 7},
    ])  # fmt: skip
    def test_is_fetched_again_where_the_cache_is_old_or_damaged(self, change, provider, cache):
        url = provider.serves("/service.asmx?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        aged(cache, **change)
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        assert len(provider.asked) == 2

    def test_is_the_old_one_where_the_provider_has_enough_of_us(self, provider, cache, capsys):
        url = provider.serves("/service.asmx?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        aged(cache, fetched="2026-01-02T03:04:05+00:00")
        provider.serves("/service.asmx?WSDL", "<html>", 503)
        capsys.readouterr()
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        told = capsys.readouterr()
        assert "answers 503, as providers do to those who poll a WSDL; used is the one of 2026-01-02" in told.err
        assert "fetched on 2026-01-02" in told.out

    @pytest.mark.parametrize(("status", "said"), [
        (503, "answers 503, as providers do to those who poll a WSDL; try it later"),
        (404, "answers 404; is that the address of the WSDL?"),
        (302, "redirects to elsewhere.example; no redirect is followed"),
    ])  # fmt: skip
    def test_that_does_not_come_is_exit_code_3(self, status, said, provider, cache, capsys):
        url = provider.serves(
            "/service.asmx?WSDL", "x", status, "https://elsewhere.example/?t=canary-1" if status == 302 else None
        )
        assert main(["drift", "ongoing", "--wsdl", url]) == 3
        told = capsys.readouterr().err
        assert said in told
        assert "canary" not in told
        assert len(provider.asked) == 1
        assert not cache.exists()

    def test_that_nobody_serves_is_exit_code_3(self, provider, capsys):
        url = provider.url
        provider.server.server_close()
        assert main(["drift", "ongoing", "--wsdl", f"{url}/service.asmx?WSDL"]) == 3
        assert "nobody listens there" in capsys.readouterr().err

    def test_that_comes_too_slowly_is_given_up_in_the_end(self, provider, monkeypatch, capsys):
        clock = SimpleNamespace(now=0.0)
        monkeypatch.setattr(fetching.time, "monotonic", lambda: clock.now)
        text = WSDL.format('<s:include schemaLocation="a.xsd"/>')
        url = provider.serves("/x?WSDL", text)
        provider.slowly = lambda: setattr(clock, "now", clock.now + 301)
        assert main(["drift", "ongoing", "--wsdl", url]) == 2
        assert "a.xsd: not asked for: what came before took too long already" in capsys.readouterr().err
        assert provider.asked == ["/x?WSDL"]

    def test_that_is_no_wsdl_is_exit_code_2(self, provider, capsys):
        assert main(["drift", "ongoing", "--wsdl", provider.serves("/x", "<html/>")]) == 2
        assert "neither a WSDL nor a schema" in capsys.readouterr().err

    @pytest.mark.parametrize("url", [
        "https://ada:canary-2@host.example/x?WSDL", "http://host.example/x?WSDL", "https://host.example/x?WSDL#canary-3",
        "https://host.example/{site}?WSDL", "ftp://host.example/x", "https://host.example/x?W SDL", "https://host.example:port/x",
    ])  # fmt: skip
    def test_that_must_not_be_asked_is_not(self, url, capsys):
        assert main(["drift", "ongoing", "--wsdl", url]) == 2
        assert "canary" not in capsys.readouterr().err

    def test_what_it_imports_is_fetched_from_the_same_host_once(self, provider, capsys):
        schema = asmx()
        inner = schema[schema.index("<s:schema") : schema.index("<s:schema targetNamespace")].replace(
            "<s:schema ", f'<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="{ASMX.NAMESPACE}" ', 1
        )
        imports = '<s:schema><s:import namespace="http://ongoingsystems.se/WSI" schemaLocation="{}"/></s:schema>'
        start, end = schema.index("<s:schema"), schema.index("<s:schema targetNamespace")
        text = (
            schema[:start]
            + imports.format("service.asmx?xsd=xsd0")
            + imports.format("/a/service.asmx?xsd=xsd0")
            + schema[end:]
        )
        provider.serves("/a/service.asmx?xsd=xsd0", inner)
        url = provider.serves("/a/service.asmx?WSDL", text)
        assert main(["drift", "ongoing", "--wsdl", url]) == 0, capsys.readouterr()
        assert provider.asked == ["/a/service.asmx?WSDL", "/a/service.asmx?xsd=xsd0"]

    def test_what_it_imports_from_elsewhere_is_not_fetched(self, provider, capsys):
        other = Provider()
        other.thread.start()
        text = WSDL.format(f'<s:include schemaLocation="{other.url}/x.xsd"/>')
        assert main(["drift", "ongoing", "--wsdl", provider.serves("/x?WSDL", text)]) == 2
        other.server.shutdown()
        other.server.server_close()
        assert other.asked == []
        assert "it is at another host, and imports are followed at the same one only" in capsys.readouterr().err

    def test_what_it_imports_from_no_address_is_told(self, provider, capsys):
        text = WSDL.format('<s:include schemaLocation="http://[127.0.0.1/x.xsd"/>')
        assert main(["drift", "ongoing", "--wsdl", provider.serves("/x?WSDL", text)]) == 2
        assert "it is no address" in capsys.readouterr().err

    def test_a_query_that_may_be_secret_is_not_told(self, provider, capsys):
        url = provider.serves("/x?key=canary-4", WSDL.format(PAYLOAD.format("")))
        assert main(["drift", "ongoing", "--wsdl", url]) == 1
        told = capsys.readouterr()
        assert "canary" not in told.out + told.err
        assert f"{provider.url}/x" in told.out

    @pytest.mark.parametrize(("service", "path"), [("ongoing", "/w/service.asmx?WSDL"), ("luminate", "/1.0/site/wsdl")])
    def test_is_found_by_the_endpoint(self, service, path, provider):
        text = wsdl.wsdl_of(CATALOG.service(service), "http://127.0.0.1/").decode()
        url = provider.serves(path, text)
        endpoint = url.removesuffix("?WSDL").removesuffix("/wsdl")
        assert main(["drift", service, "--endpoint", endpoint]) == 0
        assert provider.asked == [path]

    def test_is_not_found_by_the_endpoint_where_the_contract_does_not_say_how(self, tmp_path, capsys):
        shutil.copytree(Path(data_folder("xsd")) / "ongoing", tmp_path / "mine")
        toml = tmp_path / "mine" / "contract.toml"
        text = (
            toml.read_text(encoding="utf-8")
            .replace('name = "ongoing"', 'name = "mine"', 1)
            .replace("ongoingsystems.se/WSI", "mine.example/WSI")
        )
        toml.write_text(text[: text.index("[published]")], encoding="utf-8")
        for schema in (tmp_path / "mine").glob("*.xsd"):
            schema.write_text(
                schema.read_text(encoding="utf-8").replace("ongoingsystems.se/WSI", "mine.example/WSI"),
                encoding="utf-8",
            )
        assert (
            main(["drift", "mine", "--endpoint", "https://host.example/x", "--contracts", str(tmp_path / "mine")]) == 2
        )
        assert "the contract of mine does not say where the WSDL of an endpoint is" in capsys.readouterr().err

    @pytest.mark.parametrize(("base", "home", "folder"), [
        ("/c", "/h", "/c/soap-contracts/wsdl"),
        ("", "/h", "/h/.cache/soap-contracts/wsdl"),
        ("relative", "/h", "/h/.cache/soap-contracts/wsdl"),
        ("", "nowhere", None),
    ])  # fmt: skip
    def test_is_kept_where_the_user_keeps_such_things(self, base, home, folder, monkeypatch):
        monkeypatch.setenv("HOME", home)
        assert fetching.cache_folder({"XDG_CACHE_HOME": base}) == folder

    def test_is_fetched_each_time_where_there_is_nowhere_to_keep_it(self, provider, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        url = provider.serves("/x?WSDL", asmx())
        fetcher = fetching.Fetcher(None, say=pytest.fail)
        assert fetcher.fetch(url).body == fetcher.fetch(url).body
        assert len(provider.asked) == 2
        assert list(tmp_path.iterdir()) == []

    def test_is_compared_though_it_cannot_be_kept(self, provider, cache, capsys):
        cache.parent.parent.mkdir(exist_ok=True)
        cache.parent.write_text("a file where a folder should be")
        assert main(["drift", "ongoing", "--wsdl", provider.serves("/x?WSDL", asmx())]) == 0
        assert "the WSDL could not be kept there" in capsys.readouterr().err

    @pytest.mark.parametrize("page", ["<html><body>later</body></html>", "<html>", "", f"<!DOCTYPE x>{WSDL}"])
    def test_that_is_a_page_all_at_once_leaves_the_good_copy(self, page, provider, cache):
        url = provider.serves("/x?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        (path,) = cache.iterdir()
        before = path.read_bytes()
        provider.serves("/x?WSDL", page)
        assert main(["drift", "ongoing", "--wsdl", url, "--refresh"]) == 2
        assert path.read_bytes() == before
        assert main(["drift", "ongoing", "--wsdl", url]) == 0

    def test_that_is_a_page_is_asked_for_again(self, provider, cache):
        url = provider.serves("/x?WSDL", "<html/>")
        assert main(["drift", "ongoing", "--wsdl", url]) == 2
        assert not cache.exists()
        provider.serves("/x?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0

    def test_is_fetched_again_where_half_of_it_was_kept(self, provider, cache):
        url = provider.serves("/x?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        (path,) = cache.iterdir()
        path.write_bytes(path.read_bytes()[:-1000])
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        assert len(provider.asked) == 2

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
    def test_is_fetched_where_a_pipe_stands_in_the_cache(self, provider, cache):
        url = provider.serves("/x?WSDL", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        (path,) = cache.iterdir()
        path.unlink()
        os.mkfifo(path)
        assert drifted("--wsdl", url) == (0, "")
        assert path.is_file()

    def test_leaves_no_query_in_the_cache(self, provider, cache):
        url = provider.serves("/x?WSDL&key=canary-5", asmx())
        assert main(["drift", "ongoing", "--wsdl", url]) == 0
        (path,) = cache.iterdir()
        assert b"canary" not in path.read_bytes()

    @pytest.mark.parametrize("location", [
        "https://ada:canary-6@127.0.0.2/x", "//ada:canary-6@127.0.0.2/x", "https://ada:c/canary-6@h/x", "x.xsd#canary-6",
        "http:/ada:canary-6@127.0.0.2/x",
    ])  # fmt: skip
    def test_never_tells_the_user_of_an_import(self, location, provider, capsys):
        text = WSDL.format(f'<s:include schemaLocation="{location}"/>' + PAYLOAD.format(""))
        assert main(["drift", "ongoing", "--wsdl", provider.serves("/x?WSDL", text)]) == 1
        told = capsys.readouterr()
        assert "not followed" in told.out
        assert "canary" not in told.out + told.err

    @pytest.mark.parametrize("location", ["https://h.example:443/y", "HTTPS://H.example/y", "//h.example/y", "y"])
    def test_has_one_address_however_an_import_spells_it(self, location):
        site = Site("https://h.example/x?WSDL", fetching.Fetcher(None, say=pytest.fail))
        assert site.locate("https://h.example/x?WSDL", location) == "https://h.example/y"


def drifted(*arguments: str) -> tuple[int, str]:
    """The exit code and standard error of a process: what waits for ever is ended."""
    command = [sys.executable, "-m", "contracts", "drift", "ongoing", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(contracts.__file__).parents[1])}
    found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=environment)
    return found.returncode, found.stderr


class TestAWsdlThatIsNoFile:
    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
    def test_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        code, said = drifted("--wsdl", str(tmp_path / "pipe"))
        assert code == 2
        assert "it is no regular file" in said

    def test_is_an_error(self, tmp_path, capsys):
        assert main(["drift", "ongoing", "--wsdl", str(tmp_path)]) == 2
        assert "regular file" in capsys.readouterr().err

    def test_is_a_usage_error_where_it_is_nothing(self, capsys):
        assert main(["drift", "ongoing", "--wsdl", ""]) == 2
        said = capsys.readouterr().err
        assert "--wsdl: it is empty" in said
        assert "internal" not in said
