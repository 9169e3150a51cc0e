"""Engines that build a day's tables: Polars in this process, a Spark cluster, or an AWS Glue job.

All use the rules in `transform/`; none belongs here.
"""
