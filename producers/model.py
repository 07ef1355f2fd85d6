"""ModelProducer: rows of a Django model that are saved and deleted, from any process."""

import math
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db.models import BinaryField, FileField, Model
from django.db.models import Field as ModelField
from django.db.models.signals import post_delete, post_save
from pydantic import AfterValidator, Field

from producers.base import Producer

Change: TypeAlias = Literal["created", "changed", "deleted"]
CHANGES: Final[tuple[Change, ...]] = ("created", "changed", "deleted")
_LONGEST_SUBJECT: Final = 255

Tell: TypeAlias = Callable[[str, dict[str, Any], Change, str], object]
"""Sends the data, the type and the subject of an event of the producer of that alias."""


def _label(name: str) -> str:
    app, dot, model = name.partition(".")
    if not (dot and app.isidentifier() and model.isidentifier()):
        raise ValueError("no model; legal is '<app label>.<Model>', such as 'auth.Group'")
    return name


class ModelProducer(Producer):
    """Tells of each row of a model that is saved or deleted, once its transaction commits."""

    class Options(Producer.Options):
        model: Annotated[str, AfterValidator(_label)] = Field(
            description="the model, such as 'shop.Order'"
        )
        fields: tuple[str, ...] = Field(
            (), max_length=30, description="its fields that are told; empty: the primary key alone"
        )
        changes: tuple[Change, ...] = Field(
            CHANGES,
            min_length=1,
            description="which of 'created', 'changed' and 'deleted' are told",
        )

    event_type = "changed"

    def watch(self, tell: Tell) -> None:
        """Have each change of a row told by `tell`, in the process and thread that makes it.

        Raises LookupError where there is no such model.
        """
        model = apps.get_model(self.options.model)
        names = [model._meta.get_field(name).name for name in self.options.fields]

        def changed(change: Change, row: Model) -> None:
            if change in self.options.changes:
                data = {"text": f"{model._meta.verbose_name} {row.pk} {change}"}
                tell(self.alias, data | _values(row, names), change, f"{row.pk}"[:_LONGEST_SUBJECT])

        def saved(
            instance: Model,
            created: bool,
            raw: bool,
            update_fields: Collection[str] | None,
            **_: Any,
        ) -> None:
            of_others = (
                update_fields is not None and bool(names) and not {*names} & {*update_fields}
            )
            if not raw and not of_others:
                changed("created" if created else "changed", instance)

        def deleted(instance: Model, **_: Any) -> None:
            changed("deleted", instance)

        post_save.connect(saved, model, weak=False, dispatch_uid=f"eventwall {self.alias}")
        post_delete.connect(deleted, model, weak=False, dispatch_uid=f"eventwall {self.alias}")

    def check(self) -> list[CheckMessage]:
        obj = f"producer {self.alias!r}"
        try:
            model = apps.get_model(self.options.model)
        except LookupError as error:
            hint = "Name it as '<app label>.<Model>', and its app in INSTALLED_APPS."
            told = str(error).rstrip(".")
            return [
                Error(f"its model is not there: {told}.", hint=hint, obj=obj, id="producers.E041")
            ]
        legal = [
            field.name
            for field in model._meta.concrete_fields
            if not isinstance(field, BinaryField)
        ]
        faults: list[CheckMessage] = [
            Error(
                f"{self.options.model} has no field {name!r} that can be told.",
                hint=f"Legal are {', '.join(legal)}.",
                obj=obj,
                id="producers.E042",
            )
            for name in self.options.fields
            if name not in legal
        ]
        if self.alias not in getattr(settings, "PRODUCERS", {}):
            faults.append(
                Error(
                    "it does not stand in PRODUCERS.",
                    hint="Write it in the settings, which every process of the project reads.",
                    obj=obj,
                    id="producers.E043",
                )
            )
        return faults


def _values(row: Model, names: Collection[str]) -> dict[str, Any]:
    """Return what can be told of these fields: nothing that is not loaded, and no F(), whose
    value the database alone knows."""
    told, deferred = dict[str, Any](), row.get_deferred_fields()
    for name in names:
        field = row._meta.get_field(name)
        assert isinstance(field, ModelField)
        if field.attname in deferred:
            continue
        value = field.value_from_object(row)
        if isinstance(field, FileField):
            value = str(value)
        if isinstance(value, Decimal) and math.isfinite(value):
            value = float(value)  # as a text it would be no measure
        if not hasattr(value, "resolve_expression"):
            told[name] = value
    return told
