"""An application, and a client that asks it without a network."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules_api import Settings, create_app

Ask = Callable[..., httpx.Response]


@pytest.fixture
def client() -> Callable[..., Ask]:
    """Make an application of these settings, and give what asks it for a path."""

    def make(version: str = "v1", **settings) -> Ask:
        app = create_app(Settings(version, **settings))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)

        async def get(path: str, **more) -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://schedules") as one:
                return await one.get(path, **more)

        def ask(path: str, **more) -> httpx.Response:
            with ThreadPoolExecutor(1) as apart:  # other tests may have a loop running in this thread
                return apart.submit(asyncio.run, get(path, **more)).result()

        return ask

    return make
