"""Every error that sim-bench raises on purpose.

    SimBenchError
    ├── ImageError               one file gives no pixels; carries the path and a reason
    ├── DiscoveryError           the inputs name nothing that could be scored
    ├── UnscoredError            a method gave no finite score for a photo
    ├── UnknownNameError         a name that is in no table; carries the closest match
    ├── MissingDependencyError   an extra is not installed; carries the install line
    ├── PromptError              a prompt set that cannot be used
    ├── ConfigError              a configuration file that cannot be used
    ├── DataMissingError         a data set is not where the configuration says
    ├── DatasetError             a data set's files are not as its format says; names the place
    ├── ExportError              (in `export.outcome`) a file that cannot be written or used
    ├── StoreError               the store of what is computed already cannot be used
    └── ModelError
        ├── WeightsUnavailableError  nowhere to get the weights from; says what was tried
        ├── BundleError              a bundle folder is incomplete, altered or wrong
        ├── WeightsError             a weight file is damaged, unsafe or of another network
        ├── LicenceError             a licence that was not to be used
        └── DeviceError              the device asked for is not there

Wrong arguments of a Python call raise ValueError, as usual.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class SimBenchError(Exception):
    """Base of every error that sim-bench raises about the world outside it."""


class ImageError(SimBenchError):
    """A file gives no pixels.

    Attributes:
        path: The file.
        reason: Why, in one line without the path; this is what a record's `reason` shows.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class DiscoveryError(SimBenchError):
    """The inputs name nothing that could be scored."""


class UnscoredError(SimBenchError):
    """A method gave no finite score for a photo."""


class UnknownNameError(SimBenchError):
    """A name that is in no table; the message offers the closest one and lists the rest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(f"No {kind} {name!r}.{hint} Known: {', '.join(names)}.")
        self.name = name


class MissingDependencyError(SimBenchError):
    """Something optional is not installed; the message is its install line."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs the extra [{extra}]: pip install 'sim-bench[{extra}]'")
        self.extra = extra


class PromptError(SimBenchError):
    """A prompt set that cannot be used."""


class ConfigError(SimBenchError):
    """A configuration file that cannot be used; the message names the file and the key."""


class DataMissingError(SimBenchError):
    """A data set is not where the configuration says."""


class DatasetError(SimBenchError):
    """A file of a data set is not in its format; the message names the file and the place."""


class StoreError(SimBenchError):
    """The store of what is computed already cannot be used; names its file and what to do."""


class ModelError(SimBenchError):
    """A model that cannot be used."""


class WeightsUnavailableError(ModelError):
    """Nowhere to get the weights from; the message says what was tried and the ways out."""


class BundleError(ModelError):
    """A bundle folder is incomplete, altered or not what it says."""


class WeightsError(ModelError):
    """A weight file that is damaged, unsafe or of another network; the message names the file."""


class LicenceError(ModelError):
    """Only permissive licences were to be used, and a method's is another or not on record."""


class DeviceError(ModelError):
    """The device asked for is not there."""
