"""The Power BI project: a model derived from the schemas, a page for each question. `python -m powerbi` writes it.

Microsoft documents the formats: https://learn.microsoft.com/power-bi/developer/projects/projects-overview
"""
