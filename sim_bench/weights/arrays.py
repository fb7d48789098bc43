"""What the readers of weight files have in common: arrays read when asked for, bounds, errors."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from sim_bench.errors import WeightsError

MOST_EXPANSION = 20  # times its file; floating-point weights hardly shrink at all; chosen by us
FREE_EXPANSION = 64_000_000  # bytes that a small file may hold whatever its own size


class Arrays(Mapping[str, NDArray[Any]]):
    """Arrays by name, each read from the file when it is asked for; the file is not kept open.

    Args:
        names: In the file.
        read: Gives one of them.
        path: The file, for messages.
        trouble: What `read` may raise for a damaged file.
    """

    def __init__(
        self,
        names: Iterable[str],
        read: Callable[[str], NDArray[Any]],
        path: Path,
        trouble: tuple[type[Exception], ...],
    ) -> None:
        self._names = dict.fromkeys(names)
        self._read = read
        self._path = path
        self._trouble: tuple[type[Exception], ...] = (*trouble, MemoryError)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._names:
            raise KeyError(name)
        try:
            return self._read(name)
        except WeightsError:
            raise
        except self._trouble as error:
            raise damaged(self._path, f"{name!r}: {reason(error)}") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def damaged(path: Path, what: str) -> WeightsError:
    """The error for a file that cannot be read as what its name says."""
    return WeightsError(
        f"{path} cannot be read as weights: {what}. It is damaged, cut short or another kind of "
        "file; remove it and fetch it again (sim-bench models get)."
    )


def reason(error: Exception) -> str:
    """The first line of an exception, without a full stop; its type where it says nothing."""
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__


def check_expansion(path: Path, size: int) -> None:
    """Refuse a file that says it unpacks to far more than weights ever do.

    Args:
        path: The file.
        size: Of all its arrays, in bytes.

    Raises:
        WeightsError: More than 20 times the file and 64 MB.
    """
    length = path.stat().st_size
    if size > MOST_EXPANSION * length + FREE_EXPANSION:
        raise WeightsError(
            f"{path} is refused: its {length} bytes would unpack to {size}, far more than weights "
            "ever do. It is damaged or made to fill the memory; fetch it again from its source."
        )
