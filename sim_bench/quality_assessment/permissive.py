"""Whether methods may be used where only permissive licences will do."""

from collections.abc import Mapping

from sim_bench.errors import LicenceError
from sim_bench.quality_assessment.base import QualityAssessor


def restricted(method: QualityAssessor) -> str | None:
    """Say which licence of a method is not permissive; None where all are. Loads nothing."""
    from sim_bench.weights.licences import is_permissive

    return next((one for one in method.licences() if not is_permissive(one)), None)


def refuse_restricted(methods: Mapping[str, QualityAssessor]) -> None:
    """Make sure that the licences of all methods' weights are permissive, before any is loaded.

    Raises:
        LicenceError: One is not, or none is on record; the message names the method.
    """
    for name, method in methods.items():
        if licence := restricted(method):
            raise LicenceError(
                f"{name} is not for --permissive-only: the licence of its weights is {licence!r}. "
                "Leave the method out, choose other weights for it, or leave the option out; "
                "`sim-bench methods` lists licences."
            )
