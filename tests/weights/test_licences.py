import pytest

from sim_bench.weights.licences import is_permissive
from sim_bench.weights.table import TABLE


@pytest.mark.parametrize(
    "licence",
    ["MIT", "mit", "Apache-2.0", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "none needed"],
)
def test_for_any_purpose(licence):
    assert is_permissive(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "CC-BY-NC-SA-4.0",
        "CC-BY-SA-4.0",
        "AGPL-3.0-only",
        "unknown",
        "",
        "the model's",
        "MIT, but for research only",
        "see MODEL_CARD.md",
    ],
)
def test_not_for_any_purpose_or_not_known(licence):
    assert not is_permissive(licence)


def test_of_several_licences_each_or_one_must_be():
    assert is_permissive("MIT AND Apache-2.0")
    assert not is_permissive("MIT AND CC-BY-NC-4.0")
    assert is_permissive("CC-BY-NC-4.0 OR MIT")
    assert not is_permissive("unknown OR CC-BY-NC-4.0")


def test_the_cabinets_restricted_files_are_those_of_the_repository_that_says_so():
    restricted = {name for name, entry in TABLE.items() if not is_permissive(entry.licence)}
    assert restricted == {
        "liqe-koniq",
        "liqe-mix",
        "nima-inception-resnet-v2-ava",
        "nima-vgg16-ava",
    }
