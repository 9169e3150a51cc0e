"""The sign-in of the fake Spotify: `/authorize` and `/api/token`, worded as accounts.spotify.com words them.

Sources: https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow, …/tutorials/refreshing-tokens
and …/concepts/redirect_uri.
"""

import base64
import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from dateutil.relativedelta import relativedelta

from spotify_assets_tests.support.spotify.clock import Clock

SCOPES = ("playlist-read-private", "playlist-read-collaborative")
# Spotify knows more; these are the ones that a reader of playlists could ask for.
KNOWN_SCOPES = {*SCOPES, "user-read-private", "user-read-email", "user-library-read", "playlist-modify-private"}
TOKEN_SECONDS = 3600
# From the sign-in on, however often the token is renewed or replaced.
REFRESH_TOKENS_LIVE = relativedelta(months=6)


class SignInError(Exception):
    """An answer of the token endpoint in OAuth's form."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


@dataclass
class AccessToken:
    """`user` is none where the app signed in as itself."""

    user: str | None
    scope: str
    is_expired: bool = False


@dataclass
class Grant:
    """What the user has agreed to, for as long as the code is not exchanged yet."""

    redirect_uri: str
    scope: str
    challenge: str | None


@dataclass(frozen=True)
class Agreement:
    """What a refresh token stands for: the scope that the user agreed to, and when."""

    scope: str
    at: datetime


@dataclass
class SignIn:
    """One registered app and one user; everything that was ever issued."""

    user: str
    clock: Clock
    client_id: str = field(default_factory=lambda: secrets.token_hex(16))
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    refresh_token: str = field(default_factory=lambda: f"AQ{secrets.token_urlsafe(64)}")
    redirect_uris: tuple[str, ...] = ("http://127.0.0.1/callback",)
    denies: bool = False
    """The user presses Cancel."""
    rotates: bool = False
    """A refresh token is good for one use, which gives the next."""
    wants_secret: bool = False
    """Refresh tokens come from the flow with a secret, and are renewed with it alone."""
    forged_state: str | None = None
    """Sent back instead of the state that was asked with."""
    tokens: list[str] = field(default_factory=list)
    _access: dict[str, AccessToken] = field(default_factory=dict)
    _refresh: dict[str, Agreement] = field(default_factory=dict)
    _revoked: set[str] = field(default_factory=set)
    _codes: dict[str, Grant] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._refresh[self.refresh_token] = self._agreed_now(" ".join(SCOPES))
        self.tokens.append(self.refresh_token)

    def revoke_refresh_tokens(self) -> None:
        with self._lock:
            self._revoked.update(self._refresh)

    def another_refresh_token(self, *more: str) -> str:
        """What the user gets who signs in once more, and agrees to more scopes."""
        with self._lock:
            return self._new_refresh_token(self._agreed_now(" ".join((*SCOPES, *more))))

    def expire_access_tokens(self) -> None:
        with self._lock:
            for token in self._access.values():
                token.is_expired = True

    def token(self, header: str | None) -> AccessToken | Literal["none", "unknown", "expired"]:
        """The token of an Authorization header, or why there is none that is good."""
        if not header:
            return "none"
        with self._lock:
            token = self._access.get(header.removeprefix("Bearer "))
        if token is None:
            return "unknown"
        return "expired" if token.is_expired else token

    def authorize(self, query: dict[str, str]) -> tuple[int, str]:
        """Either 302 and where the browser goes next, or 400 and the page that it shows."""
        refusal = self._refusal(query)
        if refusal is not None:
            return 400, refusal
        redirect_uri = query["redirect_uri"]
        answer = {"state": self.forged_state or query["state"]} if "state" in query else {}
        if self.denies:
            return 302, f"{redirect_uri}?{urlencode({'error': 'access_denied', **answer})}"
        code = f"AQ{secrets.token_urlsafe(48)}"
        with self._lock:
            self._codes[code] = Grant(redirect_uri, query.get("scope", ""), query.get("code_challenge"))
            self.tokens.append(code)
        return 302, f"{redirect_uri}?{urlencode({'code': code, **answer})}"

    def _refusal(self, query: dict[str, str]) -> str | None:
        if query.get("client_id") != self.client_id:
            return "INVALID_CLIENT: Invalid client"
        if not self._is_registered(query.get("redirect_uri", "")):
            return "INVALID_CLIENT: Invalid redirect URI"
        if query.get("response_type") != "code":
            return "response_type must be code"
        if "code_challenge" in query and query.get("code_challenge_method") != "S256":
            return "code_challenge_method must be S256"
        if set(query.get("scope", "").split()) - KNOWN_SCOPES:
            return "INVALID_SCOPE: Invalid scope"
        return None

    def issue(self, form: dict[str, str], authorization: str | None) -> dict[str, Any]:
        """The answer of `/api/token`.

        Raises:
            SignInError: nothing is issued.
        """
        has_secret = self._authenticated(form, authorization)
        with self._lock:
            match form.get("grant_type"):
                case "client_credentials":
                    if not has_secret:
                        raise SignInError("invalid_client", "Invalid client secret")
                    return self._access_token(None, "")
                case "refresh_token":
                    if self.wants_secret and not has_secret:
                        raise SignInError("invalid_client", "Invalid client secret")
                    return self._refreshed(form.get("refresh_token", ""))
                case "authorization_code":
                    return self._exchanged(form, has_secret)
                case other:
                    raise SignInError("unsupported_grant_type", f"grant_type {other} is not supported")

    def _is_registered(self, redirect_uri: str) -> bool:
        """Exactly, except that a loopback address which is registered without a port stands for every port."""
        parts = urlsplit(redirect_uri)
        if redirect_uri in self.redirect_uris:
            return True
        return parts.hostname in {"127.0.0.1", "::1"} and f"http://{parts.hostname}{parts.path}" in self.redirect_uris

    def _authenticated(self, form: dict[str, str], authorization: str | None) -> bool:
        """Whether the app proved itself with its secret; public clients give their id only."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret")
        if authorization and authorization.startswith("Basic "):
            client_id, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if client_id != self.client_id:
            raise SignInError("invalid_client", "Invalid client")
        if secret is not None and secret != self.client_secret:
            raise SignInError("invalid_client", "Invalid client secret")
        return secret is not None

    def _refreshed(self, refresh_token: str) -> dict[str, Any]:
        if refresh_token in self._revoked:
            raise SignInError("invalid_grant", "Refresh token revoked")
        if refresh_token not in self._refresh:
            raise SignInError("invalid_grant", "Invalid refresh token")
        agreed = self._refresh[refresh_token]
        if self.clock.now() >= agreed.at + REFRESH_TOKENS_LIVE:
            raise SignInError("invalid_grant", "Refresh token expired")
        answer = self._access_token(self.user, agreed.scope)
        if not self.rotates:
            return answer
        self._revoked.add(refresh_token)
        return {**answer, "refresh_token": self._new_refresh_token(agreed)}

    def _exchanged(self, form: dict[str, str], has_secret: bool) -> dict[str, Any]:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None:
            raise SignInError("invalid_grant", "Invalid authorization code")
        if form.get("redirect_uri") != grant.redirect_uri:
            raise SignInError("invalid_grant", "Invalid redirect URI")
        if grant.challenge is None and not has_secret:
            raise SignInError("invalid_client", "Invalid client secret")
        if grant.challenge is not None and _challenge(form.get("code_verifier", "")) != grant.challenge:
            raise SignInError("invalid_grant", "code_verifier was incorrect")
        return {
            **self._access_token(self.user, grant.scope),
            "refresh_token": self._new_refresh_token(self._agreed_now(grant.scope)),
        }

    def _agreed_now(self, scope: str) -> Agreement:
        return Agreement(scope, self.clock.now())

    def _new_refresh_token(self, agreed: Agreement) -> str:
        refresh_token = f"AQ{secrets.token_urlsafe(64)}"
        self._refresh[refresh_token] = agreed
        self.tokens.append(refresh_token)
        return refresh_token

    def _access_token(self, user: str | None, scope: str) -> dict[str, Any]:
        token = f"BQ{secrets.token_urlsafe(64)}"
        self._access[token] = AccessToken(user, scope)
        self.tokens.append(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return {**answer, "scope": scope} if user else answer


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
