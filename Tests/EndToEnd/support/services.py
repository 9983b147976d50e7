"""The two services as on AWS: SQS between them, S3 behind, one database under both."""

from .aws import VISIBILITY_SECONDS


def make_services(launch, aws, queue, bucket, directory, *, endpoint=None, **settings):
    """`shrinkr-api` and `shrinkr-worker`, not started; they reach AWS at `endpoint` if one is given."""
    (directory / "shared").mkdir(exist_ok=True)
    common = aws.environment(endpoint) | {
        "SHRINKR_DATABASE_URL": f"sqlite:{directory}/shared/shrinkr.db",
        "SHRINKR_CLICK_QUEUE_URL": queue.url_at(endpoint) if endpoint else queue.url,
    } | settings
    # Reports are the worker's business, the public address is the API's: neither is told what it does not read.
    api = launch.make("shrinkr-api", SHRINKR_REPORTS_URL=None, **common)
    # Short, so that nobody waits long for numbers, reports, or what a killed worker held.
    own = {
        "SHRINKR_REPORTS_URL": f"s3://{bucket.name}/stats",
        "SHRINKR_FLUSH_INTERVAL": "1s",
        "SHRINKR_REPORT_INTERVAL": "1s",
        "SHRINKR_VISIBILITY_TIMEOUT": f"{VISIBILITY_SECONDS}s",
    }
    worker = launch.make("shrinkr-worker", **own | common)
    return api, worker
