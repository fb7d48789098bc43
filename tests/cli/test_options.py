"""Choices on the command line are those of the API, twice so that help loads no numpy."""

from typing import get_args

import pytest

from sim_bench.cli import options
from sim_bench.encoders.base import Device, Precision
from sim_bench.quality_assessment.aggregate import Aggregation


@pytest.mark.parametrize(
    ("option", "of_the_api"),
    [
        (options.AggregationOption, Aggregation),
        (options.DeviceOption, Device),
        (options.PrecisionOption, Precision),
    ],
)
def test_choices_are_those_of_the_api(option, of_the_api):
    optional = get_args(option)[0]
    choices = get_args(get_args(optional)[0])
    assert choices == get_args(of_the_api)
