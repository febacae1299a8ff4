"""Act on an emulator: as its administrator, or under a role and judged by its policies."""

from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config

from drills.emulator.process import Emulator

_ONCE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls, and where; makes clients of AWS's services."""

    emulator: Emulator
    region: str
    access_key: str = "test"
    secret_key: str = "test"  # noqa: S105 - the emulator's, as public as its name
    token: str | None = None

    def client(self, service: str) -> Any:
        """A client that tries each call once."""
        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.emulator.url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.token,
            config=_ONCE,
        )

    def under(self, role: str) -> "Session":
        """A new session of the role with this ARN; whether it may be taken is not judged."""
        taken = self.client("sts").assume_role(RoleArn=role, RoleSessionName="drill")["Credentials"]
        keys = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
        return replace(self, access_key=keys[0], secret_key=keys[1], token=keys[2])
