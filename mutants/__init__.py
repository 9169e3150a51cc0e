"""Small changes seeded into the code that decides, to see whether the tests notice: `python -m mutants`.

What belongs here: which changes are made, in which modules, which tests are asked, and why a change that no test can
notice is none. The package knows nothing of it.

A script of our own: mutmut changes functions alone, so no threshold of a module, and cosmic-ray works in place; neither
knows a dropped `.filter(…)`, a left join that becomes an inner one, or which tests belong to a module here.
"""
