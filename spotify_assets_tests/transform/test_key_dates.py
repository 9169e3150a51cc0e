"""The day that a key says: every form that people use, and never a guess."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.transform.key_dates import NotADay, day_in_key, day_of_folder

DAY = date(2026, 3, 7)
FORMS = [
    "snapshot_date=2026-03-07/x.json",
    "snapshot_date=20260307/x.json",
    "dt=2026-03-07/x.json",
    "year=2026/month=03/day=07/x.json",
    "year=2026/month=3/day=7/hour=23/x.json",
    "2026/03/07/x.json",
    "2026/3/7.json",
    "2026-03-07.json",
    "export-2026-3-7.json",
    "2026_03_07/x.json",
    "top50 2026.03.07.json",
    "20260307.json",
    "chart20260307.json",
    "export2026-03-07b.json",
    "2026-03-07T06:15:00Z.json",
    "2026-03-07T23-30-00+02-00.json",
    "2026-03-07_06-15-00.json",
    "2026-03-07 06.15.json",
    "20260307T06.json",
    "20260307T061500Z.json",
    "20260307061500.json",
    "2026/03/07/06/stream-1-2026-03-07-06-15-00-0d5a.json",
    "2026-03-07/top50_20260307.tar.gz",
    "7-Mar-2026.json",
    "7th March 2026/x.json",
    "March 7, 2026.json",
    "Sept/2026-03-07(1).json",
    "snapshot_date=2026-03-07/landed_at=20260401T061500000000Z/x.json",
    "snapshot_date=2026-W10-6/x.json",
    "snapshot_date=2026-03-07/snapshot_date=2026-03-07/x.json",
]
UNTOLD = [
    "top50.json",
    "2026.json",
    "Best of 2016/x.json",
    "2019-2026.json",
    "seasons 2025-26.json",
    "37i9dQZF1DXcBWIGoYBM5M.json",
    "playlist-37i9dQZF1DX20260301M.json",
    "part-00000-2f6f2f6c-1b1b-4c4c-8d8d-1202603071ab.json",
    "export-1773000000.json",
    "export-12345678.json",
    "v1.2.10/x.json",
    "page-2-of-3.json",
    "12026-03-02.json",
]
WEEKLY = "regional-global-weekly-2020-01-17--2020-01-24.csv"
UNCLEAR = {
    "snapshot_date=/x.json": "''",
    "snapshot_date=yesterday/x.json": "'yesterday'",
    "snapshot_date=2026-02-30/x.json": "'2026-02-30'",
    "2026-13-01.json": "'2026-13-01'",
    "20261345.json": "'20261345'",
    "31-Feb-2026.json": "'31-Feb-2026'",
    "07.03.2026.json": "'07.03.2026'",
    "03/07/2026/x.json": "'03/07/2026'",
    "07-03-26.json": "'07-03-26'",
    "2026-W10.json": "'2026-W10'",
    "2026-03.json": "'2026-03'",
    "2026/03/x.json": "'2026/03'",
    "year=2026/month=03/x.json": "'year=2026/month=03'",
    "202603.json": "'202603'",
    "2026-0307.json": "'2026-0307'",
    "20260307a.json": "'20260307a'",
    "March 2026.json": "'March 2026'",
    "2026-03-071.json": "'2026-03-071'",
    "snapshot_date=2026-03-01/2026-03-02.json": "'2026-03-01' and '2026-03-02'",
    "export-2020-01-17--2020-01-24.csv": "'export-2020-01-17--2020-01-24.csv' in its key are two days",
    "regional-global-weekly-2020-01-17--2020-01-25.csv": "not a week from one Friday to the next",
    "2026/03/01/20260302.json": "'20260302'",
}


@pytest.mark.parametrize("key", FORMS)
def test_the_forms_that_people_use_are_the_same_day(key: str) -> None:
    assert day_in_key(key) == DAY


@pytest.mark.parametrize("key", UNTOLD)
def test_other_digits_say_no_day(key: str) -> None:
    assert day_in_key(key) is None


@pytest.mark.parametrize("key", UNCLEAR)
def test_what_may_be_a_day_but_cannot_be_told_is_named_with_what_to_do(key: str) -> None:
    with pytest.raises(NotADay, match="snapshot_date=YYYY-MM-DD/") as raised:
        day_in_key(key)
    assert UNCLEAR[key] in str(raised.value)


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(
        ["%Y-%m-%d", "%Y%m%d", "%Y_%m_%d", "%Y/%m/%d", "year=%Y/month=%m/day=%d/", "%d-%b-%Y", "%B %d, %Y"]
    ),
    st.sampled_from(["", "chart-", "a b/", "Top 50 Global/"]),
    st.sampled_from([".json", "/x.json", "_v2.json.gz", " (2).json"]),
)
def test_any_day_in_any_known_form_is_that_day(day: date, form: str, before: str, after: str) -> None:
    assert day_in_key(f"{before}{day.strftime(form)}{after}") == day


def test_a_weekly_chart_is_of_the_day_that_ends_its_week() -> None:
    assert day_in_key(f"charts/{WEEKLY}") == date(2020, 1, 23)


@pytest.mark.parametrize("name", [f"snapshot_date={DAY}", f"{DAY}", f"date={DAY}", f"chart_day={DAY}"])
def test_a_folder_may_plainly_say_its_day(name: str) -> None:
    assert day_of_folder(name) == DAY


@pytest.mark.parametrize(
    "name",
    [
        "",
        "charts",
        "2026",
        f"{DAY:%Y%m%d}",
        f"snapshot_date={DAY:%Y%m%d}",
        f"chart-{DAY}",
        f"{DAY}-chart",
        f"{DAY}\n",
        f"1{DAY}",
        "snapshot_date=2026-02-30",
        "0926-03-07",
        "snapshot_date=2026-W10-6",
    ],
)
def test_other_folders_do_not_say_plainly_whose_they_are(name: str) -> None:
    assert day_of_folder(name) is None


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["", "snapshot_date=", "date=", "year=", "landed_at=", "March_="]),
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from([*FORMS, *UNCLEAR, *UNTOLD, "-1", "T06", "x", WEEKLY, "landed_at=20260305T235959123456Z"]),
            max_size=3,
        ).map("/".join),
    ),
)
def test_nothing_in_a_folder_that_plainly_says_its_day_is_of_another(day: date, before: str, rest: str) -> None:
    """A run of another day does not look into it."""
    assert day_of_folder(f"{before}{day}") == day
    with suppress(NotADay):
        assert day_in_key(f"{before}{day}/{rest}") == day
