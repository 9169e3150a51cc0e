"""What a run costs on AWS, as an estimate: the machine's time and the requests to S3.

List prices of us-east-1 without any free tier; docs/aws.md shows the same arithmetic for a month.
"""

# https://aws.amazon.com/ec2/pricing/on-demand/: t4g.medium (2 vCPU, 4 GiB), the machine that docs/aws.md proposes.
USD_PER_MACHINE_HOUR = 0.0336
# https://aws.amazon.com/s3/pricing/: PUT, COPY, POST and LIST; GET and all others. Deletes are free.
USD_PER_WRITE, USD_PER_READ = 0.005 / 1000, 0.0004 / 1000
# Counted on the way of a day from capture to dashboard, and the same however many days there were before;
# `assets/test_requests_of_a_day.py` counts them again.
WRITES_PER_DAY, WRITES_PER_RAW_OBJECT = 130, 2
READS_PER_DAY, READS_PER_RAW_OBJECT = 135, 3


def run_cost(seconds: float, days: int, raw_objects: int) -> float:
    """US dollars for a run of so many seconds that took so many days, with so many raw objects in all, to published."""
    writes = days * WRITES_PER_DAY + raw_objects * WRITES_PER_RAW_OBJECT
    reads = days * READS_PER_DAY + raw_objects * READS_PER_RAW_OBJECT
    return seconds / 3600 * USD_PER_MACHINE_HOUR + writes * USD_PER_WRITE + reads * USD_PER_READ
