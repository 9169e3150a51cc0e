"""Every form in which Spotify's clients name a playlist, and a sentence for what is none."""

import pytest

from spotify_assets.spotify.playlist_links import NoPlaylist, playlist_id

ID = "37i9dQZEVXbMDoHDwVN2tF"
FORMS = [
    ID,
    f"  {ID}\n",
    f"spotify:playlist:{ID}",
    f"spotify:user:some.one:playlist:{ID}",
    f"spotify://playlist/{ID}",
    f"https://open.spotify.com/playlist/{ID}",
    f"https://open.spotify.com/playlist/{ID}/",
    f"https://open.spotify.com/playlist/{ID}?si=0123456789abcdef&pt=x",
    f"https://open.spotify.com/playlist/{ID}#login",
    f"http://open.spotify.com/playlist/{ID}",
    f"open.spotify.com/playlist/{ID}",
    f"HTTPS://Open.Spotify.com/playlist/{ID}",
    f"<https://open.spotify.com/playlist/{ID}>",
    f"https://open.spotify.com/intl-de/playlist/{ID}?si=1",
    f"https://open.spotify.com/intl-pt-BR/playlist/{ID}",
    f"https://open.spotify.com/user/some.one/playlist/{ID}",
    f"https://open.spotify.com/embed/playlist/{ID}?utm_source=generator&theme=0",
    f"https://open.spotify.com/embed/user/spotify/playlist/{ID}",
    f"https://play.spotify.com/user/spotify/playlist/{ID}",
    f"https://embed.spotify.com/?uri=spotify%3Aplaylist%3A{ID}",
    f"https://embed.spotify.com/?theme=white&uri=spotify:user:spotify:playlist:{ID}",
    f"https://api.spotify.com/v1/playlists/{ID}/items?limit=50",
]
OTHERS = {
    "https://spotify.link/abcDEF123": "short link. Open it in a browser, and copy the resulting address",
    "https://spoti.fi/3abcDE": "short link",
    f"https://open.spotify.com/album/{ID}": "of type album, not a playlist",
    f"https://open.spotify.com/intl-fr/track/{ID}?si=1": "of type track",
    f"spotify:artist:{ID}": "of type artist",
    "spotify:collection": "of type collection",
    ID[:-1]: "is not a playlist id, URI or URL. In Spotify: Share",
    f"{ID}x": "is not a playlist id",
    f"../{ID}": "is not a playlist id",
    f"https://example.org/playlist/{ID}": "is not a playlist id",
    f"https://open.spotify.com.example.org/playlist/{ID}": "is not a playlist id",
    f"https://open.spotify.com/playlist/{ID}/tracks": "is not a playlist id",
    "": "is not a playlist id",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_the_playlist(form: str) -> None:
    assert playlist_id(form) == ID


@pytest.mark.parametrize("other", OTHERS)
def test_what_names_none_is_told_by_what_it_is(other: str) -> None:
    with pytest.raises(NoPlaylist) as raised:
        playlist_id(other)
    assert OTHERS[other] in str(raised.value)


def test_a_long_text_is_shown_by_its_first_eighty_characters() -> None:
    with pytest.raises(NoPlaylist) as raised:
        playlist_id("x" * 79 + "yz")
    assert str(raised.value).startswith(repr("x" * 79 + "y") + " is not")
