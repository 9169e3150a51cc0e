"""Where a refresh token is kept, where that is not what it seems."""

from pathlib import Path

from pydantic import SecretStr

from spotify_assets.spotify.token_storage import store_in_env_file


def test_a_linked_env_file_stays_a_link_and_its_target_gets_the_token(tmp_path: Path) -> None:
    target, link = tmp_path / "elsewhere.env", tmp_path / ".env"
    target.write_text("LAKE_URL=lake\nSPOTIFY_REFRESH_TOKEN=old\n")
    link.symlink_to(target)
    store_in_env_file(link, SecretStr("new"))
    assert link.is_symlink()
    assert target.read_text() == "LAKE_URL=lake\nSPOTIFY_REFRESH_TOKEN=new\n"
