"""The SQL of Snowpipe for every table, derived from the schemas: `deploy/snowflake/snowpipe.sql`.

`python -m spotify_assets.serving.snowflake.pipes > deploy/snowflake/snowpipe.sql` rewrites it.
"""

import sys
from collections.abc import Iterable

from spotify_assets.schemas import TABLES, Table
from spotify_assets.serving.snowflake.tables import columns, text

PREPARATION = """\
-- Snowpipe, fed by name: rows of exactly the published files, minutes after their publish, without a warehouse.
--
-- Written by `python -m spotify_assets.serving.snowflake.pipes`; docs/snowflake.md says how it is used. Before running
-- it, put in the bucket of the tables (stack output LakeUrl), its prefix if any, and the ARN of a role that may read.
--
-- AUTO_INGEST stays FALSE: a file lies in the bucket before it is audited, and one that fails stays there. Whoever
-- published calls insertFiles with the files that the catalog names; nothing else is ever loaded.

USE ROLE ACCOUNTADMIN;
USE DATABASE MUSIC;

CREATE STORAGE INTEGRATION IF NOT EXISTS spotify_tables
    TYPE = EXTERNAL_STAGE
    STORAGE_PROVIDER = 'S3'
    ENABLED = TRUE
    STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/snowflake-reads-spotify'
    STORAGE_ALLOWED_LOCATIONS = ('s3://my-table-bucket/');

CREATE SCHEMA IF NOT EXISTS SPOTIFY_LANDING COMMENT = 'What Snowpipe loaded: every published file, also replaced ones';
CREATE SCHEMA IF NOT EXISTS SPOTIFY_PIPED COMMENT = 'The published tables: of each day the run that was loaded last';

CREATE STAGE IF NOT EXISTS SPOTIFY_LANDING.published
    URL = 's3://my-table-bucket/'
    STORAGE_INTEGRATION = spotify_tables
    FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE);
"""
# The files of a day come from one run, which ends their names: `<content>-<run>.parquet`.
RUN = "REGEXP_SUBSTR(file, '-[^/]*$')"


def snowpipe_sql(tables: Iterable[Table]) -> str:
    """The complete script: one-time setup, then a landing table, a pipe and a view for each table."""
    return "\n".join([PREPARATION, *(_of_table(table) for table in tables)])


def _of_table(table: Table) -> str:
    landing = [
        *columns(table),
        "file VARCHAR NOT NULL COMMENT 'File the row was loaded from'",
        "loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'",
    ]
    names = ", ".join(table.schema.column_names())
    body = ",\n    ".join(landing)
    return f"""\
CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.{table.name} (
    {body}
) COMMENT = {text(table.summary)};
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.{table.name}_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.{table.name} FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?{table.folder}/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.{table.name} COMMENT = {text(table.summary)} AS
    SELECT {names}
    FROM SPOTIFY_LANDING.{table.name}
    QUALIFY {RUN} = FIRST_VALUE({RUN}) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);
"""  # noqa: S608  names of our own schemas


if __name__ == "__main__":
    sys.stdout.write(snowpipe_sql(TABLES.values()))
