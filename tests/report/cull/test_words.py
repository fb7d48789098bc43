"""How numbers and camera facts are written."""

import pytest

from sim_bench.images.capture import Capture
from sim_bench.report.cull import words
from sim_bench.report.cull.words import chance_text, digits_for, plain, signed


def camera_facts(capture, begin):
    return words.camera_facts(capture, begin).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (None, ""),
        (0.0, "0%"),
        (0.001, "<1%"),
        (0.005, "<1%"),
        (0.52, "52%"),
        (0.9999, ">99%"),
        (1.0, "100%"),
    ],
)
def test_a_chance_is_certain_only_where_it_is(chance, text):
    assert chance_text(chance) == text


@pytest.mark.parametrize(
    ("scale", "digits"), [(0.2, 3), (5.0, 2), (50.0, 1), (3000.0, 0), (0.0, 3), (1e-30, 9)]
)
def test_numbers_have_three_figures(scale, digits):
    assert digits_for(scale) == digits


def test_signs_are_true_ones_and_nothing_has_none():
    assert [signed(v, 2) for v in (0.5, -0.5, 0.001, -0.001)] == ["+0.50", "−0.50", "0.00", "0.00"]
    assert [plain(v, 1) for v in (-2.0, None, float("nan"))] == ["−2.0", "–", "–"]


def test_camera_facts_are_written_as_photographers_do():
    capture = Capture(
        taken=10.25,
        resolution=0.01,
        exposure_time=1 / 500,
        aperture=2.8,
        iso=400,
        focal_length=50.2,
        bias=-2.0,
    )
    said = "+0.25 s · 1/500 s · f/2.8 · ISO 400 · 50 mm · −2.0 EV"
    assert camera_facts(capture, 10.0) == said
    assert camera_facts(capture, None) == said.removeprefix("+0.25 s · ")


def test_what_is_unknown_is_left_out():
    assert camera_facts(Capture(), 10.0) == ""
    assert camera_facts(Capture(exposure_time=2.5, aperture=11.0, bias=0.0), None) == "2.5 s · f/11"


def test_a_time_in_whole_seconds_is_written_so():
    assert camera_facts(Capture(taken=12.0, resolution=1.0), 10.0) == "+2 s"
    assert camera_facts(Capture(taken=10.0, resolution=1.0), 10.0) == "+0 s"
    assert camera_facts(Capture(taken=12.3, resolution=0.1), 10.0) == "+2.3 s"


def test_a_number_stays_with_its_unit():
    assert (
        words.camera_facts(Capture(exposure_time=2.0, iso=100), None) == "2\u00a0s · ISO\u00a0100"
    )
