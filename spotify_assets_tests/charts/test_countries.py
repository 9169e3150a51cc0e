import pytest

from spotify_assets.charts.countries import is_region, region_of


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Global", "global"),
        ("Germany", "de"),
        ("South Korea", "kr"),
        ("Turkey", "tr"),
        ("Türkiye", "tr"),
        ("Czech Republic", "cz"),
        ("Czechia", "cz"),
        ("Russia", "ru"),
        ("Russian Federation", "ru"),
        ("Vietnam", "vn"),
        ("Hong Kong", "hk"),
        ("Taiwan", "tw"),
        ("Bolivia", "bo"),
        ("Venezuela", "ve"),
        ("United Arab Emirates", "ae"),
        ("United States", "us"),
        ("United Kingdom", "gb"),
        ("Andorra", "ad"),
        (" el salvador ", "sv"),
        ("DE", "de"),
        ("gb", "gb"),
        ("DEU", None),
        ("276", None),
        ("Korea", None),
        ("Germanyy", None),
        ("Deutschland", None),
        ("xx", None),
        ("", None),
    ],
)
def test_names_and_codes_stand_for_regions_and_nothing_else_does(name: str, region: str | None) -> None:
    assert region_of(name) == region


def test_regions_are_codes_in_small_letters() -> None:
    assert [code for code in ("global", "de", "DE", "germany", "xx", "deu") if is_region(code)] == ["global", "de"]
