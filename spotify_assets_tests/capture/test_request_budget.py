"""Who may send how many requests: rules alone, for any history of captures."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.capture.request_budget import DUE_OVER_DAYS, Budget, due_profiles
from spotify_assets.lake.request_counts import WINDOW, Sent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEEP = timedelta(days=30)
PER_PLAYLIST = 3
IDS = st.text("0123456789abcXYZ", min_size=22, max_size=22)


def captured(at: datetime, playlists: int) -> Sent:
    return Sent(at, {"playlists": 2 * playlists, "playlists items": playlists}, playlists)


def test_what_is_left_and_what_is_used_by_endpoint() -> None:
    budget = Budget(100, [captured(NOON, 10), Sent(NOON, {"artists": 20}), Sent(NOON, {"artists": 5})], NOON)
    assert budget.by_endpoint == {"artists": 25, "playlists": 20, "playlists items": 10}
    assert (budget.used, budget.left) == (55, 45)
    # Ten playlists took thirty; a tenth more for those that grow.
    assert budget.needed_for(10) == 33
    assert budget.for_others(playlists=10, uncaptured=0) == 12
    assert budget.for_others(playlists=10, uncaptured=3) == 2
    assert budget.for_others(playlists=10, uncaptured=10) == 0
    assert budget.more_at == NOON + WINDOW


def test_nothing_bounds_where_no_number_is_set() -> None:
    budget = Budget(None, [captured(NOON, 10)], NOON)
    assert (budget.used, budget.left, budget.for_others(10, 10)) == (30, None, None)


def test_what_was_never_read_is_taken_for_a_playlist_with_a_second_page() -> None:
    assert Budget(100, [], NOON).needed_for(10) == 33
    assert Budget(100, [Sent(NOON, {"artists": 20})], NOON).needed_for(10) == 33
    assert Budget(100, [], NOON).more_at == NOON + WINDOW


def test_more_that_was_sent_pushes_out_what_is_a_day_old() -> None:
    later = captured(NOON + WINDOW, 1)
    assert Budget(100, [captured(NOON, 10)], NOON).and_then([later]) == Budget(100, [later], NOON + WINDOW)


@given(
    playlists=st.integers(1, 50),
    over=st.integers(0, 300),
    minutes=st.lists(st.integers(0, 23 * 60), min_size=2, max_size=20),
    wish=st.integers(0, 500),
)
def test_no_days_playlists_are_refused_whenever_each_day_captures(
    playlists: int, over: int, minutes: list[int], wish: int
) -> None:
    """One capture a day at any time, as early or late as may be, profiles greedy: what playlists need is there."""
    # Twice what they take, and the margin of the second round.
    daily = Budget(None, [], NOON).needed_for(playlists) + PER_PLAYLIST * playlists + over
    sent: list[Sent] = []
    before = NOON - 2 * WINDOW
    for day, minute in enumerate(minutes):
        # No third capture within 24 hours, for which nobody could leave room.
        at = max(NOON + day * WINDOW + timedelta(minutes=minute), before + WINDOW / 2)
        recent = [old for old in sent if at - WINDOW < old.at]
        if sum(bool(old.playlists) for old in recent) > 1:
            continue
        left = Budget(daily, recent, at).left
        assert left is not None
        assert left >= PER_PLAYLIST * playlists
        now = Budget(daily, recent, at).and_then([captured(at, playlists)])
        granted = now.for_others(playlists, uncaptured=0)
        assert granted is not None
        later = Sent(at + timedelta(seconds=1), {"artists": min(granted, wish)})
        sent += [captured(at, playlists), later]
        assert now.and_then([later]).used <= daily
        before = at


@given(ids=st.lists(IDS, unique=True, max_size=60), days=st.lists(st.integers(0, 40), min_size=60, max_size=60))
def test_new_artists_come_first_by_place_then_the_oldest_profiles_and_none_too_early_or_late(
    ids: list[str], days: list[int]
) -> None:
    # From the fortieth day on there is no profile.
    read_at = {artist: NOON - timedelta(days=age) for artist, age in zip(ids, days, strict=False) if age < 40}
    due = due_profiles(ids, read_at, NOON, KEEP)
    new = [artist for artist in ids if artist not in read_at]
    assert due[: len(new)] == new
    known = due[len(new) :]
    assert known == sorted(known, key=lambda artist: read_at[artist])
    for artist, at in read_at.items():
        age = NOON - at
        assert artist in known or age < KEEP
        assert artist not in known or age > KEEP - timedelta(days=DUE_OVER_DAYS)


def test_profiles_of_one_day_fall_due_over_eight_days() -> None:
    ids = [f"{number:022}" for number in range(800)]
    due_on = {
        age: len(due_profiles(ids, dict.fromkeys(ids, NOON - timedelta(days=age)), NOON, KEEP)) for age in range(22, 31)
    }
    assert (due_on[22], due_on[30]) == (0, 800)
    assert all(50 < due_on[age] - due_on[age - 1] < 150 for age in range(23, 31))


def test_profiles_that_are_not_kept_are_all_due() -> None:
    assert due_profiles(["b", "a"], {"b": NOON}, NOON, timedelta()) == ["a", "b"]
