"""The estimated cost of a run on AWS: machine time and S3 requests.

List prices of us-east-1 without the free tier; docs/aws.md shows the same arithmetic for a month.
"""

# https://aws.amazon.com/ec2/pricing/on-demand/: t4g.medium (2 vCPU, 4 GiB), the machine recommended in docs/aws.md.
USD_PER_MACHINE_HOUR = 0.0336
# https://aws.amazon.com/s3/pricing/: PUT, COPY, POST and LIST; GET and all others. Deletes are free.
USD_PER_WRITE, USD_PER_READ = 0.005 / 1000, 0.0004 / 1000
# Counted for a day from capture to dashboard, independent of the number of days before;
# `assets/test_requests_of_a_day.py` counts them again.
WRITES_PER_DAY, WRITES_PER_RAW_OBJECT = 130, 2
READS_PER_DAY, READS_PER_RAW_OBJECT = 117, 3


def run_cost(seconds: float, days: int, raw_objects: int) -> float:
    """US dollars for a run of so many seconds that published so many days with so many raw objects in total."""
    writes = days * WRITES_PER_DAY + raw_objects * WRITES_PER_RAW_OBJECT
    reads = days * READS_PER_DAY + raw_objects * READS_PER_RAW_OBJECT
    return seconds / 3600 * USD_PER_MACHINE_HOUR + writes * USD_PER_WRITE + reads * USD_PER_READ
