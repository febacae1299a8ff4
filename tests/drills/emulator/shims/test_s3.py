"""Which of a bucket's requests are counted."""

import pytest
from botocore.exceptions import ClientError


def test_a_metrics_configuration_is_kept_and_deleted(client):
    """What was asked for comes back, until it is deleted; another bucket has none."""
    s3 = client("s3")
    s3.put_bucket_metrics_configuration(Bucket="one", Id="all", MetricsConfiguration={"Id": "all"})
    found = s3.get_bucket_metrics_configuration(Bucket="one", Id="all")["MetricsConfiguration"]
    assert {"Id": "all"} == found
    with pytest.raises(ClientError, match="NoSuchConfiguration"):
        s3.get_bucket_metrics_configuration(Bucket="other", Id="all")
    s3.delete_bucket_metrics_configuration(Bucket="one", Id="all")
    with pytest.raises(ClientError, match="NoSuchConfiguration"):
        s3.get_bucket_metrics_configuration(Bucket="one", Id="all")
