-- Zero copy: Snowflake reads the published Iceberg tables in place, through the Glue Data Catalog. Nothing is loaded;
-- queries see what is published, after the interval below at the latest.
--
-- Before running it, fill in account, Region, bucket and the two roles; docs/snowflake.md has their policies. Afterwards
-- copy the values that DESCRIBE shows into the roles' trust policies.

USE ROLE ACCOUNTADMIN;

CREATE EXTERNAL VOLUME IF NOT EXISTS spotify_tables
    STORAGE_LOCATIONS = (
        (
            NAME = 'tables'
            STORAGE_PROVIDER = 'S3'
            STORAGE_BASE_URL = 's3://my-table-bucket/'
            STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/snowflake-reads-spotify'
        )
    )
    ALLOW_WRITES = FALSE;

-- Glue's Iceberg REST endpoint, which Snowflake recommends over its older integration of kind GLUE.
CREATE CATALOG INTEGRATION IF NOT EXISTS spotify_glue
    CATALOG_SOURCE = ICEBERG_REST
    TABLE_FORMAT = ICEBERG
    CATALOG_NAMESPACE = 'spotify'
    REST_CONFIG = (
        CATALOG_URI = 'https://glue.eu-central-1.amazonaws.com/iceberg'
        CATALOG_API_TYPE = AWS_GLUE
        CATALOG_NAME = '123456789012'
    )
    REST_AUTHENTICATION = (
        TYPE = SIGV4
        SIGV4_IAM_ROLE = 'arn:aws:iam::123456789012:role/snowflake-reads-spotify'
        SIGV4_SIGNING_REGION = 'eu-central-1'
    )
    ENABLED = TRUE;

DESCRIBE EXTERNAL VOLUME spotify_tables;
DESCRIBE CATALOG INTEGRATION spotify_glue;

-- Every table of the Glue database, including later ones. Read only: otherwise a DROP here would drop the
-- table in Glue. Such a database has no IF NOT EXISTS; omit this statement if the database exists.
CREATE DATABASE SPOTIFY_LAKE
    LINKED_CATALOG = (
        CATALOG = 'spotify_glue',
        ALLOWED_NAMESPACES = ('spotify'),
        ALLOWED_WRITE_OPERATIONS = NONE,
        SYNC_INTERVAL_SECONDS = 300
    )
    EXTERNAL_VOLUME = 'spotify_tables'
    CATALOG_CASE_SENSITIVITY = CASE_INSENSITIVE;

-- For a database created without ALLOWED_WRITE_OPERATIONS.
ALTER DATABASE SPOTIFY_LAKE UPDATE LINKED_CATALOG ALLOWED_WRITE_OPERATIONS = NONE;

-- Once the tables are there, some minutes later (SHOW ICEBERG TABLES IN DATABASE SPOTIFY_LAKE), and once more after a
-- table was added. To Snowflake they are Iceberg tables: a grant on TABLES does not reach them.
GRANT USAGE ON DATABASE SPOTIFY_LAKE TO ROLE SPOTIFY_READER;
GRANT USAGE ON ALL SCHEMAS IN DATABASE SPOTIFY_LAKE TO ROLE SPOTIFY_READER;
GRANT SELECT ON ALL ICEBERG TABLES IN DATABASE SPOTIFY_LAKE TO ROLE SPOTIFY_READER;
