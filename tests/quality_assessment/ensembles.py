"""Ensembles for tests: no weights, reference figures made up."""

from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.ensemble import EnsembleAssessor
from sim_bench.quality_assessment.ensemble_member import Member
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from tests.fakes import FakeEncoder


def small_ensemble(combine="zscore"):
    """Of a method over pixels and one over the vectors of a small random encoder."""
    return EnsembleAssessor(
        [
            Member(SharpnessAssessor(), 2.0, 0.5, 0.2, (0.0, 0.5, 1.0)),
            Member(CLIPAestheticAssessor(encoder=FakeEncoder()), 1.0, 0.0, 0.1, (-0.5, 0.0, 0.5)),
        ],
        combine=combine,
    )
