"""UKBench: 2,550 objects, four photos of each. Groups, and nobody's judgement of quality."""

import re
from collections.abc import Sequence
from typing import ClassVar, NoReturn

from sim_bench.datasets.base import Dataset, DatasetInfo, Finding
from sim_bench.errors import DataMissingError, DatasetError

GROUP_SIZE = 4

_NAME = re.compile(r"ukbench(\d{5})\.jpg", re.IGNORECASE)


class UKBench(Dataset):
    """The groups of UKBench: files `ukbench%05d.jpg`, four consecutive numbers to a group."""

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="ukbench",
        title="UKBench",
        shape="pairwise",
        paper="Nistér and Stewénius, Scalable Recognition with a Vocabulary Tree, CVPR 2006",
        licence="not stated; given out for research",
        source="https://archive.org/details/ukbench",
        photo_folders=("full", "ukbench/full", ""),
        notes=(
            "It says which photos show one object, not which is best: use groups(), or "
            "`sim-bench experiment --bursts` on a folder per group.",
            "The photos of a group are taken from different viewpoints, not in one burst.",
        ),
    )

    def read(self) -> NoReturn:
        """There is nothing to read.

        Raises:
            DatasetError: Always; it says what to use instead.
        """
        raise DatasetError(
            f"{self.root}: UKBench holds groups of photos and no judgement of their quality, so "
            "no method can be compared with it; use UKBench.groups(), or `sim-bench experiment "
            "--bursts` on a folder per group"
        )

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the image ids of each group, in order, by the number of its first photo.

        Groups of which photos are missing are among them: see `incomplete`.

        Raises:
            DataMissingError: There is no photo.
        """
        found, _ = self._found()
        if not found:
            raise DataMissingError(
                f"{self.photos}: no ukbench00000.jpg and so on there; {self.info.source}"
            )
        groups: dict[str, tuple[str, ...]] = {}
        for number in sorted(found):
            name = f"{number - number % GROUP_SIZE:05d}"
            groups[name] = (*groups.get(name, ()), found[number])
        return groups

    def incomplete(self) -> dict[str, int]:
        """Return how many photos there are of each group that lacks some.

        Raises:
            DataMissingError: There is no photo.
        """
        return {
            name: len(photos) for name, photos in self.groups().items() if len(photos) < GROUP_SIZE
        }

    def check_labels(self) -> Sequence[Finding]:
        """Say how many groups there are, and which of them are incomplete."""
        found, others = self._found()
        if not found:
            return [Finding("groups", "missing", self.info.source)]
        groups, incomplete = self.groups(), self.incomplete()
        said = f"{len(found)} photos in {len(groups)} groups; {others} other files"
        findings = [Finding("groups", "present", said)]
        if incomplete:
            named = ", ".join(f"{name}: {count} of 4" for name, count in [*incomplete.items()][:3])
            said = f"{len(incomplete)} groups are incomplete, first {named}"
            findings.append(Finding("groups", "missing", said, needed=False))
        return findings

    def _found(self) -> tuple[dict[int, str], int]:
        """Return the photos by number, and how many other files there are."""
        files = [path.name for path in self.photos.glob("*") if path.is_file()]
        matched = [match for name in files if (match := _NAME.fullmatch(name))]
        return {int(match[1]): match[0] for match in matched}, len(files) - len(matched)
