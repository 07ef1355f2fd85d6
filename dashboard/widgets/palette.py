"""Look: the colour and dash that a label always has, on every tile and after every restart."""

from functools import lru_cache
from typing import Final
from zlib import crc32

from django.utils.safestring import SafeString

COLOURS: Final = 7
"""Of Okabe and Ito's palette, which colour-blind people can tell apart; without its black."""

DASHES: Final = 4
"""Ways to draw a line, so that colour is not all that tells two labels apart."""

_SEED: Final = " 8570"
"""With it, what people let detectors look for first (person, car, dog …) looks different."""


@lru_cache(maxsize=1024)
def look(label: str) -> SafeString:
    """Return the CSS classes of a label, such as "k0 d2"."""
    number = crc32((label + _SEED).encode("utf-8", "surrogatepass"))
    return SafeString(f"k{number % COLOURS} d{number // COLOURS % DASHES}")
