"""The door of deploy/door as its image starts it, on ports of this machine's."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spotify_assets_tests.support.processes.child_server import PROJECT_ROOT
from spotify_assets_tests.support.processes.postgres_server import unprivileged

MODULES = Path("/usr/lib/apache2/modules")
IS_INSTALLED = shutil.which("apache2") is not None and (MODULES / "mod_auth_openidc.so").exists()


@dataclass(frozen=True)
class House:
    """A folder that another user than root may enter: a copy of deploy/door, a certificate for `localhost`, the log."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "door"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    @property
    def log(self) -> Path:
        """All that the door says."""
        return self.folder / "log"


@contextmanager
def built() -> Iterator[House]:
    """A house for as long as the context lasts."""
    # Not pytest's folder, which only the one who runs the tests may enter.
    house = House(Path(tempfile.mkdtemp(prefix="door-")))
    shutil.copytree(PROJECT_ROOT / "deploy/door", house.home)
    _certify(house)
    try:
        yield house
    finally:
        shutil.rmtree(house.folder)


@contextmanager
def running(house: House, variables: Mapping[str, str]) -> Iterator[None]:
    """The door by its image's command, as another user than root, with these variables alone."""
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "DOOR_HOME": str(house.home),
        "DOOR_RUN": str(house.folder / "run"),
        "DOOR_STORE": str(house.folder),
        **variables,
    }
    # Apache opens its output by name, which a container's runtime has given to the container's user, too.
    house.log.touch()
    somebody = unprivileged()
    if somebody:
        for path in (house.folder, *house.folder.rglob("*")):
            os.chown(path, somebody["user"], somebody["group"])
    with house.log.open("ab") as log:
        process = subprocess.Popen(
            [str(house.home / "start")], env=environment, stdout=log, stderr=log, cwd="/", **somebody
        )
    try:
        await_port(int(variables["DOOR_HTTPS_PORT"]), lambda: process.poll() is None, house.log)
        yield
    finally:
        process.terminate()
        process.wait(60)


def await_port(port: int, is_alive: Callable[[], bool] = lambda: True, log: Path | None = None) -> None:
    """Until something listens there; an AssertionError where that does not happen, with what the log says."""
    deadline = time.monotonic() + 60
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        said = "nothing listens" if log is None else log.read_text()
        assert is_alive(), said
        assert time.monotonic() < deadline, said
        time.sleep(0.05)


def _certify(house: House) -> None:
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
    house.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    house.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
