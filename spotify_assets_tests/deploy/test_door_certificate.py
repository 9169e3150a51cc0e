"""The door's certificate, asked of an authority by ACME: Pebble, the one that Let's Encrypt tests clients with."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest
from cryptography import x509

from spotify_assets_tests.support.door.running import IS_INSTALLED, House, await_port, built, running
from spotify_assets_tests.support.processes.postgres_server import free_port

NAME = "door.example.com"
PROGRAMS = ("pebble", "pebble-challtestsrv")
pytestmark = pytest.mark.skipif(
    not IS_INSTALLED or any(shutil.which(program) is None for program in PROGRAMS),
    reason="Apache or Pebble is not installed (Debian: apt-get install apache2 libapache2-mod-auth-openidc pebble)",
)


@contextmanager
def authority(house: House, ports: Mapping[str, int]) -> Iterator[str]:
    """Pebble, which finds every name at 127.0.0.1 and asks there for what proves it; gives its directory's address."""
    stated = {
        "listenAddress": f"127.0.0.1:{ports['acme']}",
        "managementListenAddress": f"127.0.0.1:{ports['management']}",
        "certificate": str(house.certificate),
        "privateKey": str(house.key),
        "httpPort": ports["http"],
        "tlsPort": ports["https"],
    }
    (house.folder / "pebble.json").write_text(json.dumps({"pebble": stated}))
    names = f"127.0.0.1:{ports['names']}"
    off = [word for service in ("http01", "https01", "tlsalpn01") for word in (f"-{service}", "")]
    commands = (
        ["pebble-challtestsrv", "-dns01", names, "-defaultIPv6", "", "-management", f"127.0.0.1:{free_port()}", *off],
        ["pebble", "-config", str(house.folder / "pebble.json"), "-dnsserver", names],
    )
    # It waits and refuses now and then, for the sake of clients that cannot cope; Apache waits half a minute then.
    environment = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    with (house.folder / "pebble.log").open("wb") as log:
        processes = [subprocess.Popen(command, env=environment, stdout=log, stderr=log) for command in commands]
    try:
        await_port(ports["acme"])
        yield f"https://localhost:{ports['acme']}/dir"
    finally:
        for process in processes:
            process.kill()
            process.wait()


def issuer(port: int) -> str:
    """Who signed what the door shows to whoever asks for its name."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).issuer.rfc4514_string()


def test_a_certificate_is_asked_for_and_taken_into_use_without_a_person() -> None:
    ports = {name: free_port() for name in ("http", "https", "acme", "management", "names")}
    settings = {
        "DOOR_HTTP_PORT": str(ports["http"]),
        "DOOR_HTTPS_PORT": str(ports["https"]),
        "DOOR_HOST": NAME,
        "DOOR_WEBSERVER": "127.0.0.1:1",
        "DOOR_VIEWER": "127.0.0.1:1",
        "DOOR_ISSUER": "https://accounts.example.com",
        "DOOR_CLIENT_ID": "the-door",
        "DOOR_CLIENT_SECRET": "s3cret",
        "DOOR_OPERATORS": "data team",
        "DOOR_CONTACT": "ann@example.com",
    }
    with built() as house, authority(house, ports) as directory:
        # Instead of Let's Encrypt, whose directory and certificate Apache knows.
        with (house.home / "apache.conf").open("a") as configuration:
            configuration.write(f"MDCertificateAuthority {directory}\nMDCACertificateFile {house.certificate}\n")
        with running(house, settings):
            deadline = time.monotonic() + 120
            found = ""
            while "Pebble" not in found:
                with suppress(OSError):
                    found = issuer(ports["https"])
                assert time.monotonic() < deadline, house.log.read_text()
                time.sleep(0.1)
