"""Access to the API: the configured credentials, and the short-lived tokens they are exchanged for.

spotipy exchanges them. Without a client secret a refresh token may be valid for one use only: Spotify then returns the
next one with each access token, and it must be stored where the first one was. Other processes renew and sign in as
well, so the refresh token is looked up at each exchange.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import requests
from pydantic import SecretStr
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.exceptions import SpotifyOauthError
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOAuth, SpotifyPKCE

from spotify_assets.config import NO_ACCOUNT, Settings
from spotify_assets.spotify.errors import (
    DASHBOARD,
    CredentialsMissing,
    CredentialsRefused,
    Refused,
    SignInExpired,
    Unavailable,
)
from spotify_assets.spotify.sign_in_end import NOTHING_ENDS, Outlook, end_of, kept_time, outlook
from spotify_assets.spotify.token_storage import (
    FIELD,
    SIGNED_IN_FIELD,
    KeptSignIn,
    SpotifySecret,
    TokenStorageError,
    keep_renewed_token,
    one_at_a_time,
    sign_in_in_env_file,
)

ACCOUNTS = "https://accounts.spotify.com"
# spotipy requires one in every flow; renewing a token uses none.
NO_REDIRECT = "http://127.0.0.1"
# A token that expires during a request would be refused.
ENDS_BEFORE = 60
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Credentials:
    """The settings' own values, or those of the secret if a setting is left out.

    `signed_in_at` is that of the refresh token (UTC), stored with it; None if it is not.
    """

    client_id: str
    client_secret: SecretStr | None
    refresh_token: SecretStr | None
    signed_in_at: datetime | None


def read_credentials(settings: Settings) -> Credentials:
    """The current credentials: the refresh token is looked up each time, since it may be renewed or replaced.

    Raises:
        CredentialsMissing: there is no client id, or neither a refresh token nor a client secret.
        TokenStorageError: the secret that holds them cannot be read.
    """
    held: dict[str, Any] = {}
    if settings.spotify_secret_id:
        held = SpotifySecret(settings, settings.spotify_secret_id).read() or {}
    client_id = settings.spotify_client_id or held.get("client_id")
    if not client_id:
        raise CredentialsMissing(
            f"SPOTIFY_CLIENT_ID is not set. Copy the client id of your app from {DASHBOARD} into .env."
        )
    kept = sign_in_in_env_file() or _of_settings(settings) or _of_secret(held)
    found = Credentials(
        str(client_id),
        settings.spotify_client_secret or _secret(held.get("client_secret")),
        kept.token if kept else None,
        kept.signed_in_at if kept else None,
    )
    if not found.refresh_token and not found.client_secret:
        raise CredentialsMissing(
            "there is neither a refresh token nor a client secret. "
            "Sign in: spotify-assets login (or set SPOTIFY_CLIENT_SECRET, for an app with extended quota)."
        )
    return found


def sign_in_outlook(settings: Settings, now: datetime) -> Outlook:
    """What is known now (UTC) about the end of the configured sign-in, without asking Spotify.

    Raises:
        CredentialsMissing: there are no credentials, or the secret that holds them cannot be read.
    """
    if settings.spotify_source == "sample":
        return Outlook("The sample source needs no sign-in.")
    if not settings.captures:
        return Outlook(NO_ACCOUNT)
    try:
        credentials = read_credentials(settings)
    except TokenStorageError as error:
        raise CredentialsMissing(str(error)) from None
    return Outlook(NOTHING_ENDS) if credentials.refresh_token is None else outlook(credentials.signed_in_at, now)


def _of_settings(settings: Settings) -> KeptSignIn | None:
    token = settings.spotify_refresh_token
    return KeptSignIn(token, settings.spotify_signed_in_at) if token else None


def _of_secret(held: dict[str, Any]) -> KeptSignIn | None:
    token = _secret(held.get(FIELD))
    return KeptSignIn(token, kept_time(held.get(SIGNED_IN_FIELD), datetime.now(UTC))) if token else None


def _secret(value: object) -> SecretStr | None:
    return SecretStr(str(value)) if value else None


class AccessTokens:
    """Access tokens, one at a time and renewed before they expire: what spotipy calls an auth manager."""

    def __init__(self, settings: Settings, session: requests.Session, timeout: float) -> None:
        """Sends nothing yet; `session` carries the requests, which wait `timeout` seconds for an answer."""
        self._settings = settings
        self._session = session
        self._timeout = timeout
        self._lock = threading.Lock()
        self._token: dict[str, Any] | None = None
        # Replacements of tokens, in case the new one could not be stored.
        self._renewed: dict[str, SecretStr] = {}
        # Kept, since spotipy closes the session of a discarded flow.
        self._flows: list[object] = []

    @property
    def stands_for_a_user(self) -> bool:
        """Whether a user has signed in; otherwise the app acts for itself."""
        with self._lock:
            return self._read().refresh_token is not None

    def get_access_token(self, as_dict: bool = False) -> str:
        """A token that is valid for at least a minute.

        Raises:
            CaptureError: there is none.
        """
        with self._lock:
            if self._token is None or self._token["expires_at"] - time.time() < ENDS_BEFORE:
                self._token = self._exchange()
            return str(self._token["access_token"])

    def forget(self) -> None:
        """Drops the current token, which the API refused."""
        with self._lock:
            self._token = None

    def _read(self) -> Credentials:
        try:
            found = read_credentials(self._settings)
        except TokenStorageError as error:
            raise CredentialsMissing(str(error)) from None
        token = found.refresh_token
        while token is not None and token.get_secret_value() in self._renewed:
            token = self._renewed[token.get_secret_value()]
        return replace(found, refresh_token=token)

    def _exchange(self) -> dict[str, Any]:
        """A new token, as spotipy has it: `access_token`, `expires_at` in seconds of the epoch, and more."""
        with one_at_a_time():
            credentials = self._read()
            while True:
                try:
                    return self._exchange_once(credentials)
                except SignInExpired:
                    # Another machine may have used it, and stored the next one.
                    latest = self._read()
                    if latest.refresh_token == credentials.refresh_token:
                        raise
                    credentials = latest

    def _exchange_once(self, credentials: Credentials) -> dict[str, Any]:
        try:
            if credentials.refresh_token:
                token = self._of_user(credentials, credentials.refresh_token)
            else:
                token = self._of_app(credentials)
            if token["access_token"] and token["expires_at"]:
                return token
        except SpotifyOauthError as error:
            raise _explained(error, credentials) from None
        except (requests.JSONDecodeError, KeyError, TypeError, AttributeError):
            pass  # reported below, like a valid answer without a token
        raise Unavailable("Spotify answered without an access token. Try again later.")

    def _of_user(self, credentials: Credentials, used: SecretStr) -> dict[str, Any]:
        app = {"client_id": credentials.client_id, "redirect_uri": NO_REDIRECT, "open_browser": False}
        try:
            token = self._flow(SpotifyPKCE, **app).refresh_access_token(used.get_secret_value())
        except SpotifyOauthError as error:
            # A token of the flow with a secret can only be renewed with the secret.
            if error.error == "invalid_grant" or credentials.client_secret is None:
                raise
            app["client_secret"] = credentials.client_secret.get_secret_value()
            token = self._flow(SpotifyOAuth, **app).refresh_access_token(used.get_secret_value())
        renewed = SecretStr(token["refresh_token"])
        if renewed != used:
            self._renewed[used.get_secret_value()] = renewed
            if (problem := keep_renewed_token(self._settings, used, renewed, credentials.client_id)) is not None:
                log.warning(problem)
        return token

    def _of_app(self, credentials: Credentials) -> dict[str, Any]:
        secret = credentials.client_secret.get_secret_value() if credentials.client_secret else None
        flow = self._flow(SpotifyClientCredentials, client_id=credentials.client_id, client_secret=secret)
        flow.get_access_token(as_dict=False, check_cache=False)
        return flow.cache_handler.get_cached_token()

    def _flow(self, kind: type[Any], **settings: Any) -> Any:
        """One of spotipy's flows, over our session and at our endpoint."""
        # In memory: spotipy's default is a file in the working directory.
        cache = MemoryCacheHandler()
        flow = kind(requests_session=self._session, requests_timeout=self._timeout, cache_handler=cache, **settings)
        endpoint = (self._settings.spotify_endpoint_url or ACCOUNTS).rstrip("/")
        flow.OAUTH_TOKEN_URL = f"{endpoint}/api/token"
        self._flows.append(flow)
        return flow


def _explained(error: SpotifyOauthError, credentials: Credentials) -> Exception:
    match error.error:
        case "invalid_grant":
            return SignInExpired(end_of(credentials.signed_in_at) if credentials.signed_in_at else None)
        case "invalid_client":
            return CredentialsRefused()
        case other:
            return Refused(None, str(error.error_description or other or "no reason given"))
