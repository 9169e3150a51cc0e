"""The process behind `SwiftS3`: one Swift proxy, account, container and object server, one device, one replica.

All four are Swift's own WSGI applications, on green threads of one process (Swift's in-process functional tests do the
same). Compared with four `swift-*-server` commands this leaves one process to end instead of four, and the ports are
bound before the rings that name them are built, so two test runs on one machine cannot take each other's ports.
"""

import argparse
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import eventlet
import eventlet.wsgi
from eventlet.hubs import trampoline, use_hub
from swift.common import utils, wsgi
from swift.common.ring import RingBuilder

from spotify_assets_tests.support.aws.swift import ACCOUNT, KEY, REGION, USER
from spotify_assets_tests.support.processes.child_server import announce

STORAGE_SERVERS = ("account", "container", "object")

# No part of it is a secret; Swift only insists on having one of its own per cluster.
SWIFT_CONF = """
[swift-hash]
swift_hash_path_suffix = stand-in
"""

# Swift's log goes to syslog, which is no place for a test's chatter. `mount_check`: the device is a plain folder.
COMMON_CONF = """
[DEFAULT]
swift_dir = {root}
devices = {root}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_level = CRITICAL
"""

# The object server tells the container server of each new object. Waiting only a second for the answer, as it does by
# default, leaves objects out of listings on a busy machine, for there is no updater here to make up for it.
STORAGE_CONF = """
[pipeline:main]
pipeline = {name}-server

[app:{name}-server]
use = egg:swift#{name}
container_update_timeout = 30
"""

# No cache filter: it would need memcached. With one replica there is no other node to turn to, so the proxy must wait
# for this one and never put it aside.
PROXY_CONF = """
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck listing_formats s3api tempauth bulk slo dlo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 10
node_timeout = 60
error_suppression_limit = 1000000

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:gatekeeper]
use = egg:swift#gatekeeper

[filter:healthcheck]
use = egg:swift#healthcheck

[filter:listing_formats]
use = egg:swift#listing_formats

[filter:s3api]
use = egg:swift#s3api
storage = {region}

[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {key} .admin

[filter:bulk]
use = egg:swift#bulk

[filter:slo]
use = egg:swift#slo

[filter:dlo]
use = egg:swift#dlo
"""


def require_extended_attributes(folder: Path) -> None:
    """Swift keeps an object's metadata in them; without this it would answer every PUT with a bare 503 or 507."""
    try:
        os.setxattr(folder, "user.swift.metadata", b"probe")
        os.removexattr(folder, "user.swift.metadata")
    except OSError as error:
        reason = (
            f"no extended attributes on the file system of {folder} ({error}); set TMPDIR to a folder that has them"
        )
        raise SystemExit(reason) from error


def write_confs(root: Path) -> Mapping[str, Path]:
    (root / "devices" / "d1").mkdir(parents=True)
    (root / "swift.conf").write_text(SWIFT_CONF)
    values = {"root": root, "region": REGION, "account": ACCOUNT, "user": USER, "key": KEY}
    confs: dict[str, Path] = {}
    for name in (*STORAGE_SERVERS, "proxy"):
        template = COMMON_CONF + (PROXY_CONF if name == "proxy" else STORAGE_CONF)
        confs[name] = root / f"{name}-server.conf"
        confs[name].write_text(template.format(name=name, **values))
    return confs


def build_ring(path: Path, port: int) -> None:
    builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "weight": 1.0})
    builder.rebalance()
    builder.get_ring().save(str(path))


def serve(folder: Path | None) -> None:
    utils.monkey_patch()
    use_hub(utils.get_hub())
    with tempfile.TemporaryDirectory(prefix="swift-s3-", dir=folder, ignore_cleanup_errors=True) as own_folder:
        root = Path(own_folder)
        require_extended_attributes(root)
        confs = write_confs(root)
        sockets = {name: eventlet.listen(("127.0.0.1", 0), backlog=128) for name in confs}
        for name in STORAGE_SERVERS:
            build_ring(root / f"{name}.ring.gz", sockets[name].getsockname()[1])
        utils.set_swift_dir(str(root))
        utils.validate_configuration()
        # Not `run_server`: it replaces the event loop each time it is called, which four servers on one loop would not
        # survive. The arguments are the ones it gives; ETag must keep its capitals for the AWS clients' sake.
        serving = {"protocol": wsgi.SwiftHttpProtocol, "capitalize_response_headers": False, "socket_timeout": 60.0}
        for name, conf in confs.items():
            app = wsgi.loadapp(str(conf), global_conf={"log_name": f"{name}-server"})
            eventlet.spawn(eventlet.wsgi.server, sockets[name], app, utils.NullLogger(), **serving)
        announce(sockets["proxy"].getsockname()[1])
        trampoline(0, read=True)  # what `wait_for_parent` does, for green threads
        for listener in sockets.values():
            listener.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="OpenStack Swift with s3api on 127.0.0.1, until stdin ends.")
    parser.add_argument("--folder", type=Path)
    serve(parser.parse_args().folder)
