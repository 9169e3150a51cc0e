"""One cheap question to Spotify at a time: whom the credentials stand for, and which playlists they may read.

No retries and no waiting, since somebody looks on; what reads playlists whole has both.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from pydantic import SecretStr

from spotify_assets.config import Settings
from spotify_assets.playlists import PlaylistEntry
from spotify_assets.spotify.token_storage import SpotifySecret

DASHBOARD = "https://developer.spotify.com/dashboard"
TIMEOUT_SECONDS = 15
# Both generations; a playlist whose entries are not shown to us lacks them.
FIELDS = "owner.id,items.total,tracks.total"


class ProbeError(RuntimeError):
    """The answer is no; the message says why and what to do."""


@dataclass(frozen=True)
class Credentials:
    """The settings' own values, and those of the secret where a setting is left out."""

    client_id: str
    client_secret: str | None
    refresh_token: str | None


@dataclass(frozen=True)
class Probe:
    """Asks with one access token; `user` is None where the app stands for itself."""

    api: str
    token: SecretStr
    user: str | None

    def playlist(self, entry: PlaylistEntry) -> int:
        """Number of entries of a playlist that can be read.

        Raises:
            ProbeError: it cannot.
        """
        document = self.get(f"playlists/{entry.playlist_id}?fields={FIELDS}")
        page = document.get("items") or document.get("tracks")
        if isinstance(page, dict):
            return int(page.get("total") or 0)
        if self.user is None:
            raise ProbeError("Spotify shows its entries only to its owner. Sign in: spotify-assets login")
        owner = (document.get("owner") or {}).get("id", "somebody else")
        raise ProbeError(
            f"belongs to {owner}, and Spotify shows its entries only to its owner and collaborators. "
            f"Copy its songs into a playlist of {self.user}, or take it out of PLAYLISTS_FILE."
        )

    def get(self, path: str) -> dict[str, Any]:
        """An answer of the API.

        Raises:
            ProbeError: there is none, or an error.
        """
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        return _document(_ask("GET", f"{self.api}/{path}", headers=headers))


def sign_in(settings: Settings) -> Probe:
    """A probe that stands for the user where there is a refresh token, else for the app.

    Raises:
        ProbeError: credentials are missing, refused, revoked or expired.
        TokenStorageError: the secret that holds them cannot be read.
    """
    credentials = _credentials(settings)
    if credentials.refresh_token:
        form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    elif credentials.client_secret:
        form = {"grant_type": "client_credentials", "client_secret": credentials.client_secret}
    else:
        raise ProbeError(
            "there is neither a refresh token nor a client secret. "
            "Sign in: spotify-assets login (or set SPOTIFY_CLIENT_SECRET, for an app with extended quota)."
        )
    endpoint = (settings.spotify_endpoint_url or "").rstrip("/")
    accounts, api = endpoint or "https://accounts.spotify.com", f"{endpoint or 'https://api.spotify.com'}/v1"
    answer = _ask("POST", f"{accounts}/api/token", data={**form, "client_id": credentials.client_id})
    probe = Probe(api, SecretStr(_token(answer)), None)
    if not credentials.refresh_token:
        return probe
    return Probe(api, probe.token, str(probe.get("me").get("id")))


def _credentials(settings: Settings) -> Credentials:
    held: dict[str, Any] = {}
    if settings.spotify_secret_id:
        held = SpotifySecret(settings, settings.spotify_secret_id).read() or {}
    client_id = settings.spotify_client_id or held.get("client_id")
    if not client_id:
        raise ProbeError(f"SPOTIFY_CLIENT_ID is not set. Copy the client id of your app from {DASHBOARD} into .env.")

    def value(setting: SecretStr | None, name: str) -> str | None:
        return setting.get_secret_value() if setting else held.get(name)

    secret = value(settings.spotify_client_secret, "client_secret")
    return Credentials(client_id, secret, value(settings.spotify_refresh_token, "refresh_token"))


def _token(answer: requests.Response) -> str:
    if answer.ok:
        if token := _document(answer).get("access_token"):
            return str(token)
        raise ProbeError("Spotify answered without an access token. Try again later.")
    error = answer.json().get("error") if _is_json(answer) else None
    if error == "invalid_grant":
        raise ProbeError(
            "the refresh token is revoked or expired (it lives for six months). Sign in again: spotify-assets login"
        )
    if error == "invalid_client":
        raise ProbeError(
            "Spotify does not know this app. Compare SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET with your app "
            f"at {DASHBOARD}."
        )
    raise ProbeError(_refusal(answer))


def _ask(method: str, url: str, **how: Any) -> requests.Response:
    try:
        return requests.request(method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, **how)
    except requests.RequestException as error:
        reason = "does not answer" if isinstance(error, requests.Timeout) else "cannot be reached"
        raise ProbeError(f"{url.split('/')[2]} {reason}. Check the network and SPOTIFY_ENDPOINT_URL.") from None


def _document(answer: requests.Response) -> dict[str, Any]:
    if not answer.ok:
        raise ProbeError(_refusal(answer))
    if not _is_json(answer):
        raise ProbeError("Spotify answered with something that is no JSON. Try again later.")
    return answer.json()


def _is_json(answer: requests.Response) -> bool:
    try:
        return isinstance(answer.json(), dict)
    except requests.JSONDecodeError:
        return False


def _refusal(answer: requests.Response) -> str:
    match answer.status_code:
        case 404:
            return (
                "it was deleted, is private, or is one of Spotify's own, which apps may not read. "
                "Take it out of PLAYLISTS_FILE."
            )
        case 429:
            return f"Spotify's rate limit is reached. {_when(answer.headers.get('Retry-After', ''))}"
        case status if status >= 500:
            return f"Spotify has trouble of its own ({status}). Try again later."
        case status:
            error = answer.json().get("error") if _is_json(answer) else None
            words = error.get("message") if isinstance(error, dict) else error
            return f"Spotify refuses ({status}): {str(words or 'no reason given')[:200]}. See your app at {DASHBOARD}."


def _when(seconds: str) -> str:
    if not seconds.isdigit():
        return "Try again later."
    again = datetime.now(UTC) + timedelta(seconds=min(int(seconds), 10**7))
    return f"Try again after {again:%Y-%m-%d %H:%M} UTC."
