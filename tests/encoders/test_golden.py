import json
from dataclasses import replace

import numpy as np
import pytest

from sim_bench.encoders import Bundle, golden
from sim_bench.encoders.bundle import seal
from sim_bench.encoders.openvino import OpenVINOEncoder
from sim_bench.errors import BundleError
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.filterwarnings("ignore:A text of")


@pytest.fixture
def sealed(bundle: Bundle) -> Bundle:
    return seal(bundle.folder, name="Tiny/one", licence="MIT", source="a formula")


def test_the_picture_is_the_same_everywhere() -> None:
    """Pixels by hand from the formula; the sum was recorded when it was written."""
    picture = golden.picture()
    assert picture.shape == (301, 437, 3)
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert picture[100, 200].tolist() == [200 * 255 // 436, (200**2 // 97 + 300) % 256, 40]
    assert picture[300, 436].tolist() == [255, (436**2 // 97 + 900) % 256, 255]
    assert int(picture.astype(np.int64).sum()) == 44344821


def test_a_sealed_bundle_passes_its_own_check(sealed: Bundle) -> None:
    report = golden.check(OpenVINOEncoder(sealed), sealed)
    assert report.passed
    assert report.image < 1e-6
    assert report.texts < 1e-6
    assert report.made_by["encoder"] == "Tiny/one"
    assert "openvino" in report.made_by


def test_another_resize_filter_is_found(sealed: Bundle) -> None:
    """The pitfall that golden vectors are for: settings ignored when a folder is loaded."""
    squash = sealed.preprocess.model_copy(update={"resize_mode": "squash"})
    wrong = OpenVINOEncoder(replace(sealed, preprocess=squash))
    report = golden.check(wrong, sealed)
    assert not report.passed
    assert report.texts < 1e-6


def test_vectors_of_the_model_it_was_exported_from(bundle: Bundle) -> None:
    """Sealed with another encoder's vectors, the bundle fails: the export would be wrong."""
    sealed = seal(
        bundle.folder, name="n", licence="MIT", source="s", encoder=FakeEncoder(dim=bundle.dim)
    )
    assert not golden.check(OpenVINOEncoder(sealed), sealed).passed


def test_what_is_missing_or_wrong_is_named(bundle: Bundle, sealed: Bundle) -> None:
    encoder = OpenVINOEncoder(sealed)
    path = sealed.path("golden.json")
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"image": [1.0]}))
    with pytest.raises(BundleError, match="not of length 6"):
        golden.check(encoder, sealed)
    path.write_text(json.dumps(content | {"image": [0.0] * 6}))
    assert golden.check(encoder, sealed).image == 2.0
    path.unlink()
    with pytest.raises(BundleError, match=r"has no golden\.json"):
        golden.check(encoder, sealed)
