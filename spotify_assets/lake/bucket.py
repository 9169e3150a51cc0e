"""Objects of a lake that lies in a bucket, where only boto3 can do what is wanted."""

from typing import Any

from botocore.exceptions import ClientError


def move_object(client: Any, bucket: str, source: str, target: str, etag: str | None) -> bool:
    """Gives an object another key, provided that it still has `etag` (where given); tells whether.

    Raises:
        FileNotFoundError: there is no such key.
    """
    origin, destination = {"Bucket": bucket, "Key": source}, {"Bucket": bucket, "Key": target}
    try:
        client.copy_object(**destination, CopySource=origin, **({"CopySourceIfMatch": etag} if etag else {}))
        try:
            client.delete_object(**origin, **({"IfMatch": etag} if etag else {}))
        except ClientError as error:
            # Not every store can compare what was uploaded in parts when it deletes.
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
