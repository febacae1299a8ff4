"""The application: one version's appointments, its health point and its metrics."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schedules_api.answers import body
from schedules_api.faults import Faults, Injector
from schedules_api.settings import Settings
from schedules_api.slots import Specialty
from schedules_api.telemetry import Metrics, Telemetry, make_logger

HEALTH = {"v1": "/healthz", "v2": "/v2/healthz"}
"""Where each version says that it is well; the first one's had no version in its path."""


def create_app(settings: Settings) -> FastAPI:
    """One version of the API. Raises ValueError for a fault that cannot be."""
    initial = Faults(settings.error_rate, settings.latency_seconds)
    metrics, logger = Metrics(settings.version), make_logger(settings.version, settings.environment)
    faults = _injected(Injector(initial, settings.flags), logger)
    app = FastAPI(title=f"Schedules {settings.version}", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Telemetry, metrics=metrics, logger=logger)
    app.include_router(_appointments(settings.version), dependencies=[Depends(faults)])
    app.include_router(_operations(settings.version, metrics))
    return app


def _appointments(version: str) -> APIRouter:
    router = APIRouter()

    @router.get(f"/{version}/appoints/available-schedule")
    async def available(specialty: Specialty | None = None) -> Response:
        return Response(body(version, date.today(), specialty), media_type="application/json")

    return router


def _operations(version: str, metrics: Metrics) -> APIRouter:
    router = APIRouter()

    @router.get(HEALTH[version])
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": version}

    @router.get("/metrics")
    async def measured() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _injected(injector: Injector, logger: logging.Logger) -> Callable[[], Awaitable[None]]:
    """What each request for appointments passes first: it may wait here, or fail."""

    async def faults() -> None:
        try:
            wanted = injector.refresh()
        except (OSError, ValueError) as error:  # or the file went while it was read
            logger.warning("flags are not usable, so no fault is injected: %s", error)
            return
        if wanted.latency_seconds:
            await asyncio.sleep(wanted.latency_seconds)
        if injector.fails():
            raise HTTPException(500, "a fault that was asked for")

    return faults
