"""Where bytes lie: raw objects, staged and published tables. Nothing else knows about S3, folders or the catalog."""
