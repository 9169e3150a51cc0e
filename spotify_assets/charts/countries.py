"""Countries in the words of data sets, as the codes that charts use."""

from functools import cache

GLOBAL = "global"
# Names that ISO 3166 does not have (any more), though every data set of charts does.
OTHER_NAMES = {"russia": "ru", "turkey": "tr"}
CODE_LENGTH = 2


def is_region(code: str) -> bool:
    """Whether it is the code of a country in small letters, or `global`."""
    return code == GLOBAL or (len(code) == CODE_LENGTH and code.islower() and region_of(code) is not None)


@cache
def region_of(country: str) -> str | None:
    """The region that an English name or an ISO 3166-1 alpha-2 code stands for; None where it is neither.

    Names are taken as they are: what is only like the name of a country is none.
    """
    word = country.strip().casefold()
    if word == GLOBAL:
        return GLOBAL
    if word in OTHER_NAMES:
        return OTHER_NAMES[word]
    # Here alone: it takes 90 ms to import, and many who look at names of files never ask.
    import pycountry  # noqa: PLC0415

    try:
        found = pycountry.countries.lookup(word)
    except LookupError:
        return None
    # Codes of three letters and numbers are found as well, and no chart has them.
    is_code = len(word) > CODE_LENGTH and word in (found.alpha_3.casefold(), found.numeric)
    return None if is_code else found.alpha_2.lower()
