"""Storage: raw objects, staged and published tables. Nothing else knows about S3, folders or the catalog.

What the bytes mean is decided elsewhere: rules about rows in `transform/`, columns in `schemas/`.
"""
