"""`python -m powerbi` writes the project anew."""

from powerbi.project import write

write()
