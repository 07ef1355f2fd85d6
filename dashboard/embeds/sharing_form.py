"""ShareForm: what is asked before an embed is made. What is legal, making.py says."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms

from dashboard.embeds.making import LONGEST_TITLE, BadEmbed
from dashboard.http.origins import BadOrigin, exact_origin
from dashboard.models import Embed
from dashboard.tiles.config import Tile

LASTS: Final[dict[str, tuple[str, timedelta | None]]] = {
    "hour": ("1 hour", timedelta(hours=1)),
    "day": ("1 day", timedelta(days=1)),
    "month": ("30 days", timedelta(days=30)),
    "never": ("until I end it", None),
}
THEMES: Final = {
    "auto": "as the viewer's device",
    "light": "light",
    "dark": "dark",
    "transparent": "transparent",
}


class ShareForm(forms.Form):
    """Tiles, life, origins, theme and name. `known` are the tiles that its maker may see."""

    tiles = forms.MultipleChoiceField(
        label="Shows",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one tile."},
    )
    lasts = forms.ChoiceField(
        label="For how long",
        widget=forms.RadioSelect,
        choices=[(name, label) for name, (label, _) in LASTS.items()],
        initial="month",
    )
    origins = forms.CharField(
        label="Pages that may frame it",
        required=False,
        max_length=2_000,
        help_text="One origin a line: scheme, host and port, without a path. "
        "Empty: no page but this wall.",
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "placeholder": "https://wiki.example",
                "spellcheck": "false",
                "autocapitalize": "off",
            }
        ),
    )
    theme = forms.ChoiceField(
        label="Theme", widget=forms.RadioSelect, choices=list(THEMES.items()), initial="auto"
    )
    title = forms.CharField(
        label="Name in the list of embeds",
        required=False,
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "its tiles"}),
    )

    def __init__(self, *args: Any, known: Mapping[str, Tile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        field = self.fields["tiles"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(id_, tile.title) for id_, tile in known.items()]

    def focus_fault(self) -> None:
        """Let the first field that is wrong be where one goes on."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return

    def clean_origins(self) -> list[str]:
        origins, faults = [], []
        for line in self.cleaned_data["origins"].split():
            try:
                origins.append(exact_origin(line))
            except BadOrigin as error:
                faults.append(str(error))
        if faults:
            raise forms.ValidationError(faults)
        return origins

    def tell(self, fault: BadEmbed) -> None:
        """Say at its field why the embed cannot be made."""
        field = {"expires": "lasts"}.get(fault.field, fault.field)
        self.add_error(field if field in self.fields else None, str(fault))

    def expires(self, now: datetime) -> datetime | None:
        """Return when the embed is to end."""
        life = LASTS[self.cleaned_data["lasts"]][1]
        return None if life is None else now + life

    @property
    def chosen(self) -> str:
        """The titles of the tiles that are chosen."""
        chosen = self["tiles"].value() or ()
        return ", ".join(self.known[id_].title for id_ in chosen if id_ in self.known)


def like(embed: Embed) -> dict[str, Any]:
    """Return what the form begins with, for another embed like this one."""
    lasted = None if embed.expires is None else embed.expires - embed.created
    return {
        "tiles": embed.tiles,
        "lasts": next(
            (name for name, (_, life) in LASTS.items() if life and lasted and lasted <= life),
            "month" if lasted else "never",
        ),
        "origins": "\n".join(embed.origins),
        "theme": embed.theme,
        "title": embed.title,
    }
