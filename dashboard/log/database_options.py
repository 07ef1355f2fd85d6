"""DatabaseLogOptions: what EVENT_LOG["OPTIONS"] may hold for a log in a database."""

from pydantic import Field

from dashboard.log.options import LogOptions


class DatabaseLogOptions(LogOptions):
    """Options of DatabaseLog."""

    alias: str = Field("default", description="which of DATABASES holds the log")
    poll: float = Field(
        0.03,
        gt=0,
        le=10,
        allow_inf_nan=False,
        description="seconds between two looks for what other processes appended",
    )
