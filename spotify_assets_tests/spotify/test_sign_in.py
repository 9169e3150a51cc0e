"""Signing in where the loopback address cannot be had; the whole way is asked about with the command."""

import errno
import os

import pytest

from spotify_assets.spotify import sign_in as module
from spotify_assets.spotify.sign_in import SignInError, sign_in


@pytest.mark.parametrize(
    ("number", "said", "unsaid"),
    [(errno.EADDRINUSE, "is in use", "cannot"), (errno.EACCES, "cannot be opened (Permission denied)", "in use")],
)
def test_a_port_that_cannot_be_had_says_why_and_names_another(
    monkeypatch: pytest.MonkeyPatch, number: int, said: str, unsaid: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module, "ThreadingHTTPServer", refuse)
    with pytest.raises(SignInError) as caught:
        sign_in("an-app", 80, 1, lambda _: None)
    told = str(caught.value)
    assert f"Port 80 {said}" in told
    assert "--port 81" in told
    assert unsaid not in told
