"""Which damage is done to photos, and how much of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim_bench.images.degrade import DEFECTS


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage to one degree.

    Attributes:
        kind: A key of `sim_bench.images.degrade.DEFECTS`.
        severity: How much, in the unit of the kind.
        label: What the degree is called in results.
    """

    kind: str
    severity: float
    label: str

    @property
    def file(self) -> str:
        """Name of the damaged file."""
        return f"{self.kind}-{float(self.severity)!r}.jpg"


def damages_of(
    defects: Sequence[str] | None, severities: Sequence[str] | Mapping[str, Sequence[float]]
) -> dict[str, list[Damage]]:
    """List the degrees of each kind of damage, the mildest first.

    Args:
        defects: Kinds; all of them, or those of `severities`, when None.
        severities: "mild" and "strong", or numbers by kind.

    Raises:
        ValueError: An unknown kind or word, or a number out of its range or given twice.
    """
    numbers = severities if isinstance(severities, Mapping) else None
    kinds = list(
        dict.fromkeys(DEFECTS if numbers is None else numbers) if defects is None else defects
    )
    if unknown := [kind for kind in (*kinds, *(numbers or ())) if kind not in DEFECTS]:
        raise ValueError(f"No defect {unknown[0]!r}. Known: {', '.join(DEFECTS)}.")
    if not kinds or len(set(kinds)) < len(kinds):
        raise ValueError(f"defects must name at least one, and none twice. Got {kinds!r}.")
    found = {}
    for kind in kinds:
        defect = DEFECTS[kind]
        if numbers is None:
            degrees = [(getattr(defect, _word(word)), word) for word in severities]
        else:
            degrees = [(float(n), f"{n:g} {defect.unit}") for n in numbers.get(kind, ())]
        outside = [n for n, _ in degrees if not defect.low <= n <= defect.high]
        if not degrees or outside or len({n for n, _ in degrees}) < len(degrees):
            raise ValueError(
                f"severities of {kind!r} must be different numbers from {defect.low:g} to "
                f"{defect.high:g} {defect.unit}, at least one. Got {[n for n, _ in degrees]}."
            )
        degrees.sort(reverse=defect.strong < defect.mild)
        found[kind] = [Damage(kind, float(n), label) for n, label in degrees]
    return found


def _word(severity: str) -> str:
    if severity not in ("mild", "strong"):
        raise ValueError(
            f"severities must be 'mild' and 'strong', or numbers by kind. Got {severity!r}."
        )
    return severity
