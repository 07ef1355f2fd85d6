"""Bounds: how many, how long and how far away the parts of one result may be."""

from typing import Final

MOST_DETECTIONS: Final = 1_000
MOST_RESULTS: Final = 1_000
"""Pictures that one payload may tell of."""

MOST_POINTS: Final = 2_000
"""Of one polygon; COCO's own annotations stay under 1,000."""

MOST_KEYPOINTS: Final = 500
"""Of one detection; a whole-body model has 133, a face mesh 478."""

MOST_TAGS: Final = 1_000
MOST_ZONES: Final = 50
MOST_EXTRAS: Final = 20

LONGEST_LABEL: Final = 200
LONGEST_ID: Final = 200
LONGEST_TEXT: Final = 2_000

LARGEST_SIDE: Final = 100_000
"""Pixels; JPEG itself ends at 65,535."""

FARTHEST: Final = 1_000_000.0
"""Pixels that a coordinate may lie from the picture's corner, either way."""

FARTHEST_SENT: Final = FARTHEST / 4
"""Pixels of a coordinate as other formats send it, so that what is reckoned from two still fits."""

ROUNDED: Final = 1.05
"""What rounding, or a box that reaches a little over the edge, makes of a fraction of 1."""

NEAREST_OUTSIDE: Final = -1.0
FARTHEST_OUTSIDE: Final = 2.0
"""Relative coordinates may lie one picture outside it. What lies farther is no detector's
rounding, but pixels in the place of fractions: refused, for clipped it would vanish quietly."""
