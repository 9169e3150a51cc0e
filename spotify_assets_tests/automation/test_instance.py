"""The settings of an instance: written once, brought up to date, and kept where somebody changed them."""

import hashlib
import tarfile
from importlib.resources import files
from pathlib import Path

import pytest

from spotify_assets.automation.instance import FORMER_SETTINGS, bring_up_to_date
from spotify_assets_tests.support.processes.mounts import MountNotPermitted, read_only, small_disk
from spotify_assets_tests.upgrades.make_released import RELEASED

CURRENT = files("spotify_assets.automation").joinpath("dagster.yaml").read_bytes()


@pytest.mark.parametrize("archive", sorted(RELEASED.glob("*.tar.xz")), ids=lambda path: path.name)
def test_the_settings_of_each_released_version_are_brought_up_to_date(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as kept:
        kept.extract(".dagster/dagster.yaml", tmp_path, filter="data")
    configuration = tmp_path / ".dagster" / "dagster.yaml"
    assert "older version" in str(bring_up_to_date(configuration))
    assert configuration.read_bytes() == CURRENT
    assert bring_up_to_date(configuration) is None


def test_the_current_settings_are_no_former_ones() -> None:
    assert hashlib.sha256(CURRENT).hexdigest() not in FORMER_SETTINGS


def test_settings_with_changes_of_ones_own_stay_and_are_told_of_once(tmp_path: Path) -> None:
    configuration = tmp_path / "dagster.yaml"
    assert bring_up_to_date(configuration) is None
    assert configuration.read_bytes() == CURRENT
    own = CURRENT + b"# mine\n"
    configuration.write_bytes(own)
    assert "is kept" in str(bring_up_to_date(configuration))
    assert configuration.read_bytes() == own
    assert (tmp_path / "dagster.default.yaml").read_bytes() == CURRENT
    assert bring_up_to_date(configuration) is None


def test_settings_in_a_container_whose_files_nobody_may_write_are_those_of_its_image(tmp_path: Path) -> None:
    own = CURRENT + b"# the image's\n"
    try:
        with small_disk(tmp_path / "home", 1) as home:
            (home / "dagster.yaml").write_bytes(own)
            with read_only(home):
                assert bring_up_to_date(home / "dagster.yaml") is None
                assert [path.name for path in home.iterdir()] == ["dagster.yaml"]
    except MountNotPermitted:
        pytest.skip("mounting a file system is not permitted here")
