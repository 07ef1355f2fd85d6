"""Notes: short texts that people and scripts push to the wall."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from producers.base import Producer


class NotesProducer(Producer):
    """Takes `{"text": "door open", "level": "warn"}`, or the text alone."""

    class Data(BaseModel):
        model_config = ConfigDict(extra="forbid")

        text: str = Field(min_length=1, max_length=2000)
        level: Literal["debug", "info", "warn", "error"] = "info"

        @model_validator(mode="before")
        @classmethod
        def _text_alone(cls, value: Any) -> Any:
            return {"text": value} if isinstance(value, str) else value

        @field_validator("text")
        @classmethod
        def _not_blank(cls, text: str) -> str:
            if not text.strip():
                raise ValueError("the text is blank; legal are 1 to 2000 characters")
            return text

    event_type = "note"
    widget = "feed"
    takes_text = True
    example = "door open"
