"""Choices on the command line are those of the API, twice so that help loads no numpy."""

from typing import get_args

import pytest
import typer

from sim_bench.cli import options
from sim_bench.encoders.base import Device, Precision
from sim_bench.errors import LicenceError, UnknownNameError
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


def test_a_method_may_come_twice_with_parameters_of_its_own():
    names = ["composite", "composite:weights={noise: 1}", "clip_aesthetic:model_name=embedded"]
    built = options.build_methods(names, model="ViT-B-32")
    assert list(built) == names
    assert built[names[1]].weights == {"noise": 1}
    assert built[names[2]].model_name == "embedded"


def test_the_name_of_a_clip_model_means_nothing_to_methods_with_networks_of_their_own():
    built = options.build_methods(["nima", "clip_aesthetic"], model="embedded")
    assert built["clip_aesthetic"].model_name == "embedded"
    assert built["nima"].model_name == "mobilenet"


def test_a_method_may_have_a_column_of_its_own():
    built = options.build_methods(
        ["plain=composite", "composite", "odd=composite:weights={noise: 1}"]
    )
    assert list(built) == ["plain", "composite", "odd"]
    for taken in ("composite=sharpness", "path=sharpness"):
        with pytest.raises(typer.BadParameter, match="there is a column"):
            options.build_methods(["composite", taken])
    with pytest.raises(typer.BadParameter, match="give the column a name"):
        options.build_methods(["=sharpness"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("composite:weights", "'weights' is no KEY=VALUE"),
        ("composite:=3", "'=3' is no KEY=VALUE"),
        ("composite:weights={noise: 1},weights={noise: 2}", "is given twice"),
        ("composite:weight=3", "CompositeAssessor has no parameter 'weight'"),
        ("composite:weights=[1", "cannot be read; it must be one plain value without commas"),
        ("nima:encoder=1", "no parameter 'encoder'; allowed: model_name, task$"),
        ("nima:model=vgg16", r"did you mean 'model_name'\?\); allowed: model_name, task$"),
        ("composite:weights={noise: -1}", "zero or more"),
        (
            "clip_aesthetic:aggregation_method=sum",
            "method: got .sum.; allowed: contrastive",
        ),
    ],
)
def test_parameters_that_a_method_does_not_take_are_refused(name, message):
    with pytest.raises(typer.BadParameter, match=message):
        options.build_methods([name])


def test_an_unknown_method_with_parameters_names_the_closest():
    with pytest.raises(UnknownNameError, match="Did you mean 'composite'"):
        options.build_methods(["composit:weights=3"])


def test_an_option_that_no_method_knows_is_refused():
    with pytest.raises(typer.BadParameter, match="--model means nothing to sharpness"):
        options.build_methods(["sharpness"], model="embedded")


def test_licences_that_are_not_permissive_are_refused_before_anything_is_loaded(tmp_path):
    names = ["sharpness", "clip_aesthetic"]
    assert options.build_methods(names, permissive_only=True)
    with pytest.raises(LicenceError, match="clip_aesthetic is not for --permissive-only: .*'unk"):
        options.build_methods(names, model=str(tmp_path), permissive_only=True)
