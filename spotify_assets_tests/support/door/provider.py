"""An OpenID Connect provider with people of the tests' own: discovery, keys, authorize, token, end of session.

Sources: https://openid.net/specs/openid-connect-core-1_0.html (3.1, the code flow), openid-connect-discovery-1_0.html,
openid-connect-rpinitiated-1_0.html, and RFC 7636 (PKCE).
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from spotify_assets_tests.support.processes.serving import serving

CLIENT_ID, CLIENT_SECRET = "the-door", "s3cret-of-the-door~'%+/="
# By name: what the provider tells of them.
PEOPLE: dict[str, dict[str, Any]] = {
    "olga": {"email": "olga@example.com", "email_verified": True, "groups": ["data team", "everybody"]},
    "omar": {"email": "omar@example.com", "email_verified": True, "groups": []},
    "vera": {"email": "vera@example.com", "email_verified": True, "groups": ["analysts", "everybody"]},
    "victor": {"email": "victor@example.com", "email_verified": True, "cognito:groups": ["analysts"]},
    "stranger": {"email": "stranger@example.com", "email_verified": True, "groups": ["analysts of others", "data"]},
    # Says that it is somebody else, which the provider has not looked into.
    "mallory": {"email": "omar@example.com", "email_verified": False, "groups": ["everybody"]},
}


@dataclass
class Grant:
    """What a code stands for until it is exchanged."""

    person: str
    redirect_uri: str
    nonce: str
    challenge: str


@dataclass
class Provider:
    """`url` is the issuer; `issued` are codes and tokens that it gave, `ended` whose sessions were ended there."""

    redirect_uri: str
    url: str = ""
    issued: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    _grants: dict[str, Grant] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))

    def document(self, path: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "end_session_endpoint": f"{self.url}/end",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
            }
        if path == "/keys":
            return {"keys": [self._key.as_dict(private=False)]}
        return None

    def authorize(self, asked: Mapping[str, str]) -> str:
        """Where the browser goes on once a person is chosen; an AssertionError where the request is another one."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["redirect_uri"] == self.redirect_uri
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = self._issue()
        self._grants[code] = Grant(asked["person"], asked["redirect_uri"], asked["nonce"], asked["code_challenge"])
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, credentials: str, asked: Mapping[str, str]) -> dict[str, Any] | None:
        """What a code is exchanged for, once; none where the client is another, or does not hold the verifier."""
        client, _, secret = base64.b64decode(credentials.removeprefix("Basic ")).decode().partition(":")
        grant = self._grants.pop(asked.get("code", ""), None)
        verified = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).decode()
        is_client = (unquote(client), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)
        if grant is None or not is_client or verified.rstrip("=") != grant.challenge:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": grant.nonce}
        claims |= {"sub": grant.person, **PEOPLE[grant.person]}
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self._key)
        self.issued.append(id_token)
        return {"access_token": self._issue(), "token_type": "Bearer", "expires_in": 300, "id_token": id_token}

    def end(self, asked: Mapping[str, str]) -> str:
        """Where the browser goes on once the session is ended here, too."""
        self.ended.append(jwt.decode(asked["id_token_hint"], self._key).claims["sub"])
        return asked["post_logout_redirect_uri"]

    def _issue(self) -> str:
        self.issued.append(secrets.token_urlsafe(24))
        return self.issued[-1]


def sign_in_page(address: str) -> str:
    """Who do you want to be? A link for each of the people."""
    links = "".join(
        f'<li><a href="{html.escape(f"{address}&person={name}")}">{name}</a> {html.escape(str(told["email"]))}</li>'
        for name, told in PEOPLE.items()
    )
    return f"<!doctype html><title>Sign in</title><h1>Sign in</h1><p>A stand-in for your provider.</p><ul>{links}</ul>"


@contextmanager
def signing_in(redirect_uri: str) -> Iterator[Provider]:
    """A provider that sends people back to `redirect_uri` and nowhere else, for as long as the context lasts."""
    provider = Provider(redirect_uri)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Nothing on the screen."""

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            path = urlsplit(self.path).path
            if path == "/authorize" and "person" not in asked:
                self._answer(200, sign_in_page(self.path), "text/html")
            elif path == "/authorize":
                self._answer(302, location=provider.authorize(asked))
            elif path == "/end":
                self._answer(302, location=provider.end(asked))
            else:
                document = provider.document(path)
                self._answer(404 if document is None else 200, json.dumps(document))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            token = provider.token(self.headers.get("Authorization", ""), asked)
            self._answer(400 if token is None else 200, json.dumps(token or {"error": "invalid_grant"}))

        def _answer(self, status: int, body: str = "", kind: str = "application/json", location: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body.encode())

    with serving(Handler, threading.Event()) as url:
        provider.url = url
        yield provider
