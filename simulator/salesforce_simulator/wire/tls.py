"""TLS for the simulated org: an authority of its own, and a certificate by it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOCAL = ("localhost", "127.0.0.1", "::1")
_AUTHORITY_DAYS, _SERVER_DAYS = 3650, 30


class Authority:
    """A certificate authority in a folder, made at first use and kept.

    Clients trust ``certificate`` once; its key is for this computer alone, and only
    the folder's owner can read it. Raises OSError when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.certificate = folder / "authority.pem"
        self._key = folder / "authority.key"
        self._folder = folder
        if not self.certificate.exists() or not self._key.exists():
            self._make()

    def context(self, *, names: Iterable[str] = ()) -> ssl.SSLContext:
        """What a server needs to be loopback, and these host names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        ours = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        hosts = sorted({*LOCAL, *names})
        alternatives = x509.SubjectAlternativeName([_general(host) for host in hosts])
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = (
            _builder("Simulated Salesforce org", days=_SERVER_DAYS)
            .issuer_name(ours.subject)
            .public_key(key.public_key())
            .add_extension(alternatives, critical=False)
            .add_extension(purpose, critical=False)
            .add_extension(_authority_of(ours), critical=False)
        )
        made = builder.sign(self._signer(), hashes.SHA256())
        path = self._folder / "server.pem"
        _write(path, _pem(key) + made.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = "Salesforce simulator authority"
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        made = (
            _builder(name, days=_AUTHORITY_DAYS)
            .issuer_name(_name(name))
            .public_key(key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
            .sign(key, hashes.SHA256())
        )
        _write(self._key, _pem(key))
        self.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def _signer(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self._key.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise OSError(f"{self._key} is not the authority's key; remove it.")
        return key


def _builder(name: str, *, days: int) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _authority_of(certificate: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(found.value)


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, data: bytes) -> None:
    """Write a secret that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(data)
