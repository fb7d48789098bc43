"""What a method has met before: photos of a benchmark that its weights were trained on."""

from collections.abc import Iterable, Mapping

UNKNOWN = "what it was trained on is not on record"


def contamination(
    trained_on: Mapping[str, tuple[str, ...] | None], known_as: Iterable[str]
) -> dict[str, str]:
    """Say which methods have met the photos of a data set.

    Args:
        trained_on: By method, the data sets its weights have seen ("name" or "name:part"); None
            where that is not on record, () for a method without weights.
        known_as: Names of the data set and of those that share photos with it.

    Returns:
        By method, what overlaps, in words; methods that have met nothing are not in it.
    """
    names = set(known_as)
    found = {}
    for method, seen in trained_on.items():
        if seen is None:
            found[method] = UNKNOWN
            continue
        overlap = [one for one in seen if one.partition(":")[0] in names]
        if overlap:
            found[method] = "trained on or chosen by photos of this data: " + "; ".join(overlap)
    return found
