"""The target account: connections through dagster-snowflake, authenticated by key pair."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

from spotify_assets.config import Settings
from spotify_assets.serving.snowflake.load import Connection, SnowflakeError


class SnowflakeAccount:
    """Opens connections to the configured account. The key stays in its file; the passphrase is never shown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def schema(self) -> str:
        """Target of the tables: `database.schema`."""
        return f"{self._settings.snowflake_database}.{self._settings.snowflake_schema}"

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection to the schema, always closed afterwards.

        Raises:
            SnowflakeError: the extra is not installed, or the key or the connection is refused.
        """
        try:
            from dagster_snowflake import SnowflakeResource  # noqa: PLC0415  an extra, and seconds to import
            from snowflake.connector.errors import Error  # noqa: PLC0415
        except ImportError as error:
            raise SnowflakeError(
                f"Snowflake is configured, but {error.name} is not installed: pip install 'spotify-assets[snowflake]'"
            ) from error
        found = self._settings
        passphrase = found.snowflake_private_key_passphrase
        resource = SnowflakeResource(
            account=found.snowflake_account,
            user=found.snowflake_user or "",
            private_key_path=str(found.snowflake_private_key_path),
            private_key_password=None if passphrase is None else passphrase.get_secret_value(),
            warehouse=found.snowflake_warehouse,
            database=found.snowflake_database,
            schema=found.snowflake_schema,
            role=found.snowflake_role,
        )
        try:
            with ExitStack() as stack:
                try:
                    connection = cast("Connection", stack.enter_context(resource.get_connection()))
                except (OSError, TypeError, ValueError) as error:
                    raise SnowflakeError(self._unreadable_key(error)) from error
                try:
                    yield connection
                except BaseException:
                    # The library closes it only if there was no error.
                    connection.close()
                    raise
        except Error as error:
            raise SnowflakeError(
                f"Snowflake refused ({found.snowflake_user} at {found.snowflake_account}, {self.schema}): {error.msg} "
                "docs/snowflake.md says what the user and the role need."
            ) from error

    def _unreadable_key(self, error: Exception) -> str:
        return (
            f"SNOWFLAKE_PRIVATE_KEY_PATH={self._settings.snowflake_private_key_path}: the private key cannot be read "
            f"({error}). It is a PEM file in PKCS#8; SNOWFLAKE_PRIVATE_KEY_PASSPHRASE opens an encrypted one."
        )
