"""The Glue Data Catalog behind PyIceberg, asked for its current state before a commit counts as failed."""

from functools import cache
from threading import Lock
from typing import Any

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.update import AddSnapshotUpdate, TableRequirement, TableUpdate

from spotify_assets.aws.client import Patience, aws_client


class CarefulGlueCatalog(GlueCatalog):
    """A `GlueCatalog` whose commits fail only if they did not land.

    A request whose answer was lost is sent again, and then conflicts with itself. PyIceberg 0.12 takes a conflict as
    proof that nothing landed and permanently deletes the manifests that the table now refers to.
    """

    def __init__(self, name: str, endpoint_url: str | None, patience: Patience, **properties: Any) -> None:
        client: Any = _OneDatabase(aws_client("glue", endpoint_url, patience=patience))
        super().__init__(name, client=client, **properties)

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """See `GlueCatalog`.

        Raises:
            CommitFailedException: another commit was faster, and the catalog shows that this one did not land.
            CommitStateUnknownException: the catalog could not be asked; nothing may be deleted.
        """
        try:
            return super().commit_table(table, requirements, updates)
        except CommitFailedException as conflict:
            added = [update.snapshot.snapshot_id for update in updates if isinstance(update, AddSnapshotUpdate)]
            try:
                held = self.load_table(table.name())
            except Exception as error:
                raise CommitStateUnknownException(f"Whether the commit landed is not known: {error}") from conflict
            # The optimistic lock was lost to this very commit or to another, after which this one cannot land.
            if added and all(held.metadata.snapshot_by_id(snapshot_id) is not None for snapshot_id in added):
                return CommitTableResponse.model_validate(
                    {"metadata": held.metadata, "metadata-location": held.metadata_location}
                )
            raise


class _OneDatabase:
    """A Glue client that asks once for the kind of a database; PyIceberg asks at each commit."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._get_database = cache(client.get_database)
        self._lock = Lock()

    def get_database(self, **named: str) -> Any:
        """Glue's description of a database."""
        with self._lock:
            return self._get_database(**named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)
