"""What a run was made with."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from sim_bench import __version__
from sim_bench.benchmark.manifest import digest_of, fingerprint_of, manifest
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.composite import CompositeAssessor
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from tests.fakes import FakeEncoder


def test_digests_are_those_of_the_standard_library(tmp_path):
    file = tmp_path / "labels.csv"
    for content in (b"", b"image,mean\n" * 200_000):
        file.write_bytes(content)
        assert digest_of(file) == hashlib.sha256(content).hexdigest()


def test_everything_is_stated_and_can_be_written_as_json(tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("image,mean\n")
    found = manifest(
        digest="1234",
        methods={"sharp": SharpnessAssessor()},
        label_files={"mine": [file], "folder": []},
        seeds={"statistics": 3},
    )
    assert json.loads(json.dumps(found)) == found
    assert found["sim_bench"] == __version__
    assert found["configuration"] == "1234"
    assert found["seeds"] == {"statistics": 3}
    assert found["datasets"] == {
        "mine": {str(file): hashlib.sha256(b"image,mean\n").hexdigest()},
        "folder": {},
    }
    assert {"numpy", "scipy", "pandas", "pillow"} <= found["packages"].keys()
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["processor"]
    finished = datetime.fromisoformat(found["finished"])
    assert abs(datetime.now(UTC) - finished) < timedelta(minutes=1)


def clip(**options):
    return CLIPAestheticAssessor(encoder=FakeEncoder(options.pop("dim", 8)), **options)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (clip(), clip(dim=9)),
        (clip(), clip(aggregation_method="mean")),
        (clip(), clip(decode="exact")),
        (clip(), clip(positive_attributes=["a good photo"])),
        (CompositeAssessor(), CompositeAssessor({"noise": 1})),
        (SharpnessAssessor(), CompositeAssessor({"sharpness": 1})),
    ],
)
def test_methods_that_score_differently_have_different_fingerprints(one, other):
    assert fingerprint_of(one) != fingerprint_of(other)


def test_equal_methods_have_equal_fingerprints():
    assert fingerprint_of(clip()) == fingerprint_of(clip())
    assert fingerprint_of(CompositeAssessor()) == fingerprint_of(CompositeAssessor())
    assert "fake-8" in fingerprint_of(clip())
