"""Damage by other hands, and what is counted of it, on cases small enough to do by hand."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from training.embedded import judge
from training.embedded.judge import KIND_OF, KINDS, LEVELS, MAKERS, WORDINGS

SHAPE = (3, len(MAKERS), len(LEVELS))  # photos, makers, levels
HERE = Path(judge.__file__)


def grey(level: int, size: int = 8) -> Image.Image:
    return Image.new("RGB", (size, size), (level, level, level))


def random() -> np.random.Generator:
    return np.random.default_rng(0)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_training_and_judge_share_no_damage() -> None:
    own = imports(HERE)
    assert not any("degrade" in name or "damage" in name for name in own), own
    for path in HERE.parent.glob("*.py"):
        assert path == HERE or not any("judge" in name for name in imports(path)), path


def test_every_kind_is_made_in_two_ways_or_more() -> None:
    assert len(KINDS) == 8
    assert np.bincount(KIND_OF).min() >= 2
    assert all(tuple(words) == KINDS for words in WORDINGS.values())


def test_exposure_by_hand() -> None:
    """In light with gamma 2.2 a stop is a factor of 2**(1 / 2.2) = 1.370; in values it is 2."""
    assert judge.stops(grey(128), -1, random()).getpixel((0, 0)) == (93, 93, 93)  # 93.4
    assert judge.stops(grey(128), 1, random()).getpixel((0, 0)) == (175, 175, 175)  # 175.4
    assert judge.stops(grey(250), 2, random()).getpixel((0, 0)) == (255, 255, 255)
    assert judge.brightness(grey(128), -2, random()).getpixel((0, 0)) == (32, 32, 32)


def test_haze_by_hand() -> None:
    """Half of 100 and half of 190."""
    assert judge.haze(grey(100), 0.5, random()).getpixel((0, 0)) == (145, 145, 145)


def test_noise_has_its_spread() -> None:
    """Poisson at half of 50 photons: a spread of sqrt(25) photons of 255 / 50 levels, 25.5."""
    normal = np.asarray(judge.normal_noise(grey(128, 128), 20, random()))
    assert normal.std() == pytest.approx(20, rel=0.03)
    poisson = np.asarray(judge.poisson_noise(grey(128, 128), 50, random()))
    assert poisson.std() == pytest.approx(25.5, rel=0.03)


@pytest.mark.parametrize(
    "run", [judge.gaussian_blur, judge.disk_blur, judge.drawn_motion, judge.panned]
)
def test_blur_keeps_an_even_area_and_spreads_a_point(run: judge.Run) -> None:
    even = run(grey(77, 512), 9, random())
    assert np.ptp(np.asarray(even)) == 0
    point = np.zeros((512, 512, 3), np.uint8)
    point[248:264, 248:264] = 255
    spread = np.asarray(run(Image.fromarray(point), 9, random())).astype(float)
    assert spread.sum() == pytest.approx(point.sum(), rel=0.02)
    assert (spread > 0).sum() > 1.3 * (point > 0).sum()


def test_a_turned_square_is_cropped_to_its_inner_frame() -> None:
    """Turned by 30 degrees, 100 px leave 100 / (cos 30 + sin 30) = 73.2, less the rounding."""
    white = grey(255, 100)
    cropped = judge.rotate_crop(white, 30, random())
    assert cropped.size == (70, 70)
    assert np.asarray(cropped).min() > 250
    assert judge.rotate_black(white, 30, random()).getpixel((0, 0)) == (0, 0, 0)
    assert np.asarray(judge.rotate_nearest(white, 30, random())).min() == 255


def test_more_is_worse() -> None:
    rng = random()
    small = Image.fromarray(rng.integers(30, 220, (96, 96, 3), dtype=np.uint8))
    photo = np.asarray(small.resize((256, 256), Image.Resampling.BICUBIC))
    made = judge.versions(photo, 0)
    assert np.array_equal(made[0], photo)
    for i, maker in enumerate(MAKERS):
        errors = []
        for version in made[1 + 4 * i : 5 + 4 * i]:
            same = Image.fromarray(version).resize((256, 256), Image.Resampling.BICUBIC)
            errors.append(((np.asarray(same).astype(float) - photo) ** 2).mean())
        assert errors == sorted(errors), maker
        assert errors[0] > 1, maker


def test_a_tie_is_not_a_win() -> None:
    damaged = np.full(SHAPE, 0.4)
    damaged[1] = 0.5
    damaged[2, 0, 3] = 0.6
    won = judge.wins(judge.Scores(np.full(3, 0.5), damaged))
    assert won[0].all()
    assert not won[1].any()
    assert won[2].sum() == won[2].size - 1


def test_tau_by_hand() -> None:
    """Of the ten pairs of five levels one is turned round: (1 - 9) / 10; flat scores give 0."""
    damaged = np.tile([0.4, 0.3, 0.1, 0.2], (2, len(MAKERS), 1))
    damaged[1] = 0.5
    scores = judge.Scores(np.full(2, 0.5), damaged)
    assert judge.taus(scores)[0] == pytest.approx(np.full(len(MAKERS), -0.8))
    assert judge.taus(scores, sound=False)[0, 0] == pytest.approx(-4 / 6)
    assert (judge.taus(scores)[1] == 0).all()


def test_a_burst_is_won_against_all_eight() -> None:
    """Photo 1 loses to every tilt; photo 2 to one of the two ways of noise, in half its bursts."""
    won = np.ones(SHAPE, dtype=np.bool_)
    won[1, judge.MAKERS_OF[KINDS.index("tilt")]] = False
    won[2, KINDS.index("noise") * 2, 1] = False
    assert judge.MAKERS_OF[2] == [4, 5]
    found = judge.bursts(won, 1, draws=200)
    assert found[:2].tolist() == [1.0, 0.0]
    assert found[2] == pytest.approx(0.5, abs=0.15)
    assert judge.bursts(won, 0, draws=5)[2] == 1.0
    assert judge.bursts(won, None, draws=400)[2] == pytest.approx(1 - 1 / 8, abs=0.06)


def test_the_right_prompt_must_rise_most_and_alone() -> None:
    """Every vector is one of the prompts' axes; the undamaged photo lies on none."""
    axes = np.eye(9, dtype=np.float32)
    vectors = np.empty((1, 1 + len(MAKERS) * len(LEVELS), 9), dtype=np.float32)
    vectors[0, 0] = axes[8]
    vectors[0, 1:] = axes[np.repeat(KIND_OF, len(LEVELS))]
    vectors[0, 1] = (axes[0] + axes[1]) / np.sqrt(2)  # as much the second prompt
    vectors[0, 2] = axes[1]
    right = judge.named(judge.rises(vectors, axes[:8]))
    assert right[0, 0].tolist() == [False, False, True, True]
    assert right[0, 1:].all()


def test_kinds_count_alike() -> None:
    """Three ways of tilt weigh no more than two of anything else."""
    values = np.zeros(SHAPE)
    values[:, judge.MAKERS_OF[KINDS.index("tilt")]] = 1.0
    assert judge.by_kind(values).mean() == pytest.approx(1 / 8)


class Brightness:
    """An encoder to which a photo is its mean level."""

    name, dim, fingerprint = "brightness", 2, "brightness"

    def encode_images(self, images: list[np.ndarray]) -> np.ndarray:
        angle = np.array([image.mean() / 255 for image in images])
        return np.stack([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)

    def encode_texts(self, texts: list[str]) -> np.ndarray:
        bad = [any(w in t for w in ("poor", "amateur", "badly", "clutter", "flat")) for t in texts]
        return np.array([[-1.0, 0.0] if b else [1.0, 0.0] for b in bad], dtype=np.float32)


def test_who_likes_light_is_told_by_dark_and_light(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "biq2021" / "photos"
    photos.mkdir(parents=True)
    rows = [("a.png", 0.9, "dev"), ("b.png", 0.8, "dev"), ("c.png", 0.5, "dev")]
    for name, _, _ in rows:
        grey(120, 64).save(photos / name)
    columns = ["image", "mos", "split"]
    table = pd.DataFrame(rows, columns=columns).assign(subset="ss03", series_id="", size="native")
    table.to_csv(tmp_path / "biq2021" / "labels.csv", index=False)
    monkeypatch.setattr(judge, "load_encoder", lambda *_, **__: Brightness())
    judge.main(["--bundle", "some/model", "--data", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "model: 2 photos"  # the third is no good one
    under = next(line for line in lines if line.split()[:2] == ["underexposure", "light"])
    over = next(line for line in lines if line.split()[:2] == ["overexposure", "light"])
    assert under.split()[2:8] == ["1.00"] * 5 + ["-1.00"]
    assert over.split()[2:8] == ["0.00"] * 5 + ["1.00"]
