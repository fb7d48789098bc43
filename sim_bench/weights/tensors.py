"""The arrays of a weight file, checked against the network that they are for."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import WeightsError


class Tensors:
    """Arrays by name; a network takes each of them, with the shape that it must have.

    Args:
        arrays: By name. They may be read only when asked for.
        source: The file, for messages.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], source: str) -> None:
        self._arrays = arrays
        self._left = set(arrays)
        self.source = source

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def raw(self, name: str) -> NDArray[Any]:
        """An array as it is in the file, of whatever shape and kind; it does not count as taken.

        Raises:
            KeyError: There is none of this name.
            WeightsError: It is damaged.
        """
        return self._arrays[name]

    def under(self, prefix: str) -> "Tensors":
        """The arrays whose names begin with a prefix, by the rest of their names.

        What lies elsewhere in the file is not looked at: an optimiser's state, for instance.

        Args:
            prefix: With the sign that ends it, e.g. "opt/target/".

        Raises:
            WeightsError: There are none.
        """
        inside = [name for name in self._arrays if name.startswith(prefix)]
        if not inside:
            raise self._wrong(f"it has nothing under {prefix!r}")
        return Tensors(_Under(self._arrays, prefix, inside), self.source)

    def take(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Return one array as 32-bit floats.

        Args:
            name: In the file.
            shape: What it must be; none for a single number.

        Raises:
            WeightsError: It is not there, is of another shape or kind, or holds NaN or infinity.
        """
        if name not in self._arrays:
            raise self._wrong(f"it has no {name!r}, shape {shape}")
        found = self._arrays[name]
        if tuple(found.shape) != shape:
            raise self._wrong(f"{name!r} has shape {tuple(found.shape)} instead of {shape}")
        if not np.issubdtype(found.dtype, np.floating):
            raise self._wrong(f"{name!r} holds {found.dtype}, no floating-point numbers")
        with np.errstate(over="ignore"):  # what is too large becomes infinite
            array = np.ascontiguousarray(found, dtype=np.float32).reshape(shape)
        if not np.isfinite(array).all():
            raise self._wrong(f"{name!r} holds values that are not finite")
        self._left.discard(name)
        return array

    def finish(self, ignored: Collection[str] = ()) -> None:
        """Make sure that the network has taken all there is.

        Args:
            ignored: Names that the network does not need; one that ends with a dot or a slash
                stands for all that begin with it.

        Raises:
            WeightsError: Something was not taken, so the file is for another network.
        """
        parts = tuple(name for name in ignored if name.endswith((".", "/")))
        left = sorted(n for n in self._left - set(ignored) if not n.startswith(parts))
        if left:
            raise self._wrong(f"{left[0]!r} has no place in it ({len(left)} such arrays)")

    def _wrong(self, what: str) -> WeightsError:
        return WeightsError(
            f"{self.source} does not fit the network: {what}. It is damaged or the weights of "
            "another network; remove it and fetch it again."
        )


class _Under(Mapping[str, NDArray[Any]]):
    """Some arrays of a mapping, without the beginning of their names; still read when asked for."""

    def __init__(
        self, arrays: Mapping[str, NDArray[Any]], prefix: str, inside: Collection[str]
    ) -> None:
        self._arrays = arrays
        self._prefix = prefix
        self._names = dict.fromkeys(name.removeprefix(prefix) for name in inside)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._names:
            raise KeyError(name)
        return self._arrays[self._prefix + name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
