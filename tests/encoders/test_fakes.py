import numpy as np

from sim_bench.encoders import Encoder
from tests.fakes import FakeEncoder


def test_the_fake_keeps_the_protocol() -> None:
    encoder = FakeEncoder(texts={"up": [0, 2, 0, 0, 0, 0, 0, 0]})
    photos = [np.full((30, 40, 3), grey, np.uint8) for grey in (0, 128, 255)]
    images, texts = encoder.encode_images(photos), encoder.encode_texts(["up", "else"])
    assert isinstance(encoder, Encoder)
    assert images.shape == (3, 8)
    assert images.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1.0, rtol=1e-6)
    assert texts[0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert encoder.encode_images([]).shape == (0, 8)
    assert (encoder.images_encoded, encoder.texts_encoded) == (3, 2)
