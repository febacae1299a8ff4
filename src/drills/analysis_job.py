"""Stands for biotech-x's analysis image: `python -m drills.analysis_job` under a job's environment.

Reads the file that INPUT names (`s3://bucket/key`), writes a result where OUTPUT says, and fails on a
file that is no mzML (https://www.psidev.info/mzML).
"""

import json
import os
import sys

import boto3
from botocore.config import Config


def main() -> int:
    """Analyse one file; returns 1 for a file that cannot be analysed. Raises botocore's errors."""
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    bucket, key = _place("INPUT")
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    if b"<mzML" not in content:
        print(f"{key} is no mzML", file=sys.stderr)
        return 1
    bucket, key = _place("OUTPUT")
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({"spectra": content.count(b"<spectrum ")}))
    return 0


def _place(variable: str) -> tuple[str, str]:
    """Bucket and key of the place that the variable names."""
    bucket, _, key = os.environ[variable].removeprefix("s3://").partition("/")
    return bucket, key


if __name__ == "__main__":
    sys.exit(main())
