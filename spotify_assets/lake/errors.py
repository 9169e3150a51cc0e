"""What goes wrong with storage, in words for the person who has to mend it."""

REMEDIES = (
    (
        ("NoSuchBucket", "specified bucket does not exist"),
        "the bucket does not exist",
        "Create it, or correct LAKE_URL.",
    ),
    (
        ("NonExistentQueue", "QueueDoesNotExist"),
        "the queue does not exist",
        "Create it, or correct RAW_EVENTS_QUEUE_URL.",
    ),
    # Before the next: S3 answers wrong credentials with 403 as well.
    (
        (
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "NoCredentials",
            "Unable to locate credentials",
        ),
        "the AWS credentials are missing or not valid",
        "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again.",
    ),
    (
        ("AccessDenied", "ACCESS_DENIED", "PermissionDenied", "403 Forbidden", "(403)"),
        "access is denied",
        "Grant this role read, write and list on the bucket and prefix (docs/aws.md), or use other credentials.",
    ),
    (
        (
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraint",
            "incorrectly configured region",
            "(301)",
        ),
        "the bucket lies in another region",
        "Set AWS_REGION to the bucket's region.",
    ),
    (
        ("Connection refused", "ConnectError", "dns error", "EndpointConnectionError", "Could not connect"),
        "the storage cannot be reached",
        "Check the network and AWS_ENDPOINT_URL.",
    ),
    (
        ("No space left", "os error 28", "Errno 28", "database or disk is full"),
        "the disk is full",
        "Free some space, then run again.",
    ),
    (
        ("Read-only file system", "os error 30", "Errno 30", "readonly database"),
        "it is read-only",
        "Choose another LAKE_URL.",
    ),
    (("Errno 2]",), "no folder can be made there", "Choose another LAKE_URL."),
    (
        ("Permission denied", "os error 13", "Errno 13"),
        "this user may not write there",
        "Change the folder's permissions or choose another LAKE_URL.",
    ),
    (("Not a directory", "os error 20", "Errno 20", "File exists"), "a file is in the way", "Choose another LAKE_URL."),
)


class LakeError(RuntimeError):
    """The lake cannot do what was asked; the message says what, where, why, and the remedy."""


class TooLarge(LakeError):
    """An object that is larger than anybody reads."""

    def __init__(self, key: str, size: int, at_most: int) -> None:
        self.size = size
        super().__init__(f"{key} is of {size:,} bytes, and none of more than {at_most:,} is read.")


def explain(lake_url: str, action: str, error: Exception) -> str:
    """One sentence or two for a storage error: what could not be done, where, why, and what to do."""
    text = str(error)
    for signs, reason, remedy in REMEDIES:
        if any(sign in text for sign in signs):
            return f"Cannot {action} in {lake_url}: {reason}. {remedy}"
    first_line = text.splitlines()[0][:300] if text else type(error).__name__
    return f"Cannot {action} in {lake_url}: {first_line}"
