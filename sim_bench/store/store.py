"""The store: what was computed for a photo is never computed again.

A content is the bytes of a file, known by their SHA-256. A file is known by its path, size and
time of modification, which is enough to recognise its content without reading it. Vectors belong
to a content and to the fingerprint of an encoder, scores to that of a method. All of them are pure
values: deleting the store changes no result.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from sim_bench.store.database import DamagedStoreWarning, Database
from sim_bench.store.paths import decode, encode
from sim_bench.store.place import default_path
from sim_bench.store.reading import find_contents, find_files, find_scores, find_texts, find_vectors
from sim_bench.store.records import Content, Entry
from sim_bench.store.tables import ENCODERS
from sim_bench.store.walk import walk
from sim_bench.store.writing import add_entries, add_texts, content_key, link_files

__all__ = ["Content", "DamagedStoreWarning", "Entry", "Store", "default_path"]


class Store:
    """One SQLite file, for several threads and several processes at once.

    Rows that turn out damaged are not given out: they count as absent, and a DamagedStoreWarning
    says so once. Every method raises a StoreError if the file cannot be used.

    Attributes:
        path: The file.
        database: For upkeep.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else path
        self.database = Database(self.path)

    def close(self) -> None:
        """Close the file; several times do no harm."""
        self.database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def find_files(self, files: Sequence[tuple[str, int, int]]) -> list[Content | None]:
        """Look up files by absolute path, size in bytes and modification time in nanoseconds.

        Returns:
            For each file in order its content; None where it is not known or has changed.
        """
        with self.database.turn():
            return find_files(self.database, files)

    def find_content(self, digest: bytes, camera: bool) -> Content | None:
        """Look up a content by the SHA-256 of its bytes, and whether a camera's suffix counted."""
        with self.database.turn():
            found = find_contents(self.database, "digest", [content_key(digest, camera)])
        return next(iter(found.values()), None)

    def vectors(self, ids: Sequence[int], encoder: str, dim: int) -> dict[int, NDArray[np.float32]]:
        """Vectors of shape (dim,), read-only, by content, of those contents that have one."""
        with self.database.turn():
            return find_vectors(self.database, ids, encode(encoder), dim)

    def scores(self, ids: Sequence[int], assessor: str) -> dict[int, float]:
        """Scores by content; NaN where the method found no finite one."""
        with self.database.turn():
            return find_scores(self.database, ids, encode(assessor))

    def texts(self, encoder: str, texts: Sequence[str], dim: int) -> dict[str, NDArray[np.float32]]:
        """Unit vectors of shape (dim,), read-only, by text, of those texts that have one."""
        with self.database.turn():
            found = find_texts(self.database, encode(encoder), list(map(encode, texts)), dim)
        return {decode(text): vector for text, vector in found.items()}

    def add_texts(self, encoder: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep the vectors of texts, in one transaction."""
        add_texts(self.database, encode(encoder), vectors)

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep photos, in one transaction; what was kept of them before is replaced.

        Raises:
            ValueError: A vector is not finite or not of its encoder's length, a score is
                infinite, or a digest is not a SHA-256. Nothing is kept then.
        """
        add_entries(self.database, entries)

    def link(self, files: Sequence[tuple[str, int, int, int]]) -> None:
        """Keep that files hold known contents: absolute path, size, time, number of the content."""
        link_files(self.database, files)

    def name_encoder(self, encoder: str, name: str) -> None:
        """Keep the name that people know an encoder by."""
        fingerprint = encode(encoder)
        with self.database.change():
            row = {fingerprint: (fingerprint, encode(name))}
            self.database.ensure(ENCODERS, row, overwrite=True)

    def stored(
        self, encoder: str, dim: int, block: int = 8192
    ) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """All files whose content has a vector of this encoder, in the order of the contents.

        A photo under two paths comes twice. What is added meanwhile may or may not come.

        Yields:
            Absolute paths, and a matrix (n, dim) of their vectors; n is at most `block`.
        """
        return walk(self.database, encode(encoder), dim, block)
