"""Country names of data sets as the codes that charts use."""

from functools import cache

GLOBAL = "global"
# Names used by chart data sets, but not (or no longer) in ISO 3166.
OTHER_NAMES = {"russia": "ru", "turkey": "tr"}
CODE_LENGTH = 2


def is_region(code: str) -> bool:
    """Whether it is a lower-case country code, or `global`."""
    return code == GLOBAL or (len(code) == CODE_LENGTH and code.islower() and region_of(code) is not None)


@cache
def region_of(country: str) -> str | None:
    """The region of an English name or an ISO 3166-1 alpha-2 code; None if it is neither.

    Names must match exactly.
    """
    word = country.strip().casefold()
    if word == GLOBAL:
        return GLOBAL
    if word in OTHER_NAMES:
        return OTHER_NAMES[word]
    # Imported here: it takes 90 ms, and many callers never need it.
    import pycountry  # noqa: PLC0415

    try:
        found = pycountry.countries.lookup(word)
    except LookupError:
        return None
    # Three-letter and numeric codes are found as well, but no chart uses them.
    is_code = len(word) > CODE_LENGTH and word in (found.alpha_3.casefold(), found.numeric)
    return None if is_code else found.alpha_2.lower()
