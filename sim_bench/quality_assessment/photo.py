"""One input on its way through a run: what the store knows of it, and what is looked at."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import ImageEncoder
from sim_bench.errors import ImageError
from sim_bench.images.decode import DECODE_VERSION, decode, read_bytes
from sim_bench.images.formats import SUFFIXES
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor, vector_key
from sim_bench.store.store import Content, Entry, Store

_CAMERA = frozenset(SUFFIXES["RAW"])
_SETTLED = 2_000_000_000
"""Nanoseconds: a file changed more recently than this may change again within one tick of its
file system's clock, so its time says nothing yet (as in git's "racy" index entries)."""


class Asked:
    """What a set of methods asks of every photo.

    Attributes:
        methods: All of them, by column name.
        combined: Those that combine the scores of others: by member, the column of its scores.
        pixel: Those that look at pixels, members of others among them.
        vector: Those that look at vectors, likewise, each with the key of the vectors it wants.
        encoders: By key; methods that want the same vectors share one.
        at_least: Shortest side to which a photo may be reduced while decoding; None if any
            method wants every pixel: one decoded picture serves all.
    """

    def __init__(self, methods: Mapping[str, QualityAssessor]) -> None:
        single = dict(_single(methods))
        sides = [method.at_least for method in single.values()]
        known = [side for side in sides if side is not None]
        self.methods = methods
        self.at_least = max(known) if known and len(known) == len(sides) else None
        self.combined = dict(_combined(methods))
        self.pixel: dict[str, QualityAssessor] = {}
        self.vector: dict[str, tuple[VectorBasedAssessor, str]] = {}
        self.encoders: dict[str, ImageEncoder] = {}
        for name, method in single.items():
            if isinstance(method, VectorBasedAssessor):
                key = vector_key(method.encoder, self.at_least)
                self.encoders.setdefault(key, method.encoder)
                self.vector[name] = method, key
            else:
                self.pixel[name] = method

    @cached_property
    def score_keys(self) -> dict[str, str]:
        """Under what the store keeps the scores of pixel methods, of those that may be kept."""
        prints = {name: method.fingerprint for name, method in self.pixel.items()}
        return {name: f"{key}-d{DECODE_VERSION}" for name, key in prints.items() if key}

    def silent(self, columns: Mapping[str, NDArray[np.float64]]) -> dict[int, list[str]]:
        """Name the methods that gave no score, by the photo's place; members with what wants them.

        Args:
            columns: Scores by column, members included; NaN where there is none.
        """
        found: dict[int, list[str]] = {}
        for name in self.methods:
            for k in np.flatnonzero(np.isnan(columns[name])).tolist():
                _, members = self.combined.get(name, (None, {}))
                lacking = [one for one, column in members.items() if np.isnan(columns[column][k])]
                told = f"{name} (for want of one by {', '.join(lacking)})" if lacking else name
                found.setdefault(k, []).append(told)
        return found


def _single(methods: Mapping[str, QualityAssessor]) -> Iterator[tuple[str, QualityAssessor]]:
    """The methods that look at photos themselves, by column: given ones, then members."""
    for name, method in methods.items():
        if not method.members():
            yield name, method
    for name, method in methods.items():
        yield from _single({f"{name}: {one}": each for one, each in method.members().items()})


def _combined(
    methods: Mapping[str, QualityAssessor],
) -> Iterator[tuple[str, tuple[QualityAssessor, dict[str, str]]]]:
    """The methods that combine others, innermost first, with the column of each member."""
    for name, method in methods.items():
        if members := method.members():
            columns = {one: f"{name}: {one}" for one in members}
            yield from _combined({columns[one]: each for one, each in members.items()})
            yield name, (method, columns)


@dataclass(slots=True)
class Photo:
    """One input and what has become of it so far.

    Attributes:
        path: The file, as given.
        number: Its place in the run.
        content: What the store knows of its bytes, if it does.
        vectors: By key: from the store, later also those encoded in this run.
        encoded: By key: vectors of this run, of encoders that look at photos at their own size.
        scores: Of pixel methods by name: from the store.
        digest: SHA-256 of its bytes; empty if it was not opened or there is no store.
        file: Absolute path, size and time; None if unknown or not settled.
        reason: Why it gives no pixels; empty if it does, or was not opened.
        width: Of the upright photo.
        height: Likewise.
        notes: What was met while reading it.
        inputs: Prepared pixels that wait for an encoder, by key.
        observed: What pixel methods saw in this run, by name.
        opened: Whether its pixels were looked at.
        twin: An earlier photo of this run with the same bytes, which answers for it.
    """

    path: Path
    number: int
    content: Content | None = None
    vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    encoded: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    digest: bytes = b""
    file: tuple[str, int, int] | None = None
    reason: str = ""
    width: int | None = None
    height: int | None = None
    notes: tuple[str, ...] = ()
    inputs: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    observed: dict[str, Any] = field(default_factory=dict)
    opened: bool = False
    twin: "Photo | None" = None

    @property
    def camera(self) -> bool:
        """Whether its name is a camera's, under which the same bytes may mean another picture."""
        return self.path.suffix.lower() in _CAMERA

    def answers(self, asked: Asked) -> bool:
        """Whether all that is asked of it is known."""
        return (
            self.content is not None
            and self.vectors.keys() >= asked.encoders.keys()
            and self.scores.keys() >= asked.pixel.keys()
        )

    def open(self, asked: Asked, store: Store | None, twins: "Twins") -> "Photo":
        """Read the file, and look at its pixels unless all that is asked is known of its bytes.

        The file is read and decoded once, whatever is asked. Safe to call from several threads,
        each with photos of its own.
        """
        try:
            before = _state(self.path) if store else None
            data = read_bytes(self.path)
            if store:
                self.digest = hashlib.sha256(data).digest()
                self.file = _unchanged(before, _state(self.path), len(data))
                self.twin = twins.earlier(self)
                if self.twin:
                    return self
                self._remember(asked, store)
            if not self.answers(asked):
                self._look(data, asked)
        except ImageError as error:
            self.reason = error.reason
        return self

    def _remember(self, asked: Asked, store: Store) -> None:
        """Find what the store knows of these bytes, under whatever name."""
        self.content = store.find_content(self.digest, self.camera)
        if self.content is None:
            return
        recall([self], asked, store)
        if self.answers(asked) and self.file:
            store.link([(*self.file, self.content.id)])

    def _look(self, data: bytes, asked: Asked) -> None:
        picture = decode(data, self.path, at_least=asked.at_least)
        self.opened = True
        self.width, self.height, self.notes = picture.width, picture.height, picture.notes
        for key, encoder in asked.encoders.items():
            if key in self.vectors:
                continue
            if encoder.input_size is None:  # too large to wait in a queue
                self.encoded[key] = encoder.encode_images([picture.rgb])[0]
            else:
                self.inputs[key] = encoder.prepare(picture.rgb)
        planes = Planes(picture.rgb)
        for name, method in asked.pixel.items():
            if name not in self.scores:
                self.observed[name] = method.observe(planes)

    def entry(self, asked: Asked, fresh: Mapping[str, NDArray[np.float32]]) -> Entry:
        """What the store should keep of a photo that was looked at.

        Args:
            asked: What was asked of it.
            fresh: Vectors that were encoded in this run.
        """
        return Entry(
            digest=self.digest,
            camera=self.camera,
            width=self.width or 0,
            height=self.height or 0,
            notes=self.notes,
            file=self.file,
            vectors=fresh,
            scores={
                key: self.scores[name]
                for name, key in asked.score_keys.items()
                if name in self.observed
            },
        )


class Twins:
    """Photos under way, by their bytes, so that copies within one run are looked at once too."""

    def __init__(self) -> None:
        self._first: dict[tuple[bytes, bool], Photo] = {}
        self._lock = Lock()

    def earlier(self, photo: Photo) -> Photo | None:
        """The photo of the same bytes that is under way and comes earlier, if there is one.

        A later one does not count: what has to wait for it could not be handed on in order.
        """
        with self._lock:
            first = self._first.setdefault((photo.digest, photo.camera), photo)
        return first if first.number < photo.number else None

    def forget(self, photos: Iterable[Photo]) -> None:
        """Let go of photos that the store has by now."""
        with self._lock:
            for photo in photos:
                key = photo.digest, photo.camera
                if self._first.get(key) is photo:
                    del self._first[key]


def look_up(
    paths: Sequence[tuple[int, Path]], asked: Asked, store: Store | None
) -> Iterable[Photo]:
    """Make photos of numbered paths, with what the store knows of files that have not changed."""
    photos = [Photo(path, number) for number, path in paths]
    if store is None:
        return photos
    states = [(photo, state) for photo in photos if (state := _state(photo.path))]
    contents = store.find_files([state for _, state in states])
    for (photo, state), content in zip(states, contents, strict=True):
        photo.content, photo.file = content, state
    recall([photo for photo in photos if photo.content], asked, store)
    return photos


def recall(photos: Sequence[Photo], asked: Asked, store: Store) -> None:
    """Fill in vectors and scores that the store holds for photos of known content."""
    known = [(photo, photo.content) for photo in photos if photo.content]
    ids = [content.id for _, content in known]
    for photo, content in known:
        photo.width, photo.height, photo.notes = content.width, content.height, content.notes
    for key, encoder in asked.encoders.items():
        vectors = store.vectors(ids, key, encoder.dim)
        for photo, content in known:
            if content.id in vectors:
                photo.vectors[key] = vectors[content.id]
    for name, key in asked.score_keys.items():
        scores = store.scores(ids, key)
        for photo, content in known:
            if content.id in scores:
                photo.scores[name] = scores[content.id]


def _state(path: Path) -> tuple[str, int, int] | None:
    """Absolute path, size and modification time; None where there is no file to ask."""
    try:
        name = os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps "..", and is slower
        found = os.stat(name)  # noqa: PTH116 - a quarter of the time of Path.stat
    except (OSError, ValueError):
        return None
    return name, found.st_size, found.st_mtime_ns


def _unchanged(
    before: tuple[str, int, int] | None, after: tuple[str, int, int] | None, size: int
) -> tuple[str, int, int] | None:
    """The state of a file if it was the same before and after it was read, and has settled."""
    same = after is not None and after == before and after[1] == size
    return after if same and after and time.time_ns() - after[2] > _SETTLED else None
