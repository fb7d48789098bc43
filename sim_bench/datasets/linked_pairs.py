"""Which pairs are not independent, because common photos link them."""

from collections.abc import Sequence


def linked(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Name for each pair the group of photos that it belongs to.

    Two photos are of one group if a chain of pairs leads from one to the other (the connected
    components of the pairs).

    Args:
        pairs: Two image ids each.

    Returns:
        For each pair, the first image id, by name, of its group.
    """
    parent: dict[str, str] = {}

    def root_of(photo: str) -> str:
        parent.setdefault(photo, photo)
        while parent[photo] != photo:
            parent[photo] = parent[parent[photo]]
            photo = parent[photo]
        return photo

    for pair in pairs:
        first, second = sorted(map(root_of, pair))
        parent[second] = first
    return [root_of(left) for left, _ in pairs]
