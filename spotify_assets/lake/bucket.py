"""Objects of a lake in a bucket: operations that only boto3 offers."""

from typing import Any

from botocore.exceptions import ClientError


def move_object(client: Any, bucket: str, source: str, target: str, etag: str | None) -> bool:
    """Moves an object to another key if it still has `etag` (when given); returns whether it did.

    Raises:
        FileNotFoundError: the key does not exist.
    """
    origin, destination = {"Bucket": bucket, "Key": source}, {"Bucket": bucket, "Key": target}
    try:
        client.copy_object(**destination, CopySource=origin, **({"CopySourceIfMatch": etag} if etag else {}))
        try:
            client.delete_object(**origin, **({"IfMatch": etag} if etag else {}))
        except ClientError as error:
            # Not every store can compare the ETag of a multipart upload on delete.
            if _code(error) != "PreconditionFailed" or client.head_object(**origin)["ETag"] != etag:
                raise
            client.delete_object(**origin)
    except ClientError as error:
        if _code(error) == "PreconditionFailed":
            return False
        if _code(error) in ("NoSuchKey", "404"):
            raise FileNotFoundError(str(error)) from error
        raise
    return True


def _code(error: ClientError) -> str | None:
    return error.response.get("Error", {}).get("Code")
