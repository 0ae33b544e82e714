"""A PostgreSQL server that speaks TLS, with an authority of its own."""

import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_WITH_POSTGRES = Path(__file__).resolve().parent.parent / "with-postgres"
_Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


class TlsServer:
    """Listens on loopback, wants SCRAM-SHA-256, and proves that it is `localhost` and nothing else."""

    def __init__(self) -> None:
        # Not pytest's folder, which is closed to the user that the server runs as.
        folder = self._folder = Path(tempfile.mkdtemp(prefix="latchkey-tls."))
        self.url = subprocess.check_output([_WITH_POSTGRES, "--start", folder], text=True).strip()
        authority = _certificate("Test authority", None)
        certificate, key = _certificate("localhost", authority)
        self._write("server.crt", certificate.public_bytes(Encoding.PEM))
        self._write("server.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("alter system set ssl = on")
            connection.execute("select pg_reload_conf()")
        # The authority, and one that has nothing to do with it, in PEM.
        self.ca = authority[0].public_bytes(Encoding.PEM).decode()
        self.other_ca = _certificate("Another authority", None)[0].public_bytes(Encoding.PEM).decode()

    def _write(self, name: str, content: bytes) -> None:
        """As the server's own file, which nobody else may read."""
        data = self._folder / "data"
        file = data / name
        file.write_bytes(content)
        file.chmod(0o600)
        os.chown(file, data.stat().st_uid, data.stat().st_gid)

    def stop(self) -> None:
        """Ends the server."""
        subprocess.run([_WITH_POSTGRES, "--stop", self._folder, "immediate"], check=True)
        shutil.rmtree(self._folder)


def _certificate(name: str, authority: _Pair | None) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority[0].subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
    )
    if authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(authority[1] if authority else key, hashes.SHA256()), key
