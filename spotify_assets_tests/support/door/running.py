"""The door of deploy/door as its image starts it, on ports of this machine's."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spotify_assets_tests.support.processes.postgres_server import unprivileged

MODULES = Path("/usr/lib/apache2/modules")
IS_INSTALLED = shutil.which("apache2") is not None and (MODULES / "mod_auth_openidc.so").exists()


@dataclass
class Door:
    """A door that listens; `log` is all that it says."""

    url: str
    log: Path
    certificate: Path


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for `localhost` that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
    return pem, private


def start(home: Path, variables: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """The image's command, as another user than root; nothing of this process's environment comes along."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "DOOR_HOME": str(home), **variables}
    with log.open("ab") as output:
        # Apache opens its output by name, which a container's runtime has given to the container's user, too.
        os.fchown(output.fileno(), unprivileged().get("user", -1), -1)
        command = [str(home / "start")]
        return subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd="/", **unprivileged())


@contextmanager
def running(home: Path, variables: Mapping[str, str], folder: Path, pem: Path) -> Iterator[Door]:
    """A door for as long as the context lasts. `folder` is what its user may write."""
    log = folder / "log"
    process = start(home, {"DOOR_RUN": str(folder / "run"), "DOOR_STORE": str(folder), **variables}, log)
    try:
        deadline = time.monotonic() + 60
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(variables["DOOR_HTTPS_PORT"]))):
                break
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Door(f"https://{variables['DOOR_HOST']}", log, pem)
    finally:
        process.terminate()
        process.wait(60)
