"""XML Schema engines, as many as are here: each says "valid", "invalid", or the exception that it died of."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

import xmlschema
from lxml import etree
from xmlschema.exceptions import XMLResourceParseError

if TYPE_CHECKING:
    from collections.abc import Sequence

JUDGE = Path(__file__).with_name("Judge.java")
#: The quick compiler alone and no threads for the garbage: a short program does not earn back what more would cost.
BRIEFLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class Engine(Protocol):
    """``family`` is the implementation, ``title`` names it and its version."""

    family: str
    title: str
    version: tuple[int, ...]

    def verdict(self, schema: Path, document: Path) -> str: ...


class Lxml:
    """The libxml2 inside lxml, without what `check` does around it."""

    family = "libxml2"
    version = etree.LIBXML_VERSION
    title = f"libxml2 {'.'.join(map(str, version))} in lxml {etree.LXML_VERSION[0]}.{etree.LXML_VERSION[1]}"
    _parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

    def __init__(self) -> None:
        self._schema = cache(lambda path: etree.XMLSchema(file=str(path)))

    def verdict(self, schema: Path, document: Path) -> str:
        try:
            tree = etree.parse(document, self._parser)
        except etree.XMLSyntaxError:
            return "invalid"
        return "valid" if self._schema(schema).validate(tree) else "invalid"


class Xmllint:
    """The distribution's libxml2, which is often much older."""

    family = "libxml2"
    #: What its manual calls "validation error" and, for a document that does not parse, "unclassified".
    _refusals: ClassVar = {1: "invalid", 3: "invalid", 4: "invalid", 0: "valid"}

    def __init__(self, command: str) -> None:
        self._command = command
        said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stderr
        number = said.split("libxml version ")[1].split()[0].partition("-")[0]
        self.version = (int(number[:-4]), int(number[-4:-2]), int(number[-2:]))
        self.title = f"xmllint {'.'.join(map(str, self.version))}"

    def verdict(self, schema: Path, document: Path) -> str:
        command = [self._command, "--noout", "--nonet", "--schema", str(schema), str(document)]
        code = subprocess.run(command, capture_output=True, check=False).returncode
        return self._refusals.get(code, f"exit code {code}")


class Xmlschema:
    """The pure Python engine. Its own limits end in exceptions."""

    family = "xmlschema"
    version = tuple(int(part) for part in xmlschema.__version__.split(".")[:2])
    title = f"xmlschema {xmlschema.__version__}"

    def __init__(self) -> None:
        self._schema = cache(lambda path: xmlschema.XMLSchema10(str(path), allow="local"))

    def verdict(self, schema: Path, document: Path) -> str:
        compiled = self._schema(schema)
        try:
            return "valid" if compiled.is_valid(str(document), use_location_hints=False) else "invalid"
        except XMLResourceParseError:
            return "invalid"
        except Exception as error:  # noqa: BLE001 - how it fails is what the table records
            return type(error).__name__


class Xerces:
    """The JDK's `javax.xml.validation`, in one process for all documents."""

    family = "Xerces"

    def __init__(self, command: str) -> None:
        self._command = command
        said = subprocess.run([command, "-version"], capture_output=True, text=True, check=True).stderr
        self.title = f"Xerces of JDK {said.split(chr(34))[1]}"
        self.version = tuple(int(part) for part in said.split('"')[1].split(".") if part.isdigit())
        self._process: subprocess.Popen[str] | None = None

    def verdict(self, schema: Path, document: Path) -> str:
        answer = self._ask(f"{schema}\t{document}")
        assert answer, "the Java process has ended"
        return answer.partition(" ")[0]

    def _ask(self, line: str) -> str:
        if self._process is None:
            command = [self._command, *BRIEFLY, str(JUDGE)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
            self._read()
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None


@cache
def engines() -> Sequence[Engine]:
    """Every engine of this machine. Xerces needs a JDK, because a JRE cannot run `Judge.java` from its source."""
    found: list[Engine] = [Lxml(), Xmlschema()]
    if xmllint := shutil.which("xmllint"):
        found.append(Xmllint(xmllint))
    if (java := shutil.which("java")) and shutil.which("javac"):
        found.append(Xerces(java))
    return tuple(found)


def close() -> None:
    """End the processes that engines have started."""
    for engine in engines():
        if isinstance(engine, Xerces):
            engine.close()
