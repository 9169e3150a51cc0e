"""What parts of keys say by themselves: when an object landed, what is no data, and which playlist it is of."""

import re

LANDED_AT = re.compile(r"/landed_at=(\d{8}T\d{6}\d{6}Z)/")
# Files that programs and systems leave next to data: markers of Hadoop and Spark, hidden files (those of rsync, editors
# and file managers among them), incomplete copies, backups of editors, settings of folders.
LITTER = re.compile(
    r"(?:^|/)(?:"
    r"_SUCCESS|_temporary(?:/.*)?|_(?:started|committed)_[^/]*|_(?:common_)?metadata|__MACOSX/.*|"
    r"\.[^/]*(?:/.*)?|"
    r"[^/]*(?:~|\.(?:tmp|temp|part|partial|crdownload|download|filepart|swp|crc))|"
    r"~[^/]*|#[^/]*#|"
    r"desktop\.ini|(?:eh)?thumbs\.db"
    r")\Z",
    re.IGNORECASE | re.DOTALL,
)

# Ids are 128-bit numbers in base 62, so the first character is at most 7; dates and digits alone are none.
PLAYLIST_ID = re.compile(r"(?<![0-9A-Za-z])(?!(?:19|20)\d{6})(?=[0-9A-Z]*[a-z])[0-7][0-9A-Za-z]{21}(?![0-9A-Za-z])")
PAGE_WORD = re.compile(r"(?:page|part|chunk|offset|batch)[-_ =]?(\d+)", re.IGNORECASE)
# That of `.bz2` is none.
NUMBER = re.compile(r"(?<!\.bz)(?<!\d)\d+")
PAGE_NUMBER = re.compile(r"(?:page|part|chunk|offset|batch)[-_ =]?\d+[^/]*\Z", re.IGNORECASE)


def playlist_ids_in(key: str) -> list[str]:
    """Playlist ids in the names of a file and its folders, each once."""
    return list(dict.fromkeys(PLAYLIST_ID.findall(LANDED_AT.sub("/", f"/{key}"))))


def is_numbered_page(key: str) -> bool:
    """Whether a file's name says that it is one of several."""
    return PAGE_NUMBER.search(key) is not None


def series_of(key: str) -> str:
    """The common part of the keys of one playlist's pages: all but the page number.

    That number follows `page`, `part` and the like, else it is the last number of the file's name.
    """
    folder, slash, name = LANDED_AT.sub("/", f"/{key}").rpartition("/")
    known = PAGE_WORD.search(name)
    # Digits in an id are no number.
    numbers = list(NUMBER.finditer(PLAYLIST_ID.sub(lambda found: "x" * len(found.group()), name)))
    if known is None and not numbers:
        return f"{folder}{slash}{name}"
    start, end = known.span(1) if known else numbers[-1].span()
    return f"{folder}{slash}{name[:start]}#{name[end:]}"
