"""Every method by name: a table of strings, so that listing methods imports nothing.

A method is known by its column name ("sharpness") and by its class ("SharpnessAssessor").
Adding one is adding a line.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sim_bench.errors import UnknownNameError

if TYPE_CHECKING:
    from sim_bench.quality_assessment.base import QualityAssessor

_PACKAGE = "sim_bench.quality_assessment"

METHODS: dict[str, str] = {
    "clip_aesthetic": f"{_PACKAGE}.clip_aesthetic:CLIPAestheticAssessor",
    "sharpness": f"{_PACKAGE}.sharpness:SharpnessAssessor",
    "tenengrad": f"{_PACKAGE}.tenengrad:TenengradAssessor",
    "contrast": f"{_PACKAGE}.contrast:ContrastAssessor",
    "exposure": f"{_PACKAGE}.exposure:ExposureAssessor",
    "colourfulness": f"{_PACKAGE}.colourfulness:ColourfulnessAssessor",
    "noise": f"{_PACKAGE}.noise:NoiseAssessor",
    "composite": f"{_PACKAGE}.composite:CompositeAssessor",
}


def method_class(name: str) -> "type[QualityAssessor]":
    """Return the class of a method.

    Args:
        name: Column name or class name.

    Raises:
        UnknownNameError: No such method; the message names the closest one.
    """
    by_class = {target.partition(":")[2]: target for target in METHODS.values()}
    target = METHODS.get(name) or by_class.get(name)
    if target is None:
        raise UnknownNameError("method", name, [*METHODS, *by_class])
    module, _, attribute = target.partition(":")
    found: type[QualityAssessor] = getattr(import_module(module), attribute)
    return found
