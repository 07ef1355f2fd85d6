"""The wall of `make demo`: it all moves, without a camera and without a sensor."""

from typing import Any

from site_config.settings import *  # noqa: F403
from site_config.settings import env

PRODUCERS: dict[str, Any] = {  # type: ignore[no-redef]
    "clock": {
        "BACKEND": "producers.clock.ClockProducer",
        "OPTIONS": {"title": "Clock", "interval": 1},
    },
    "camera": {
        "BACKEND": "producers.camera.CameraProducer",
        "OPTIONS": {
            "title": "Camera",
            "source": env.data_dir / "film.avi",
            "detector": "face",
            "rate": 4,
            "min_score": 0.5,
        },
    },
    "temperature": {
        "BACKEND": "examples.demo.sensors.SensorProducer",
        "OPTIONS": {"title": "Greenhouse", "around": 24, "spread": 3, "unit": "°C"},
    },
    "air": {
        "BACKEND": "examples.demo.sensors.SensorProducer",
        "OPTIONS": {
            "title": "Air in the hall",
            "around": 700,
            "spread": 200,
            "unit": "ppm",
            "digits": 0,
            "interval": 3,
        },
    },
    "host": {"BACKEND": "producers.system.SystemProducer", "OPTIONS": {"title": "This machine"}},
    "notes": {"BACKEND": "examples.demo.doors.DoorsProducer", "OPTIONS": {"title": "Doors"}},
    "readings": {
        "BACKEND": "producers.readings.ReadingsProducer",
        "OPTIONS": {"title": "Your own"},
    },
}

DASHBOARDS: dict[str, Any] = {
    "main": {
        "title": "Demo",
        "tiles": [
            {"producer": "camera", "size": "2x2"},
            {"producer": "clock", "size": "2x1"},
            {"producer": "temperature", "widget": "number"},
            {"producer": "air", "widget": "number"},
            {"producer": "host"},
            {"producer": "notes", "size": "1x1"},
            {"producer": "readings", "size": "2x1"},
        ],
    },
}

EVENT_LOG = {
    "BACKEND": "dashboard.log.database.DatabaseLog",
    "OPTIONS": {"retention": "1h"},
}
