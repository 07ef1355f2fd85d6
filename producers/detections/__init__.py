"""Detections: what a detector saw on a picture, whichever of the known formats it says it in."""

from producers.detections.producer import DetectionProducer

__all__ = ["DetectionProducer"]
