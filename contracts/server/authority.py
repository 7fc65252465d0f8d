"""A certificate authority made on the spot, with trustme, and what clients in several languages need to trust it."""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import tempfile
import warnings
from typing import TYPE_CHECKING, Final, NamedTuple

try:
    import trustme
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import PrivateFormat
    from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, PKCS12Certificate, serialize_java_truststore
    from cryptography.utils import CryptographyDeprecationWarning
except ImportError:
    # Also where cryptography is older than its trust stores for Java.
    raise ImportError("TLS needs trustme and cryptography: pip install 'soap-contracts[tls]'") from None

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Python's ssl, OpenSSL and so PHP's streams, curl, httpx; requests and so zeep; curl and requests. Each of them takes
#: the place of all that the client trusts.
_REPLACING: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
#: What Node trusts besides what it brings along.
_ADDING: Final = "NODE_EXTRA_CA_CERTS"
_FOLDERS: Final = "SSL_CERT_DIR"
_JAVA: Final = "JAVA_TOOL_OPTIONS"
#: Java's own for its list of CAs. Nothing in a trust store is secret.
_PASSWORD: Final = "changeit"  # noqa: S105 - as above
_CERTIFICATE: Final = re.compile(rb"-----BEGIN ((?:X509 )?CERTIFICATE)-----.*?-----END \1-----", re.DOTALL)
#: The names by which OpenSSL finds the certificates of a folder; the files that they stand for are in it as well.
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.\d+")


class Authority(NamedTuple):
    """What is there while the stub runs: paths of files, and the context that presents the stub's certificate.

    ``ca`` is our CA alone. ``bundle``, in PEM, and ``truststore``, PKCS #12 for Java, have it together with the CAs of
    the system and those that the environment names.
    """

    ca: str
    bundle: str
    truststore: str
    context: ssl.SSLContext

    def environment(self) -> dict[str, str]:
        """The variables by which a client trusts our CA, and goes on to trust what it did."""
        found = dict.fromkeys(_REPLACING, self.bundle)
        found[_ADDING] = self.bundle if os.environ.get(_ADDING) else self.ca
        # Quoted, because Java takes a blank for the end of an option.
        options = f"""-Djavax.net.ssl.trustStore='{self.truststore}' -Djavax.net.ssl.trustStoreType=PKCS12 \
-Djavax.net.ssl.trustStorePassword={_PASSWORD}"""
        found[_JAVA] = f"{os.environ.get(_JAVA, '')} {options}".lstrip()
        return found


@contextlib.contextmanager
def made_for(names: Iterable[str]) -> Iterator[Authority]:
    """An authority, and a certificate for a server with these ``names``, host names and IP addresses.

    Its files are in a folder that nobody else may enter, and go with it. The key of the CA never leaves this process;
    that of the server is in a file, which nobody else may read, for the moment in which OpenSSL reads it.
    """
    made = trustme.CA(organization_name="soap-contracts", organization_unit_name="CA of a stub", path_length=0)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*names, organization_name="soap-contracts", organization_unit_name="stub").configure_cert(context)
    ours = made.cert_pem.bytes()
    trusted = [ours, *_usable(dict.fromkeys(_known()))]
    with tempfile.TemporaryDirectory(prefix="soap-contracts-") as folder:
        yield Authority(
            _written(folder, "ca.pem", ours),
            _written(folder, "bundle.pem", b"".join(trusted)),
            _written(folder, "truststore.p12", _truststore(trusted)),
            context,
        )


def _written(folder: str, name: str, data: bytes) -> str:
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def _known() -> Iterator[bytes]:
    """What clients trust already: the system's CAs, and those of the variables that we are about to change."""
    # On Windows the system's are in no file.
    for certificate in ssl.create_default_context().get_ca_certs(binary_form=True):
        yield _plain(ssl.DER_cert_to_PEM_cert(certificate).encode())
    paths = ssl.get_default_verify_paths()
    named = [os.environ.get(name, "") for name in (*_REPLACING, _ADDING)]
    for place in (paths.openssl_cafile, paths.openssl_capath, *os.environ.get(_FOLDERS, "").split(os.pathsep), *named):
        for path in _files(place):
            yield from _certificates(path)


def _files(place: str) -> list[str]:
    """``place``, or the files of certificates in it where it is a folder; none where it is neither, or not ours."""
    if os.path.isfile(place):
        return [place]
    with contextlib.suppress(OSError):
        return [os.path.join(place, name) for name in sorted(os.listdir(place)) if _HASHED.fullmatch(name)]
    return []


def _certificates(path: str) -> Iterator[bytes]:
    """The certificates in a file, and not a key that somebody keeps beside them."""
    # A client cannot read the file either.
    with contextlib.suppress(OSError), open(path, "rb") as file:
        for found in _CERTIFICATE.finditer(file.read()):
            yield _plain(found[0])


def _usable(known: Iterable[bytes]) -> Iterator[bytes]:
    """Those that OpenSSL takes. At one that it does not, it would stop reading the bundle."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for pem in known:
        with contextlib.suppress(ssl.SSLError, UnicodeDecodeError):
            context.load_verify_locations(cadata=pem.decode("ascii"))
            yield pem


def _plain(pem: bytes) -> bytes:
    return b"".join(line.strip() + b"\n" for line in pem.splitlines())


def _truststore(trusted: Iterable[bytes]) -> bytes:
    # What Java of any age reads: PBES2 it has learnt late, and there is no secret to keep.
    form = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 - as above
        .build(_PASSWORD.encode())
    )
    entries = [PKCS12Certificate(found, f"{number}".encode()) for number, found in enumerate(_parsed(trusted))]
    return serialize_java_truststore(entries, form)


def _parsed(trusted: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """The certificates of these texts, without those that are too odd for the library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for pem in trusted:
            with contextlib.suppress(ValueError):
                yield x509.load_pem_x509_certificate(pem)
