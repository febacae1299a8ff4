"""The medical-schedules API: fictitious free appointments, in two versions."""

from schedules_api.app import create_app
from schedules_api.settings import Settings

__all__ = ["Settings", "create_app"]
