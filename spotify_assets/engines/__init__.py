"""Where a day's tables are made: in this process by Polars, on a Spark cluster, or as a job of AWS Glue.

The rules are the functions of `transform/`, in each of them; none belongs here.
"""
