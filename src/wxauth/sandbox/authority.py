"""Who says that the sandbox is WeChat: a certificate authority of its own, which can speak for no other host."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wxauth.sandbox.clock import Clock

HOSTS = (
    "api.weixin.qq.com",
    "open.weixin.qq.com",
    "mp.weixin.qq.com",
    "lp.open.weixin.qq.com",
    "res.wx.qq.com",
    "long.open.weixin.qq.com",
    "qyapi.weixin.qq.com",
    "login.work.weixin.qq.com",
    "open.work.weixin.qq.com",
    "localhost",
    "127.0.0.1",
    "::1",
)
"""What every sandbox speaks for: WeChat's names and this machine."""
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 397
"""The longest that browsers take."""
EARLIER_DAYS = 1
"""Certificates hold from a day ago, for machines whose clocks are behind."""

MAY_SIGN, MAY_SERVE = "key_cert_sign", "digital_signature"
USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority whose key stays in memory, or in a file that its owner alone can read.

    Attributes:
        certificate: its own, which clients trust.
        key: signs.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def new(cls, hosts: tuple[str, ...]) -> Authority:
        """Make one that can speak for these hosts and no other, whatever it is talked into signing.

        Args:
            hosts: names and addresses.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"wxauth sandbox {token_hex(4)}")])
        building = (
            _building(key, days=AUTHORITY_DAYS, subject=name, issuer=name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(MAY_SIGN), critical=True)
            .add_extension(x509.NameConstraints(_subtrees(hosts), None), critical=True)
        )
        return cls(certificate=building.sign(key, SHA256()), key=key)

    @classmethod
    def kept(cls, path: Path, hosts: tuple[str, ...]) -> Authority:
        """The one in a file, which is written first when it is not there, readable by its owner alone.

        Args:
            path: key and certificate as PEM.
            hosts: what it has to speak for.

        Raises:
            ValueError: the file is something else, open to others, about to expire, or made for other hosts.
            OSError: it cannot be read or written.
        """
        if not path.exists():
            made = cls.new(hosts)
            _write(path, _key_pem(made.key, NoEncryption()) + made.pem.encode("ascii"))
            return made
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ValueError(f"others can read {path}, and it holds a private key: chmod 600 {path}")
        try:
            found = cls._read(path.read_bytes())
            allowed = found.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        except (ValueError, TypeError, x509.ExtensionNotFound):
            raise ValueError(f"{path} holds no authority of a sandbox; name a file that is not there yet") from None
        if found.certificate.not_valid_after_utc < _now() + timedelta(days=CERTIFICATE_DAYS):
            raise ValueError(f"the authority in {path} runs out; delete the file, and the next start makes another")
        if not set(_subtrees(hosts)) <= set(allowed.permitted_subtrees or ()):
            raise ValueError(f"the authority in {path} was made for other hosts; name another file")
        return found

    @property
    def pem(self) -> str:
        """What clients trust: the certificate without the key."""
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")

    def context(self, hosts: tuple[str, ...]) -> ssl.SSLContext:
        """What a server of these hosts shows, with a key that is made here and kept nowhere.

        Args:
            hosts: names and addresses.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "wxauth sandbox")])
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        shown = (
            _building(key, days=CERTIFICATE_DAYS, subject=subject, issuer=self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(MAY_SERVE), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(names, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, SHA256())
        )
        return _context(key, shown)

    @classmethod
    def _read(cls, text: bytes) -> Authority:
        key, certificate = load_pem_private_key(text, None), x509.load_pem_x509_certificate(text)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key is not that of the certificate")
        return cls(certificate=certificate, key=key)


def hosts_of(*more: str | None) -> tuple[str, ...]:
    """HOSTS, and what else a sandbox is reached as; each once."""
    return tuple(dict.fromkeys([*HOSTS, *(host.lower() for host in more if host)]))


def _now() -> datetime:
    """The real time: clients compare certificates with theirs, whatever the clock of a world shows."""
    return datetime.fromtimestamp(int(Clock().now()), UTC)


def _building(
    key: ec.EllipticCurvePrivateKey, *, days: int, subject: x509.Name, issuer: x509.Name
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - timedelta(days=EARLIER_DAYS))
        .not_valid_after(_now() + timedelta(days=days - EARLIER_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(use: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name == use for name in USES})


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _subtrees(hosts: tuple[str, ...]) -> list[x509.GeneralName]:
    names = [_general_name(host) for host in hosts]
    return [x509.IPAddress(ip_network(name.value)) if isinstance(name, x509.IPAddress) else name for name in names]


def _write(path: Path, text: bytes) -> None:
    # Never for a moment with the rights of a common file, and never over another one.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)


def _key_pem(key: ec.EllipticCurvePrivateKey, encryption: KeySerializationEncryption) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _context(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> ssl.SSLContext:
    """A context for servers. ssl reads keys from files only, so it gets one that nobody else can open, encrypted with
    a password that is written nowhere, and gone at once.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    password = token_hex(16)
    sealed = _key_pem(key, BestAvailableEncryption(password.encode("ascii")))
    with TemporaryDirectory() as folder:
        file = Path(folder, "server.pem")
        file.write_bytes(sealed + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(file, password=password)
    return context
