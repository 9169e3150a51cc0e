"""Where bytes lie: raw objects, staged and published tables. Nothing else knows about S3, folders or the catalog.

What the bytes mean does not belong here: rules about rows are in `transform/`, columns in `schemas/`.
"""
