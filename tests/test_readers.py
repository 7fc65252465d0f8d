"""Files, folders and raw HTTP messages -> Message values, or an error that names file and line."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import threading
import tracemalloc
import zlib
from pathlib import Path

import pytest

from contracts.messages import Message
from contracts.readers import Unreadable, read
from contracts.readers.raw import MAX_READ
from contracts.xml.documents import MAX_BYTES

ENVELOPE = b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">\n <soap:Body/>\n</soap:Envelope>'


def request(*fields: bytes, body: bytes = ENVELOPE, start: bytes = b"POST /x HTTP/1.1") -> bytes:
    return b"\r\n".join([start, *fields, b"", body])


def chunked(*chunks: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    return framed + b"0\r\n" + trailer + b"\r\n"


def remove_nested(root, depth: int) -> None:
    """Remove folders that nest too deep for shutil.rmtree."""
    os.chdir(root)
    for _ in range(depth):
        os.chdir("d")
    Path("x.xml").unlink()
    for _ in range(depth):
        os.chdir("..")
        Path("d").rmdir()


@pytest.fixture
def read_one(tmp_path):
    def read_bytes(data: bytes, name: str = "message.http"):
        path = tmp_path / name
        path.write_bytes(data)
        (found,) = read([path])
        return found

    return read_bytes


class TestRawHttp:
    def test_a_request_keeps_its_start_line_and_its_header_fields_as_sent(self, read_one):
        found = read_one(
            request(b"Host: h", b'Soapaction:  "a b"\t', b"content-TYPE:text/xml", b"X-Twice: 1", b"x-twice: 2")
        )
        assert found.kind == "request"
        assert (found.method, found.url, found.status) == ("POST", "/x", None)
        assert found.headers == (
            ("Host", "h"),
            ("Soapaction", '"a b"'),
            ("content-TYPE", "text/xml"),
            ("X-Twice", "1"),
            ("x-twice", "2"),
        )
        assert found.body == ENVELOPE

    def test_a_response_gives_its_status(self, read_one):
        found = read_one(request(b"Content-Type: text/xml", start=b"HTTP/1.1 500 Internal Server Error"))
        assert (found.kind, found.status, found.method, found.url) == ("response", 500, None, None)

    @pytest.mark.parametrize(
        "start",
        [
            b"POST http://127.0.0.1:8080/service.asmx HTTP/1.1",
            b"POST / HTTP/1.0",
            b"POST /a?b=c HTTP/2",
            b"M-SEARCH * HTTP/1.1",
            b"HTTP/1.0 200",
            b"HTTP/1.1 200 ",
            b"HTTP/2 200",
            b"HTTP/1.1 200 Alles \xfcber",
        ],
    )
    def test_start_lines_of_every_form_are_taken(self, read_one, start):
        assert read_one(request(b"A: b", start=start)).body == ENVELOPE

    def test_lines_may_end_in_a_line_feed_alone(self, read_one):
        found = read_one(request(b"A: b", b"C: d").replace(b"\r\n", b"\n"))
        assert found.headers == (("A", "b"), ("C", "d"))
        assert found.body == ENVELOPE

    def test_lines_are_counted_in_the_file(self, read_one):
        found = read_one(b"\r\n" + request(b"A: b", b"Folded: one", b"\t two", b"C: d"))
        assert found.header_lines == (3, 4, 6)
        assert found.first_line == 8

    def test_a_folded_field_is_one_value(self, read_one):
        found = read_one(request(b"Folded: one", b"   two", b"\tthree", b"A:", b" b"))
        assert found.headers == (("Folded", "one two three"), ("A", "b"))

    def test_a_body_that_looks_like_a_header_stays_whole(self, read_one):
        assert read_one(request(b"A: b", body=b"\r\nB: c\r\n\r\n")).body == b"\r\nB: c\r\n\r\n"

    def test_content_length_is_kept_and_not_followed(self, read_one):
        found = read_one(request(b"Content-Length: 3"))
        assert found.header("content-length") == "3"
        assert found.body == ENVELOPE

    def test_a_message_may_end_with_its_header(self, read_one):
        found = read_one(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n")
        assert (found.status, found.headers, found.body) == (202, (("Content-Length", "0"),), b"")

    def test_a_start_line_may_stand_alone(self, read_one):
        assert read_one(b"HTTP/1.1 204 No Content\r\n\r\n").headers == ()

    def test_an_interim_response_is_passed_over(self, read_one):
        final = request(b"A: b", start=b"HTTP/1.1 200 OK")
        found = read_one(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + final)
        assert (found.status, found.headers, found.first_line) == (200, (("A", "b"),), 9)

    def test_a_byte_order_mark_of_an_editor_is_not_part_of_the_start_line(self, read_one):
        assert read_one(b"\xef\xbb\xbf" + request()).method == "POST"

    def test_bytes_above_ascii_in_a_header_are_kept(self, read_one):
        assert read_one(request(b"X: \xe5\xff")).header("x") == "\xe5\xff"


class TestCodings:
    def test_chunks_are_joined_over_extensions_and_trailers(self, read_one):
        body = chunked(ENVELOPE[:10], ENVELOPE[10:], extension=b' ;name="v;1"', trailer=b"X-Sum: 1\r\n")
        found = read_one(request(b"transfer-encoding: Chunked", body=body))
        assert found.body == ENVELOPE
        assert found.first_line == 1
        assert found.header("Transfer-Encoding") == "Chunked"

    @pytest.mark.parametrize("size", [b"5B", b"5b", b"005b", b"5b  "])
    def test_chunk_sizes_are_hexadecimal(self, read_one, size):
        body = size + b"\r\n" + ENVELOPE[:0x5B] + b"\r\n0\r\n\r\n"
        assert read_one(request(b"Transfer-Encoding: chunked", body=body)).body == ENVELOPE[:0x5B]

    @pytest.mark.parametrize(
        ("coding", "pack"),
        [
            (b"gzip", gzip.compress),
            (b"x-gzip", gzip.compress),
            (b"GZIP", gzip.compress),
            (b"deflate", zlib.compress),
            (b"deflate", lambda data: zlib.compress(data, wbits=-15)),
            (b"identity", bytes),
            (b"gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
            (b"deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        ],
    )
    def test_content_codings_are_undone(self, read_one, coding, pack):
        found = read_one(request(b"Content-Encoding: " + coding, body=pack(ENVELOPE)))
        assert found.body == ENVELOPE
        assert found.header("Content-Encoding") == coding.decode()

    def test_a_compressed_body_may_be_chunked(self, read_one):
        packed = gzip.compress(ENVELOPE)
        fields = (b"Content-Encoding: gzip", b"Transfer-Encoding: chunked")
        assert read_one(request(*fields, body=chunked(packed[:7], packed[7:]))).body == ENVELOPE

    def test_a_transfer_coding_may_stand_before_chunked(self, read_one):
        found = read_one(request(b"Transfer-Encoding: gzip, chunked", body=chunked(gzip.compress(ENVELOPE))))
        assert found.body == ENVELOPE

    def test_an_answer_to_head_has_codings_and_no_body(self, read_one):
        found = read_one(
            request(b"Content-Encoding: gzip", b"Transfer-Encoding: chunked", body=b"", start=b"HTTP/1.1 200 OK")
        )
        assert found.body == b""


class TestBrokenHttp:
    @pytest.mark.parametrize(
        ("data", "line", "says"),
        [
            (b"", 1, "empty"),
            (b"hello\r\n\r\n", 1, "neither a request line"),
            (b"POST /x\r\n\r\n", 1, "neither a request line"),
            (b"POST /a b HTTP/1.1\r\n\r\n", 1, "neither a request line"),
            (b"HTTP/1.1 20 OK\r\n\r\n", 1, "nor a status line"),
            (b"\r\n\r\nnonsense\r\n\r\n", 3, "neither a request line"),
            (ENVELOPE, 1, "named .xml"),
            (request(b"A: b", b"no colon here"), 3, "neither a header field nor the blank line"),
            (request(b"A : b"), 2, "neither a header field"),
            (request(b": b"), 2, "neither a header field"),
            (b"POST /x HTTP/1.1\r\n folded\r\n\r\n", 2, "neither a header field"),
            (b"POST /x HTTP/1.1\r\nA: b\r\n" + ENVELOPE, 3, "neither a header field nor the blank line"),
            (request(b"Transfer-Encoding: chunked", body=b"xyz\r\n"), 4, "hexadecimal"),
            (request(b"Transfer-Encoding: chunked", body=b"-5\r\nhello\r\n0\r\n\r\n"), 4, "hexadecimal"),
            (request(b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n"), 6, "hexadecimal"),
            (request(b"Transfer-Encoding: chunked", body=b"5\r\nhel"), 5, "ends within this chunk"),
            (request(b"Transfer-Encoding: chunked", body=b"ffffffffffffffff\r\nhel"), 5, "ends within this chunk"),
            (
                request(b"Transfer-Encoding: chunked", body=b"3\r\nhello\r\n0\r\n\r\n"),
                5,
                "not as long as its size says",
            ),
            (
                request(b"Transfer-Encoding: chunked", body=b"0\r\n\r\nPOST /x HTTP/1.1\r\n"),
                5,
                "after the last chunk|follow the last chunk",
            ),
            (request(b"Transfer-Encoding: chunked"), 4, "saved decoded"),
            (request(b"Content-Encoding: gzip"), 4, "saved decoded"),
            (request(b"Content-Encoding: gzip", body=gzip.compress(ENVELOPE)[:-9]), 4, "ends too early"),
            (request(b"Content-Encoding: gzip", body=gzip.compress(ENVELOPE) + b"more"), 4, "not gzip"),
            (request(b"Content-Encoding: gzip", body=b"\x1f\x8bnonsense"), 4, "not gzip"),
            (request(b"Content-Encoding: gzip", body=gzip.compress(b"") * 100), 4, "more than 64 parts"),
            (request(b"Content-Encoding: deflate", body=zlib.compress(ENVELOPE) + b"more"), 4, "more bytes follow"),
            (request(b"Content-Encoding: br", body=b"\x8b\x02\x80abc"), 4, "'br' cannot be undone"),
            (request(b"A: " + b"x" * 70_000), 1, "no blank line"),
        ],
    )
    def test_a_broken_message_is_an_error_that_names_its_line(self, read_one, tmp_path, data, line, says):
        found = read_one(data)
        assert isinstance(found, Unreadable)
        assert found.source == str(tmp_path / "message.http")
        assert found.message.startswith(f"line {line}: ")
        assert any(part in found.message for part in says.split("|"))

    def test_an_error_quotes_nothing_of_the_file(self, read_one):
        for data in (
            b"POST /?Password=canary\r\n\r\n",
            request(b"Password canary"),
            request(b"Transfer-Encoding: chunked", body=b"canary\r\n"),
        ):
            assert "canary" not in read_one(data).message

    @pytest.mark.parametrize("seed", range(40))
    def test_binary_junk_never_raises(self, read_one, seed):
        junk = zlib.compress(bytes([seed]) * 500) * 20
        for name in ("junk.http", "junk.xml", "junk", "junk.request.http", "junk.response.xml"):
            assert isinstance(read_one(junk, name), Message | Unreadable)
        for fields in ((b"Transfer-Encoding: chunked",), (b"Content-Encoding: gzip",), (b"Content-Encoding: deflate",)):
            assert isinstance(read_one(request(*fields, body=junk[seed:])), Unreadable)


class TestLimits:
    def test_an_envelope_over_the_limit_is_cut_one_byte_behind_it(self, read_one):
        assert len(read_one(b"<" * (MAX_BYTES + 100), "big.xml").body) == MAX_BYTES + 1
        assert len(read_one(b"<" * MAX_BYTES, "big.xml").body) == MAX_BYTES

    def test_a_body_over_the_limit_is_cut_one_byte_behind_it(self, read_one):
        assert len(read_one(request(b"A: b", body=b"x" * (MAX_READ + 100))).body) == MAX_BYTES + 1

    def test_chunks_over_the_limit_are_cut_one_byte_behind_it(self, read_one):
        body = chunked(*[b"x" * 1_000_000] * 13)
        assert len(read_one(request(b"Transfer-Encoding: chunked", body=body)).body) == MAX_BYTES + 1

    def test_a_huge_file_of_tiny_chunks_is_called_too_large(self, read_one):
        body = b"1\r\nx\r\n" * (MAX_READ // 6 + 1)
        found = read_one(request(b"Transfer-Encoding: chunked", body=body))
        assert found.message == f"larger than the {MAX_READ} bytes that are read of a file"

    @pytest.mark.parametrize(("coding", "wbits"), [(b"gzip", 31), (b"deflate", 15), (b"deflate", -15)])
    def test_a_bomb_does_not_go_off(self, read_one, coding, wbits):
        packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
        bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(500)) + packer.flush()
        tracemalloc.start()
        found = read_one(request(b"Content-Encoding: " + coding, body=bomb))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(found.body) == MAX_BYTES + 1
        assert peak < 5 * MAX_BYTES


class TestKinds:
    def test_an_envelope_alone_has_no_headers_and_no_kind(self, read_one):
        found = read_one(ENVELOPE, "a.xml")
        assert (found.body, found.headers, found.kind, found.first_line) == (ENVELOPE, None, None, 1)

    @pytest.mark.parametrize(
        ("name", "kind"), [("a.request.xml", "request"), ("a.Response.XML", "response"), ("request.xml", None)]
    )
    def test_the_name_of_an_envelope_may_tell_its_kind(self, read_one, name, kind):
        assert read_one(ENVELOPE, name).kind == kind

    @pytest.mark.parametrize(
        "data",
        [
            ENVELOPE,
            b"\xef\xbb\xbf" + ENVELOPE,
            b"\n\t " + ENVELOPE,
            ENVELOPE.decode().encode("utf-16"),
            b"&lt;soap:Envelope",
        ],
    )
    def test_xml_under_another_suffix_is_known_by_its_start(self, read_one, data):
        found = read_one(data, "captured.txt")
        assert (found.body, found.headers) == (data, None)

    def test_http_under_another_suffix_is_known_by_its_start_line(self, read_one):
        assert read_one(request(b"A: b"), "captured.txt").headers == (("A", "b"),)

    def test_anything_else_is_an_error(self, read_one):
        assert (
            read_one(b"Dear all,\n", "captured.txt").message
            == "line 1: no HTTP message, no XML, no HAR and no vcrpy cassette"
        )
        assert read_one(b"", "captured.txt").message == "line 1: there is nothing in it"


class TestPairs:
    def test_a_response_gets_the_request_beside_it(self, tmp_path):
        (tmp_path / "a.request.http").write_bytes(request(b"A: b"))
        (tmp_path / "a.response.http").write_bytes(request(start=b"HTTP/1.1 200 OK"))
        first, second = read([tmp_path])
        assert (first.kind, first.request) == ("request", None)
        assert second.request is first

    def test_a_request_is_found_when_only_the_response_is_named(self, tmp_path):
        (tmp_path / "a.request.xml").write_bytes(ENVELOPE)
        (tmp_path / "a.response.http").write_bytes(request(start=b"HTTP/1.1 200 OK"))
        (found,) = read([tmp_path / "a.response.http"])
        assert found.request.body == ENVELOPE
        assert found.request.kind == "request"

    def test_the_request_of_the_same_suffix_is_preferred(self, tmp_path):
        (tmp_path / "a.request.xml").write_bytes(b"<xml/>")
        (tmp_path / "a.request.http").write_bytes(request(body=b"<http/>"))
        (tmp_path / "a.response.xml").write_bytes(b"<r/>")
        assert [found.request.body for found in read([tmp_path]) if found.kind == "response"] == [b"<xml/>"]

    def test_a_response_without_a_readable_request_stands_alone(self, tmp_path):
        (tmp_path / "a.request.http").write_bytes(b"junk")
        (tmp_path / "a.response.xml").write_bytes(ENVELOPE)
        (tmp_path / "b.response.xml").write_bytes(ENVELOPE)
        broken, first, second = read([tmp_path])
        assert isinstance(broken, Unreadable)
        assert (first.request, second.request) == (None, None)

    def test_a_request_of_another_folder_is_not_taken(self, tmp_path):
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        (tmp_path / "one" / "a.request.xml").write_bytes(ENVELOPE)
        (tmp_path / "two" / "a.response.xml").write_bytes(ENVELOPE)
        assert [found.request for found in read([tmp_path])] == [None, None]


class TestFolders:
    def test_a_folder_gives_its_xml_and_http_files_in_order(self, tmp_path):
        for name in (
            "b/2.xml",
            "b/10.http",
            "a.XML",
            "c.http",
            "notes.txt",
            "b/deep/er/x.xml",
            "no-suffix",
            ".hidden/y.xml",
        ):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(request() if name.endswith("http") else ENVELOPE)
        found = [str(Path(message.source).relative_to(tmp_path)) for message in read([str(tmp_path)])]
        assert found == [".hidden/y.xml", "a.XML", "b/10.http", "b/2.xml", "b/deep/er/x.xml", "c.http"]

    def test_an_empty_folder_gives_nothing(self, tmp_path):
        assert list(read([tmp_path])) == []

    def test_a_missing_path_is_an_error_and_the_rest_is_read(self, tmp_path):
        (tmp_path / "a.xml").write_bytes(ENVELOPE)
        missing, found = read([tmp_path / "missing.xml", tmp_path / "a.xml"])
        assert missing == Unreadable(str(tmp_path / "missing.xml"), "cannot be read: No such file or directory")
        assert found.body == ENVELOPE

    def test_dangling_and_circular_links_are_errors(self, tmp_path):
        (tmp_path / "dangling.xml").symlink_to(tmp_path / "nowhere")
        (tmp_path / "self.http").symlink_to(tmp_path / "self.http")
        messages = {Path(found.source).name: found.message for found in read([tmp_path])}
        assert messages["dangling.xml"] == "cannot be read: No such file or directory"
        assert messages["self.http"] == "cannot be read: Too many levels of symbolic links"

    def test_a_link_to_a_folder_is_followed_once(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "a.xml").write_bytes(ENVELOPE)
        (tmp_path / "real" / "up").symlink_to(tmp_path)
        (tmp_path / "also").symlink_to(tmp_path / "real")
        assert len(list(read([tmp_path]))) == 1

    def test_a_pipe_in_a_folder_is_an_error_and_does_not_hang(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.xml")
        (found,) = read([tmp_path])
        assert found.message == "not a regular file"

    def test_a_pipe_that_is_named_is_read(self):
        reading, writing = os.pipe()
        writer = threading.Thread(target=lambda: (os.write(writing, request(b"A: b")), os.close(writing)))
        writer.start()
        (found,) = read([f"/dev/fd/{reading}"])
        writer.join()
        os.close(reading)
        assert found.headers == (("A", "b"),)

    def test_a_folder_named_like_a_file_is_a_folder(self, tmp_path):
        (tmp_path / "a.xml").mkdir()
        (tmp_path / "a.xml" / "b.xml").write_bytes(ENVELOPE)
        assert [message.body for message in read([tmp_path])] == [ENVELOPE]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_what_may_not_be_read_is_an_error(self, tmp_path):
        (tmp_path / "a.xml").write_bytes(ENVELOPE)
        (tmp_path / "a.xml").chmod(0)
        (tmp_path / "closed").mkdir(mode=0)
        assert [found.message for found in read([tmp_path])] == ["cannot be read: Permission denied"] * 2

    def test_folders_may_nest_deeper_than_calls(self, tmp_path):
        before, depth = Path.cwd(), 1200
        os.chdir(tmp_path)
        try:
            for _ in range(depth):
                Path("d").mkdir()
                os.chdir("d")
            Path("x.xml").write_bytes(ENVELOPE)
            os.chdir(tmp_path)
            (found,) = read(["."])
        finally:
            remove_nested(tmp_path, depth)
            os.chdir(before)
        assert found.source.endswith("/d/x.xml")

    def test_a_name_that_is_no_text_is_kept(self, tmp_path):
        (tmp_path / "\udcff.xml").write_bytes(ENVELOPE)
        (found,) = read([tmp_path])
        assert found.source.endswith("/\udcff.xml")

    def test_a_path_that_cannot_exist_is_an_error(self):
        (found,) = read(["a\0b"])
        assert found == Unreadable("a\0b", "cannot be read: ValueError")

    def test_reading_is_lazy(self, tmp_path):
        (tmp_path / "a.xml").write_bytes(ENVELOPE)
        messages = read([tmp_path / "a.xml", tmp_path / "b.xml"])
        assert isinstance(next(messages), Message)
        (tmp_path / "b.xml").write_bytes(ENVELOPE)
        assert isinstance(next(messages), Message)


class TestStandardInput:
    @pytest.mark.parametrize(("data", "kind"), [(ENVELOPE, None), (request(b"A: b"), "request")])
    def test_it_may_hold_an_envelope_or_an_http_message(self, monkeypatch, data, kind):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        (found,) = read(["-"])
        assert (found.source, found.kind, found.body) == ("<stdin>", kind, ENVELOPE)

    def test_it_may_be_empty_or_closed(self):
        code = "import sys; from contracts.readers import read; print(*read(['-']))"
        empty = subprocess.run(
            [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        )
        closed = subprocess.run(
            ["sh", "-c", 'exec "$0" -c "$1" <&-', sys.executable, code], capture_output=True, text=True, check=True
        )
        assert "there is nothing in it" in empty.stdout
        assert "cannot be read" in closed.stdout
