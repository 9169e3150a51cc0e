"""`login`: signs a user in at Spotify and stores the refresh token where the platform finds it."""

import webbrowser
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal

from pydantic import SecretStr

from spotify_assets.capture.playlists_file import playlists_to_capture
from spotify_assets.cli.errors import CommandError
from spotify_assets.config import Settings, SettingsError
from spotify_assets.spotify.payloads import LIKED
from spotify_assets.spotify.sign_in import SignInError, listed_uri, sign_in
from spotify_assets.spotify.sign_in_end import COMMAND, end_of, named, written
from spotify_assets.spotify.token_storage import (
    ENV_FILE,
    SIGNED_IN_FIELD,
    SIGNED_IN_VARIABLE,
    VARIABLE,
    SpotifySecret,
    TokenStorageError,
    store_in_env_file,
)

Store = Literal["env", "secret", "show"]
DASHBOARD = "https://developer.spotify.com/dashboard"
WAIT_SECONDS = 300


def run_login(settings: Settings, port: int, store: Store | None, opens_browser: bool) -> int:
    """Waits until the user has signed in in the browser, then stores the refresh token, or asks where to."""
    secret = SpotifySecret(settings, settings.spotify_secret_id) if settings.spotify_secret_id else None
    if store == "secret" and secret is None:
        raise CommandError("--store secret needs SPOTIFY_SECRET_ID: the name of a secret in AWS Secrets Manager.")

    def show_address(address: str) -> None:
        _show_address(address, port, opens_browser)

    try:
        client_id = _client_id(settings, secret)
        token = sign_in(
            client_id,
            port,
            WAIT_SECONDS,
            show_address,
            settings.spotify_endpoint_url,
            reads_library=_names_liked_songs(settings),
        )
        now = datetime.now(UTC)
        end = f"six months from now, on {named(end_of(now))}"
        print(f"Signed in. Spotify ends this {end}; then run `{COMMAND}` again.\n", flush=True)
        _store(token, now, client_id, store or _ask(secret), secret)
    except (SignInError, TokenStorageError) as error:
        raise CommandError(str(error)) from None
    except KeyboardInterrupt:
        raise CommandError("Stopped; nothing was stored.") from None
    return 0


def _names_liked_songs(settings: Settings) -> bool:
    """Whether to ask for permission to read the library: only if it is needed."""
    # An error in the file does not concern the sign-in.
    with suppress(SettingsError):
        return any(entry.playlist_id == LIKED for entry in playlists_to_capture(settings))
    return False


def _client_id(settings: Settings, secret: SpotifySecret | None) -> str:
    if settings.spotify_client_id:
        return settings.spotify_client_id
    held = secret.read() if secret is not None else None
    if held and held.get("client_id"):
        return str(held["client_id"])
    raise CommandError(
        f"SPOTIFY_CLIENT_ID is not set. Create an app at {DASHBOARD}, copy its client id into .env, and list "
        f"{listed_uri()} among its redirect URIs."
    )


def _show_address(address: str, port: int, opens_browser: bool) -> None:
    where = "in the browser, which opens now, or at" if opens_browser else "at"
    print(f"Sign in at Spotify {where} this address:\n\n  {address}\n")
    print(f"If it says 'Invalid redirect URI', add {listed_uri()} in your app's Settings at {DASHBOARD}.")
    print(
        f"If the browser is on another machine, run there: ssh -L {port}:127.0.0.1:{port} <this machine>\n", flush=True
    )
    if opens_browser:
        webbrowser.open(address)


def _ask(secret: SpotifySecret | None) -> Store:
    choices: dict[Store, str] = {"env": f"{VARIABLE} in {ENV_FILE.absolute()}"}
    if secret is not None:
        choices["secret"] = f"the secret {secret.secret_id} in AWS Secrets Manager"
    choices["show"] = "nowhere: print it here, once"
    print("Where should the refresh token be stored?")
    for choice, place in choices.items():
        print(f"  {choice:8}{place}")
    if "secret" not in choices:
        print("  (with SPOTIFY_SECRET_ID set, AWS Secrets Manager is a third)")
    while True:
        try:
            answer = input(f"{' / '.join(choices)}: ").strip().lower()
        except EOFError:
            raise CommandError(
                "Nothing was stored. Choose where: spotify-assets login --store env|secret|show"
            ) from None
        for choice in choices:
            if answer == choice:
                return choice


def _store(token: SecretStr, now: datetime, client_id: str, store: Store, secret: SpotifySecret | None) -> None:
    if store == "show":
        print(f"{VARIABLE}={token.get_secret_value()}")
        print(f"{SIGNED_IN_VARIABLE}={written(now)}")
        return
    if secret is not None and store == "secret":
        secret.store(token, client_id, now)
        print(f"Stored as refresh_token and {SIGNED_IN_FIELD} in the secret {secret.secret_id}.")
    else:
        store_in_env_file(ENV_FILE, token, now)
        print(f"Stored as {VARIABLE} and {SIGNED_IN_VARIABLE} in {ENV_FILE.absolute()}.")
        print("Running processes use it from their next token request on.")
    print("Next: spotify-assets doctor")
