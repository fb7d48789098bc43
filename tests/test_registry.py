"""The table of methods: every line leads to a class that says the same of itself."""

import pytest

from sim_bench import quality_assessment
from sim_bench.errors import UnknownNameError
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.registry import METHODS, method_class


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_found_by_its_name_and_by_its_class(name):
    cls = method_class(name)
    assert issubclass(cls, QualityAssessor)
    assert cls.name == name
    assert method_class(cls.__name__) is cls
    assert getattr(quality_assessment, cls.__name__) is cls


def test_a_close_name_is_offered():
    with pytest.raises(UnknownNameError, match="Did you mean 'SharpnessAssessor'"):
        method_class("SharpnesAssessor")


def test_an_unknown_class_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'SharpnesAssessor'"):
        _ = quality_assessment.SharpnesAssessor
