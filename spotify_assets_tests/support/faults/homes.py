"""A lake kept as it is now, to be put back after each fault."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spotify_assets.lake.lake import Lake

Restore = Callable[[], None]
# What Glue gives of a table and does not take.
GIVEN_ONLY = {
    "DatabaseName",
    "CreateTime",
    "UpdateTime",
    "CreatedBy",
    "CatalogId",
    "VersionId",
    "IsMultiDialectView",
    "IsRegisteredWithLakeFormation",
}


def kept_folder(lake: Lake, beside: Path) -> Restore:
    """Keeps a lake's folder; what is given puts it back."""
    shutil.copytree(lake.storage.folder, beside)

    def restore() -> None:
        shutil.rmtree(lake.storage.folder)
        shutil.copytree(beside, lake.storage.folder)

    return restore


def kept_bucket(lake: Lake, s3: Any, glue: Any) -> Restore:
    """Keeps a lake's objects and tables; what is given puts back whatever changed. The clients are the tests' own."""
    bucket, database = lake.storage.bucket, lake.settings.glue_database
    kept = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in _etags(s3, bucket)}
    etags, tables = _etags(s3, bucket), _tables(glue, database)

    def restore() -> None:
        now = _etags(s3, bucket)
        for key in now.keys() - kept.keys():
            s3.delete_object(Bucket=bucket, Key=key)
        for key in kept.keys() - {key for key, etag in now.items() if etags.get(key) == etag}:
            s3.put_object(Bucket=bucket, Key=key, Body=kept[key])
        found = _tables(glue, database)
        for name in found.keys() - tables.keys():
            glue.delete_table(DatabaseName=database, Name=name)
        for name, table in tables.items():
            if found.get(name) != table:
                glue.delete_table(DatabaseName=database, Name=name)
                glue.create_table(DatabaseName=database, TableInput=table)

    return restore


def _etags(s3: Any, bucket: str) -> dict[str, str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {found["Key"]: found["ETag"] for page in pages for found in page.get("Contents", [])}


def _tables(glue: Any, database: str) -> dict[str, dict[str, Any]]:
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
    return {
        table["Name"]: {name: value for name, value in table.items() if name not in GIVEN_ONLY}
        for page in pages
        for table in page["TableList"]
    }
