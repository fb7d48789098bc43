"""Why one photo is better than another of the same moment, in reasons that are true of both.

The reasons are differences between two explanations of one method, those that exceed what a small
movement of the camera changes. By default the method is the prompt set "technical" over the
embedded model: what the default prompts of clip_aesthetic are called ("a well-composed
photograph") says more than that model sees, whereas each pair of "technical" answers to the damage
that it names (docs/choosing.md has how often).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim_bench.encoders.base import Encoder
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.photo import Asked, look_up
from sim_bench.quality_assessment.vector_based import Decode, VectorBasedAssessor
from sim_bench.selection.choosing_words import words_of
from sim_bench.selection.intent import Tone, tone

if TYPE_CHECKING:
    from sim_bench.store.store import Store

NOISE: Mapping[str, float] = MappingProxyType(
    {
        "a photo in sharp focus / a photo that is out of focus": 0.0045,
        "a steady photo / a photo with camera shake": 0.0091,
        "a well exposed photo / an underexposed photo": 0.0054,
        "a photo with detail in the highlights / a photo with blown highlights": 0.0081,
        "a clean photo / a grainy photo": 0.0065,
        "a photo with rich contrast / a washed out photo": 0.0085,
    }
)
"""By reason of "technical" over the embedded model, in units of its score: 95% of the differences
between two undamaged frames of one scene, cropped a little differently, were smaller, on 42 photos;
`benchmarks/choosing.py` draws others and finds 0.0055 to 0.0077. "A level photo" is left out:
that model is poor at naming tilt."""

LEAST_SHARE = 0.5
"""Of a method whose noise is not on record, reasons are told down to this share of the largest;
chosen by us."""

LIGHTER = 8.0
"""Grey levels of median luma by which a photo must be darker to be called so; chosen by us: strong
JPEG compression changes it by 4, a third of a stop by about 12."""

BLOWN = 0.005
"""Share of its pixels by which more must be blown; chosen by us."""


class TellingReasons:
    """Tells two photos apart by one method; each photo is explained once.

    Args:
        method: Whose reasons.
        noise: By reason, the difference in units of the score below which it is not told; reasons
            that are not in it are never told. None: the largest ones, down to `LEAST_SHARE`.
        store: Where the vectors of photos may be; a photo whose vector is there is not opened.
        measure: How dark a photo is: "darker" is said only where that is so. None: not asked.
    """

    def __init__(
        self,
        method: QualityAssessor,
        *,
        noise: Mapping[str, float] | None = None,
        store: "Store | None" = None,
        measure: Callable[[Path], Tone] | None = tone,
    ) -> None:
        self.method = method
        self.noise = noise
        self.store = store
        self.measure = measure
        self.explain = lru_cache(maxsize=1024)(self._explain)

    def __call__(self, better: Path, worse: Path) -> tuple[Reason, ...]:
        """Say what the first photo is better at.

        Returns:
            The most telling first, each with the difference of its contributions, above 0; none
            where nothing exceeds the noise.

        Raises:
            ImageError: A photo has to be opened and gives no pixels.
        """
        other = {reason.name: reason for reason in self.explain(worse).reasons}
        sign = 1.0 if self.method.direction == "higher" else -1.0
        apart = [
            Reason(
                one.name,
                sign * (one.contribution - other[one.name].contribution),
                f"{one.detail}; the other: {other[one.name].detail}",
            )
            for one in self.explain(better).reasons
            if one.name in other
        ]
        telling = _one_blur(self._over_noise(apart))
        return tuple(one for one in telling if self._is_so(one, better, worse))

    def _over_noise(self, apart: Sequence[Reason]) -> list[Reason]:
        if self.noise is None:
            largest = max((one.contribution for one in apart), default=0.0)
            kept = [one for one in apart if one.contribution >= LEAST_SHARE * largest > 0]
            return sorted(kept, key=lambda one: -one.contribution)
        noise = self.noise
        kept = [one for one in apart if one.contribution > noise.get(one.name, float("inf"))]
        return sorted(kept, key=lambda one: -one.contribution / noise[one.name])

    def _is_so(self, reason: Reason, better: Path, worse: Path) -> bool:
        topic = words_of(reason.name).topic
        if self.measure is None or topic not in ("darkness", "brightness"):
            return True
        here, there = self.measure(better), self.measure(worse)
        if topic == "darkness":
            return here.median - there.median >= LIGHTER
        return there.blown - here.blown >= BLOWN

    def _explain(self, path: Path) -> Explanation:
        if self.store and isinstance(self.method, VectorBasedAssessor):
            [photo] = look_up([(0, path)], Asked({"reasons": self.method}), self.store)
            if photo.vectors:
                [vector] = photo.vectors.values()
                return self.method.explain_observed(vector)
        return self.method.explain(path)


def technical_reasons(
    encoder: Encoder, store: "Store | None" = None, *, decode: Decode = "exact"
) -> TellingReasons:
    """Tell photos apart by the prompt set "technical".

    Args:
        encoder: The one by which the photos are scored, so that their vectors are there already.
            With another than the embedded model the noise is not known.
        store: Where the vectors are.
        decode: How photos were decoded when they were scored: "exact" wherever a method of the
            run looks at pixels, else as that run's `clip_aesthetic` had it.

    Raises:
        ModelError: The encoder cannot read the prompts.
    """
    from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor

    method = CLIPAestheticAssessor(prompts="technical", encoder=encoder, decode=decode)
    method.load(store)
    return TellingReasons(method, noise=NOISE if encoder.name == "embedded" else None, store=store)


def _one_blur(reasons: Sequence[Reason]) -> list[Reason]:
    """Keep the larger one of focus and motion blur: it is one blur, seen twice."""
    blurs = [one for one in reasons if words_of(one.name).topic in ("focus", "motion")]
    largest = max(blurs, key=lambda one: one.contribution, default=None)
    return [one for one in reasons if one is largest or one not in blurs]
