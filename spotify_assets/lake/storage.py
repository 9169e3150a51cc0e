"""The home of a lake: a folder or a bucket, behind one object store. The only module that knows which.

Every other module asks for keys relative to the lake; addresses with a scheme are built here, and so are the options
that Polars, PyIceberg and boto3 need for the same place.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import boto3
import obstore
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from spotify_assets.aws.client import PATIENCE, Patience, aws_client, aws_region
from spotify_assets.lake import folder
from spotify_assets.lake.bucket import move_object
from spotify_assets.lake.errors import LakeError, TooLarge, explain

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import RetryConfig

# Characters with a meaning in an address; Iceberg would look for the tables elsewhere.
NOT_IN_A_FOLDER = re.compile(r"[#?%]")
NOT_IN_A_BUCKET = re.compile(r"[#?]")
# About ten seconds: long enough for S3's requests to slow down, short enough for somebody waiting for the message.
MOST_RETRIES, LONGEST_RETRY = 6, timedelta(seconds=20)
RETRIES: "RetryConfig" = {
    "max_retries": MOST_RETRIES,
    "retry_timeout": LONGEST_RETRY,
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
}


@dataclass(frozen=True)
class StoredObject:
    """An object of the lake: key relative to the lake, size in bytes, ETag, and time of its last write (UTC)."""

    key: str
    size: int
    etag: str
    written_at: datetime


@dataclass(frozen=True)
class Storage:
    """Where a lake is. `url` is a folder or `s3://bucket/prefix`; `endpoint_url` replaces AWS.

    `patience` is how long to wait for it, `setting` what chooses the place, for messages.
    """

    url: str
    endpoint_url: str | None = None
    patience: Patience = PATIENCE
    setting: str = "LAKE_URL"

    def __post_init__(self) -> None:
        """Refuses a place in which tables could not be found again."""
        place, unfit = (self.url, NOT_IN_A_BUCKET) if self.is_s3 else (f"The folder {self.folder}", NOT_IN_A_FOLDER)
        if found := unfit.search(place):
            raise LakeError(f"{place} has a '{found.group()}' in its path. Choose another {self.setting}.")

    @property
    def is_s3(self) -> bool:
        """Whether the lake is in a bucket rather than a folder."""
        return self.url.startswith("s3://")

    @property
    def folder(self) -> Path:
        """The lake's folder, absolute; only for a lake that is not in a bucket."""
        return Path(self.url).absolute()

    @property
    def bucket(self) -> str:
        """The lake's bucket; only for a lake in a bucket."""
        return self.url.removeprefix("s3://").partition("/")[0]

    @property
    def prefix(self) -> str:
        """Prefix of every key in the bucket: empty or ending in a slash."""
        path = self.url.removeprefix("s3://").partition("/")[2].strip("/")
        return f"{path}/" if path else ""

    def address(self, key: str) -> str:
        """Full address of a key, for Iceberg, Polars and Athena."""
        return f"s3://{self.bucket}/{self.prefix}{key}" if self.is_s3 else f"file://{self.folder}/{key}"

    def key(self, address: str) -> str | None:
        """Key of a full address, or None if it is outside this lake."""
        base = self.address("")
        return address.removeprefix(base) if address.startswith(base) else None

    @cached_property
    def store(self) -> ObjectStore:
        """The object store of this lake."""
        if not self.is_s3:
            self.make_folder()
            return LocalStore(self.folder, automatic_cleanup=True)
        session = boto3.Session(region_name=self.region)
        with self.clear_errors("open the lake"):
            if session.get_credentials() is None:
                raise NoCredentialsError
        options: dict[str, Any] = {"region": self.region}
        if self.endpoint_url:
            options |= {"endpoint": self.endpoint_url, "virtual_hosted_style_request": False}
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            credential_provider=Boto3CredentialProvider(session),
            client_options={
                "allow_http": bool(self.endpoint_url),
                "connect_timeout": timedelta(seconds=self.patience.connect),
                "read_timeout": timedelta(seconds=self.patience.content),
                # For a large object as a whole, as long as some of it keeps coming.
                "timeout": timedelta(minutes=10),
            },
            retry_config=RETRIES,
            **options,
        )

    def make_folder(self) -> None:
        """Creates the lake's folder if it does not exist."""
        try:
            with self.clear_errors("create the lake"):
                folder.make(self.folder)
        except FileNotFoundError as error:
            # /proc and its like answer so to any request.
            raise LakeError(explain(self.url, "create the lake", error, setting=self.setting)) from error

    @property
    def region(self) -> str:
        """AWS region of the lake."""
        return aws_region()

    def polars_options(self) -> dict[str, Any] | None:
        """Storage options for Polars; None for a folder. Credentials come from the session, as everywhere."""
        if not self.is_s3:
            return None
        options: dict[str, Any] = {
            "aws_region": self.region,
            # Its own reader would wait forever.
            "connect_timeout": f"{self.patience.connect}s",
            "read_timeout": f"{self.patience.content}s",
            "max_retries": MOST_RETRIES,
            "retry_timeout_ms": int(LONGEST_RETRY.total_seconds() * 1000),
        }
        if self.endpoint_url:
            options |= {"aws_endpoint_url": self.endpoint_url, "aws_allow_http": "true"}
        return options

    def link(self, key: str) -> str:
        """Where a person opens a key: the file, or the object's page in the AWS console, which asks for a sign-in."""
        if not self.is_s3:
            return str(self.folder / key)
        query = urlencode({"region": self.region, "prefix": f"{self.prefix}{key}"})
        return f"https://console.aws.amazon.com/s3/object/{self.bucket}?{query}"

    @cached_property
    def _s3(self) -> Any:
        return aws_client("s3", self.endpoint_url, patience=self.patience)

    def read(self, key: str, at_most: int | None = None) -> bytes:
        """Content of a key.

        Raises:
            FileNotFoundError: the key does not exist.
            TooLarge: it has more than `at_most` bytes; none of them was read.
            LakeError: it cannot be read.
        """
        with self.clear_errors(f"read {key}"):
            found = obstore.get(self.store, key)
            if at_most is not None and found.meta["size"] > at_most:
                raise TooLarge(key, found.meta["size"], at_most)
            return bytes(found.bytes())

    def read_if_any(self, key: str, at_most: int | None = None) -> bytes | None:
        """Like `read`, but None if the key does not exist."""
        try:
            return self.read(key, at_most)
        except FileNotFoundError:
            return None

    def write(self, key: str, data: bytes, content_type: str | None = None, cache_control: str | None = None) -> None:
        """Writes a key atomically: readers see all old content or all new.

        `content_type` and `cache_control` are for browsers and caches; a folder has no place for them.
        """
        headers = {"Content-Type": content_type, "Cache-Control": cache_control}
        attributes: Attributes | None = {name: value for name, value in headers.items() if value} or None
        with self.clear_errors(f"write {key}"):
            if self.is_s3:
                obstore.put(self.store, key, data, attributes=attributes)
            else:
                self.make_folder()
                folder.write(self.folder / key, data)

    def create(self, key: str, data: bytes) -> bool:
        """Writes a key unless it exists; returns whether it was written."""
        with self.clear_errors(f"write {key}"):
            if not self.is_s3:
                self.make_folder()
                return folder.create(self.folder / key, data)
            try:
                obstore.put(self.store, key, data, mode="create")
            except AlreadyExistsError:
                return False
            return True

    def move(self, source: str, target: str, etag: str | None = None) -> bool:
        """Moves a key of any spelling if its content still has `etag` (when given); returns whether it did.

        Content that was rewritten stays where it is. A key that is gone, since another run moved it, is no error.

        Raises:
            LakeError: it cannot be moved, or is in neither place.
        """
        with self.clear_errors(f"move {source!r}"):
            try:
                if not self.is_s3:
                    return self._move_file(source, target, etag)
                return move_object(self._s3, self.bucket, f"{self.prefix}{source}", f"{self.prefix}{target}", etag)
            except FileNotFoundError:
                if not self.exists(target):
                    raise LakeError(
                        f"{source!r} is gone from {self.url} since it was listed. "
                        "Run the job process_raw_objects for its day again."
                    ) from None
                return True

    def _move_file(self, source: str, target: str, etag: str | None) -> bool:
        origin, destination = self.folder / source, self.folder / target
        if etag and folder.etag(origin.stat()) != etag:
            return False
        folder.move(origin, destination)
        return True

    def exists(self, key: str) -> bool:
        """Whether the key exists."""
        try:
            obstore.head(self.store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, keys: list[str]) -> None:
        """Deletes keys; missing ones are no error."""
        with self.clear_errors("delete objects"):
            if self.is_s3 and keys:
                obstore.delete(self.store, keys)
                return
            for key in keys:
                with suppress(FileNotFoundError):
                    obstore.delete(self.store, key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Objects under a folder-like prefix of keys, in no order."""
        with self.clear_errors(f"list {prefix}"):
            for batch in obstore.list(self.store, prefix):
                for found in batch:
                    yield StoredObject(found["path"], found["size"], found["e_tag"] or "", found["last_modified"])

    def folders(self, prefix: str) -> set[str]:
        """Names of the folders directly under a prefix that have objects in them."""
        with self.clear_errors(f"list {prefix}"):
            if self.is_s3:
                found = obstore.list_with_delimiter(self.store, prefix)["common_prefixes"]
                return {path.rpartition("/")[2] for path in found}
            return set(folder.filled(self.folder / prefix))

    def list_any_key(self, prefix: str) -> Iterator[StoredObject]:
        """Like `list`, but also keys for which the object store library refuses the entire listing (`..`, `//`)."""
        if not self.is_s3:
            yield from self._walk(prefix)
            return
        for page in self._pages(prefix):
            yield from self._objects_on(page)

    def level(self, prefix: str) -> tuple[Sequence[StoredObject], Sequence[str]]:
        """Objects directly under a prefix, whatever their keys, and the names of the folders there."""
        if not self.is_s3:
            with self.clear_errors(f"list {prefix}"):
                files, names = folder.level(self.folder / prefix)
            return [self._stored(path, status) for path, status in files], names
        pages = [*self._pages(prefix, Delimiter="/")]
        prefixes = [found["Prefix"] for page in pages for found in page.get("CommonPrefixes", [])]
        return [found for page in pages for found in self._objects_on(page)], [name.split("/")[-2] for name in prefixes]

    def _pages(self, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
        base = f"{self.prefix}{prefix}/"
        with self.clear_errors(f"list {prefix}"):
            yield from self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=base, **options)

    def _objects_on(self, page: dict[str, Any]) -> Iterator[StoredObject]:
        for found in page.get("Contents", []):
            key = found["Key"].removeprefix(self.prefix)
            yield StoredObject(key, found["Size"], found["ETag"], found["LastModified"].astimezone(UTC))

    def half_written(self, prefix: str) -> Iterator[StoredObject]:
        """Files that a killed writer left under a prefix: no listing shows them. None in a bucket, which has no such.

        Other producers may give their files such names.
        """
        if not self.is_s3:
            yield from self._walk(prefix, half_written=True)

    def remove_half_written(self, found: StoredObject) -> None:
        """Removes one of `half_written`."""
        with self.clear_errors(f"remove {found.key!r}"):
            (self.folder / found.key).unlink(missing_ok=True)

    def _walk(self, prefix: str, half_written: bool = False) -> Iterator[StoredObject]:
        with self.clear_errors(f"list {prefix}"):
            for path, status in folder.walk(self.folder / prefix, half_written):
                yield self._stored(path, status)

    def _stored(self, path: Path, status: os.stat_result) -> StoredObject:
        key = path.relative_to(self.folder).as_posix()
        return StoredObject(key, status.st_size, folder.etag(status), folder.written_at(status))

    @contextmanager
    def clear_errors(self, action: str) -> Iterator[None]:
        """Turns storage libraries' errors into one `LakeError` that says what to do; FileNotFoundError passes."""
        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise LakeError(explain(self.url, action, error, setting=self.setting)) from error
            raise
        except (BaseError, OSError, ClientError, BotoCoreError) as error:
            raise LakeError(explain(self.url, action, error, setting=self.setting)) from error
