"""Prometheus text: the samples that a program exposes at /metrics, as numbers by name.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from producers.labels import LONGEST_NAME
from producers.reading_body import MOST_MEASURES

_SAMPLE: Final = re.compile(
    r"(?P<name>[A-Za-z_:][\w:]*)\s*(?P<labels>\{(?:[^\"}]|\"(?:[^\"\\]|\\.)*\")*\})?"
    r"\s+(?P<value>\S+)(?:\s.*)?",
    re.ASCII,
)
_LABEL: Final = re.compile(r"[\w.]+\"?\s*=\s*\"((?:[^\"\\]|\\.)*)\"")
_ESCAPED: Final = re.compile(r"\\(.)")


class Sample(NamedTuple):
    """One line: `http_requests_total{method="post",code="200"} 1027`."""

    name: str
    labels: str
    """With its braces, as it is written; "" where there are none."""
    value: float

    @property
    def told(self) -> str:
        """Its name and the values of its labels."""
        values = [_ESCAPED.sub(r"\1", said) for said in _LABEL.findall(self.labels)]
        return " ".join([self.name, *values])


def samples_in(text: str) -> Iterator[Sample]:
    """Yield the samples that have a finite value. Raises ValueError where a line is none."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _SAMPLE.fullmatch(line)
        try:
            value = float(match["value"]) if match else None
        except ValueError:
            value = None
        if match is None or value is None:
            raise ValueError(f"line {number} is {line!r:.80}; legal is 'name{{label=\"x\"}} 1.5'")
        if math.isfinite(value):
            yield Sample(match["name"], match["labels"] or "", value)


def measures_in(text: str, wanted: Collection[str]) -> dict[str, float]:
    """Return name → value of the samples that are `wanted`, by name or with their labels; all
    where it is empty.

    A name that several samples have goes with the values of their labels. Raises ValueError where
    there is none, or more than one event may hold.
    """
    samples = [
        sample
        for sample in samples_in(text)
        if not wanted or sample.name in wanted or sample.name + sample.labels in wanted
    ]
    if not samples:
        legal = f"none of {', '.join(wanted)} is" if wanted else "no sample is"
        raise ValueError(f"{legal} in what was sent")
    times = Counter(sample.name for sample in samples)
    measures = {
        (sample.name if times[sample.name] == 1 else sample.told)[:LONGEST_NAME]: sample.value
        for sample in samples
    }
    if len(measures) > MOST_MEASURES or len(measures) < len(samples):
        raise ValueError(
            f"{len(samples)} samples are too many, or too much alike; name up to {MOST_MEASURES} "
            f"in `metrics`, such as {samples[0].name + samples[0].labels!r:.200}"
        )
    return measures
