"""Reproducible zip files: the same content gives the same bytes, so a name can identify the content."""

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

# The earliest time that a zip file can store.
ALWAYS = (1980, 1, 1, 0, 0, 0)
# Digits of a hash in a name.
DIGITS = 12


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, in order, without Python's compiled modules."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def write_zip(archive: Path, root: Path, files: Iterable[Path], *, compressed: bool = True) -> None:
    """Puts files into an archive, named from `root` on."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(archive, "w", method) as written:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), ALWAYS)
            entry.external_attr, entry.compress_type = 0o644 << 16, method
            written.writestr(entry, path.read_bytes())


def digest(*files: Path) -> str:
    """The first digits of a hash over the content of files."""
    found = hashlib.sha256()
    for file in files:
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:DIGITS]
