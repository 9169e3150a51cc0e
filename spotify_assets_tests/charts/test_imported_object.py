"""An imported object: the bytes as they came for everybody, and its provenance for this platform."""

from datetime import date

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.charts.imported_object import NotImported, Provenance, file_line, packed, provenance_of
from spotify_assets.transform.containers import decompress

PROVENANCE = Provenance("a.csv", "00" * 32, "2026-11-27T00:00:00+00:00", "a friend", as_of=date(2026, 11, 26))


@given(content=st.binary(max_size=300))
def test_bytes_come_back_as_they_were(content: bytes):
    data = packed(PROVENANCE, content)
    assert decompress(data) == content
    assert provenance_of(data) == PROVENANCE


def test_an_object_that_no_import_landed_has_no_provenance():
    assert provenance_of(zstandard.compress(b"{}")) is None


def test_a_damaged_provenance_is_told_of():
    data = packed(PROVENANCE, b"x").replace(b'"file"', b'"flie"')
    with pytest.raises(NotImported, match="import the file again"):
        provenance_of(data)


def test_lines_are_those_of_the_file():
    provenance = Provenance("a.csv", "", "", lines=((5, 2), (9, 3)))
    assert [file_line(provenance, line, 1) for line in range(1, 7)] == [1, 5, 6, 9, 10, 11]
    assert file_line(PROVENANCE, 7, 1) == 7
