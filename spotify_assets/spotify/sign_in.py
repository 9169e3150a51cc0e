"""Signs a user in at Spotify: authorization code with PKCE, received on a loopback address of this machine.

spotipy builds the request and exchanges the code. The loopback server is our own, since spotipy's takes the first
request for the answer, waits forever, and leaves its socket open.
Source: https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow
"""

import errno
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from urllib.parse import parse_qsl, urlsplit

import requests
from pydantic import SecretStr
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.exceptions import SpotifyOauthError
from spotipy.oauth2 import SpotifyPKCE

SCOPES = ("playlist-read-private", "playlist-read-collaborative")
LIBRARY_SCOPE = "user-library-read"
HOST = "127.0.0.1"
CALLBACK_PATH = "/callback"
REQUEST_SECONDS = 30
PAGE = "<!doctype html><title>spotify-assets</title><p>{message} You can close this window and return to the terminal."

Answer = dict[str, str]


class SignInError(RuntimeError):
    """Nobody was signed in; the message says why and what to do."""


def listed_uri() -> str:
    """The redirect URI to list in the app's settings at Spotify; on a loopback address any port is then accepted."""
    return f"http://{HOST}{CALLBACK_PATH}"


def redirect_uri(port: int) -> str:
    """Where Spotify redirects the browser: the URI listed in the dashboard, with the port.

    Source: https://developer.spotify.com/documentation/web-api/concepts/redirect_uri
    """
    return f"http://{HOST}:{port}{CALLBACK_PATH}"


def sign_in(
    client_id: str,
    port: int,
    seconds: float,
    show_address: Callable[[str], None],
    endpoint_url: str | None = None,
    *,
    reads_library: bool = False,
) -> SecretStr:
    """A refresh token of the user who opens the address passed to `show_address`, within `seconds`.

    `reads_library` also asks for the user's liked songs.

    It is valid for six months from now, however often it is used.
    Source: https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens

    Raises:
        SignInError: the port is taken, nobody answered, the user declined, or Spotify refused.
    """
    # In memory: spotipy's default is a file in the working directory.
    tokens = MemoryCacheHandler()
    flow = SpotifyPKCE(
        client_id=client_id,
        redirect_uri=redirect_uri(port),
        state=secrets.token_urlsafe(32),
        scope=" ".join((*SCOPES, LIBRARY_SCOPE) if reads_library else SCOPES),
        requests_timeout=REQUEST_SECONDS,
        open_browser=False,
        cache_handler=tokens,
    )
    if endpoint_url:
        # Class constants of spotipy, so its types take no other address.
        vars(flow).update(
            OAUTH_AUTHORIZE_URL=f"{endpoint_url.rstrip('/')}/authorize",
            OAUTH_TOKEN_URL=f"{endpoint_url.rstrip('/')}/api/token",
        )
    with _listening(port) as answers:
        show_address(flow.get_authorize_url())
        try:
            answer = answers.get(timeout=seconds)
        except Empty:
            raise SignInError(
                f"Nobody signed in within {seconds:g} seconds. If Spotify showed an error, check your app at "
                "https://developer.spotify.com/dashboard: SPOTIFY_CLIENT_ID must be its client id, and its redirect "
                f"URIs must list {listed_uri()}."
            ) from None
    return _exchange(flow, tokens, _code(answer, flow.state))


@contextmanager
def _listening(port: int) -> Iterator[SimpleQueue[Answer]]:
    """Answers that browsers bring to the redirect URI, as they arrive."""
    answers: SimpleQueue[Answer] = SimpleQueue()

    class Handler(_Handler):
        received = answers

    try:
        # A thread per connection: browsers open some that they never use.
        server = ThreadingHTTPServer((HOST, port), Handler)
    except OSError as error:
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
        raise SignInError(
            f"Port {port} {reason}. Choose another, such as: spotify-assets login --port {port + 1}"
        ) from None
    with server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield answers
        finally:
            server.shutdown()
            serving.join()


class _Handler(BaseHTTPRequestHandler):
    received: SimpleQueue[Answer]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        answer = dict(parse_qsl(parts.query))
        # Browsers also request other things, such as an icon.
        is_answer = parts.path == CALLBACK_PATH and bool({"code", "error"} & answer.keys())
        message = "Spotify has answered." if is_answer else "There is nothing here."
        content = PAGE.format(message=message).encode()
        self.send_response(200 if is_answer else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        if is_answer:
            self.received.put(answer)

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Nothing: the path holds the code."""


def _code(answer: Answer, state: str | None) -> str:
    if not secrets.compare_digest(answer.get("state", "").encode(), (state or "").encode()):
        raise SignInError(
            "The answer does not belong to this sign-in (its state differs), so it was not used. "
            "Close other sign-in windows and run `spotify-assets login` again."
        )
    if answer.get("error") == "access_denied":
        raise SignInError("Access was denied at Spotify. Run `spotify-assets login` again and agree there.")
    if "code" not in answer:
        raise SignInError(
            f"Spotify refused the sign-in: {_one_line(answer['error'])}. Run `spotify-assets login` again."
        )
    return answer["code"]


def _exchange(flow: SpotifyPKCE, tokens: MemoryCacheHandler, code: str) -> SecretStr:
    place = urlsplit(flow.OAUTH_TOKEN_URL).netloc
    try:
        flow.get_access_token(code, check_cache=False)
        return SecretStr((tokens.get_cached_token() or {})["refresh_token"])
    except SpotifyOauthError as error:
        reason = error.error_description or error.error or "no reason given"
        raise SignInError(
            f"{place} gave no token: {_one_line(reason)}. Run `spotify-assets login` again; if that does not help, "
            "compare SPOTIFY_CLIENT_ID with your app at https://developer.spotify.com/dashboard."
        ) from None
    except requests.JSONDecodeError:
        raise SignInError(f"{place} gave a response without a token. Try again later.") from None
    except requests.RequestException:
        raise SignInError(
            f"{place} cannot be reached. Check the network, then run `spotify-assets login` again."
        ) from None
    except (KeyError, TypeError):
        raise SignInError(f"{place} answered without a refresh token. Run `spotify-assets login` again.") from None


def _one_line(text: str) -> str:
    """Untrusted text, safe for a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)[:200]
