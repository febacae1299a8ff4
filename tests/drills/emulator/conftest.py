"""Clients of the emulator."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from drills.emulator import Emulator


@pytest.fixture(scope="session")
def client(emulator: Emulator) -> Callable[[str], Any]:
    """Makes a client of a service, in one region, that talks to the emulator."""

    def make(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=emulator.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return make
