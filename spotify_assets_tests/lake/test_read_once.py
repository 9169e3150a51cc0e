"""Content that is kept in memory, up to so many bytes."""

from spotify_assets.lake.read_once import LARGEST_SHARE, ReadOnce


def test_what_was_read_longest_ago_goes_first() -> None:
    files = ReadOnce(30)
    for key in "abc":
        files.put(key, key.encode() * 3)
    assert [files.get(key) for key in "abc"] == [b"aaa", b"bbb", b"ccc"]
    for key in "defghij":
        files.put(key, key.encode() * 3)
    assert files.get("a") == b"aaa"
    files.put("k", b"kkk")
    assert (files.get("a"), files.get("b"), files.get("c")) == (b"aaa", None, b"ccc")


def test_a_key_that_is_put_again_takes_its_room_once() -> None:
    files = ReadOnce(30)
    for _ in range(20):
        files.put("a", b"aaa")
    files.put("b", b"bbb")
    assert (files.get("a"), files.get("b")) == (b"aaa", b"bbb")


def test_what_is_large_is_not_kept_and_nothing_is_where_there_is_no_room() -> None:
    files = ReadOnce(10 * LARGEST_SHARE)
    files.put("a", b"a" * 10)
    files.put("b", b"b" * 11)
    assert (files.get("a"), files.get("b")) == (b"a" * 10, None)
    none = ReadOnce(0)
    none.put("a", b"a")
    assert none.get("a") is None
