"""Storage of the refresh token: `.env`, or a JSON secret in AWS Secrets Manager."""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
)
from dotenv import dotenv_values, set_key
from pydantic import SecretStr

from spotify_assets.aws.client import aws_client
from spotify_assets.config import Settings
from spotify_assets.spotify.sign_in_end import kept_time, written

VARIABLE = "SPOTIFY_REFRESH_TOKEN"
SIGNED_IN_VARIABLE = "SPOTIFY_SIGNED_IN_AT"
ENV_FILE = Path(".env")
FIELD = "refresh_token"
SIGNED_IN_FIELD = "signed_in_at"
NOT_SIGNED_IN = (
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "ExpiredTokenException",
    "InvalidSignatureException",
)


class TokenStorageError(RuntimeError):
    """The token could not be stored, or the secret not read; the message says why and what to do."""


@dataclass(frozen=True)
class KeptSignIn:
    """A refresh token, and when its user signed in (UTC), if stored with it."""

    token: SecretStr
    signed_in_at: datetime | None


def store_in_env_file(path: Path, token: SecretStr, signed_in_at: datetime | None = None) -> None:
    """Sets the variable in the file, atomically; other lines stay. A new file is readable only by its owner.

    `signed_in_at` is set for a new sign-in; a renewed token leaves it unchanged.

    Raises:
        TokenStorageError: it cannot be written.
    """
    lines = {VARIABLE: token.get_secret_value()}
    if signed_in_at is not None:
        # Written second: if interrupted in between, the date is too early, never too late.
        lines[SIGNED_IN_VARIABLE] = written(signed_in_at)
    try:
        for name, value in lines.items():
            set_key(path, name, value, quote_mode="never", follow_symlinks=True)
    except OSError as error:
        raise TokenStorageError(f"{path} cannot be written: {error.strerror}. Use --store show instead.") from None


def sign_in_in_env_file() -> KeptSignIn | None:
    """The token in `.env`, if there is one, with its date.

    It takes precedence over the environment, into which Dagster copies the file once: later renewals and sign-ins are
    only in the file.
    """
    with suppress(OSError, UnicodeDecodeError):
        held = dotenv_values(ENV_FILE)
        if token := held.get(VARIABLE):
            return KeptSignIn(SecretStr(token), kept_time(held.get(SIGNED_IN_VARIABLE), datetime.now(UTC)))
    return None


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Locks out other processes that would renew the token of the same `.env`, which may be valid for one use only.

    If no lock file can be created, there is no lock.
    """
    place = hashlib.sha256(str(ENV_FILE.absolute()).encode()).hexdigest()[:16]
    # Not the file itself, which gets replaced.
    path = Path(tempfile.gettempdir()) / f"spotify-assets-{os.getuid()}-{place}.lock"
    with ExitStack() as stack:
        with suppress(OSError):
            lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
            stack.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep_renewed_token(settings: Settings, used: SecretStr, renewed: SecretStr, client_id: str) -> str | None:
    """Stores a renewed refresh token in place of the used one; gives a sentence if it cannot.

    It belongs to the same sign-in, whose date stays.
    Source: https://www.rfc-editor.org/rfc/rfc6749#section-6, "the authorization server MAY issue a new refresh token".
    """
    try:
        if dotenv_values(ENV_FILE).get(VARIABLE) == used.get_secret_value():
            store_in_env_file(ENV_FILE, renewed)
            return None
        if settings.spotify_secret_id and settings.spotify_refresh_token is None:
            SpotifySecret(settings, settings.spotify_secret_id).store(renewed, client_id)
            return None
        reason = "it is set in the environment"
    except TokenStorageError as error:
        reason = str(error)
    return (
        f"Spotify has replaced the refresh token, but the new one could not be stored: {reason}. The one in "
        f"{VARIABLE} may no longer be valid: run `spotify-assets login` and store its token in .env or a secret."
    )


class SpotifySecret:
    """The secret of SPOTIFY_SECRET_ID: a JSON object with client_id, client_secret, refresh_token and signed_in_at."""

    def __init__(self, settings: Settings, secret_id: str) -> None:
        """Sends nothing to AWS yet."""
        self.secret_id = secret_id
        self._endpoint_url = settings.aws_endpoint_url

    def read(self) -> dict[str, Any] | None:
        """The secret's content, or None if there is no such secret.

        Raises:
            TokenStorageError: it cannot be read, or is not a JSON object.
        """
        with self._clear_errors("read"):
            client = aws_client("secretsmanager", self._endpoint_url)
            try:
                text = client.get_secret_value(SecretId=self.secret_id).get("SecretString", "")
            except client.exceptions.ResourceNotFoundException:
                return None
        try:
            content = json.loads(text)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise TokenStorageError(
                f"The secret {self.secret_id} is not a JSON object, so it was left as it is. "
                'Give it the form {"client_id": …, "refresh_token": …}, or another SPOTIFY_SECRET_ID.'
            )
        return content

    def store(self, token: SecretStr, client_id: str, signed_in_at: datetime | None = None) -> None:
        """Adds the token to the secret; creates the secret if there is none.

        `signed_in_at` is set for a new sign-in; a renewed token leaves it unchanged.

        Raises:
            TokenStorageError: it cannot be read or written, or holds something else.
        """
        content = self.read()
        merged = {"client_id": client_id, **(content or {}), FIELD: token.get_secret_value()}
        if signed_in_at is not None:
            merged[SIGNED_IN_FIELD] = written(signed_in_at)
        if merged["client_id"] != client_id:
            raise TokenStorageError(
                f"The secret {self.secret_id} belongs to the app {merged['client_id']}, the token to {client_id}. "
                "Set SPOTIFY_CLIENT_ID to the former and sign in again, or set another SPOTIFY_SECRET_ID."
            )
        with self._clear_errors("write"):
            client = aws_client("secretsmanager", self._endpoint_url)
            if content is not None:
                client.put_secret_value(SecretId=self.secret_id, SecretString=json.dumps(merged))
            else:
                client.create_secret(Name=self.secret_id, SecretString=json.dumps(merged))

    @contextmanager
    def _clear_errors(self, action: str) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            raise TokenStorageError(f"Cannot {action} the secret {self.secret_id}: {_explain(error)}") from None


def _explain(error: ClientError | BotoCoreError) -> str:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    if code == "AccessDeniedException":
        return "access is denied. Grant this role GetSecretValue, PutSecretValue and CreateSecret on it."
    if isinstance(error, NoCredentialsError) or code in NOT_SIGNED_IN:
        return "the AWS credentials are missing or invalid. Set AWS_PROFILE, or sign in again."
    if isinstance(error, ConnectTimeoutError | EndpointConnectionError | HTTPClientError):
        return "AWS cannot be reached. Check the network and AWS_ENDPOINT_URL."
    return f"{str(error).splitlines()[0][:300]}"
