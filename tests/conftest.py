"""What tests of several packages share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.hostile import HostileFolder, write_hostile_folder

# The same examples on every run and every machine; no database beside the code.
settings.register_profile("sim-bench", derandomize=True, deadline=None, database=None)
settings.load_profile("sim-bench")

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data, SIM_BENCH_DATA; without it, the test is skipped.

    SIM_BENCH_DATA_REQUIRED=1 turns its absence into an error.
    """
    folder = Path(os.environ.get("SIM_BENCH_DATA") or _BESIDE_THE_REPOSITORY)
    if folder.is_dir():
        return folder
    reason = f"no real data in {folder}: set SIM_BENCH_DATA"
    if os.environ.get("SIM_BENCH_DATA_REQUIRED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> HostileFolder:
    """200 good photos and 30 odd or broken files; read only, please."""
    return write_hostile_folder(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(autouse=True, scope="session")
def _no_store_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing reads or fills the user's own store or weights, not even for several tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path_factory.mktemp("weights")))
        patch.setenv("SIM_BENCH_WEIGHTS_MIRROR", "http://127.0.0.1:9/nothing-is-fetched")
        patch.setenv("SIM_BENCH_STORE", str(tmp_path_factory.mktemp("store") / "store.sqlite"))
        yield


@pytest.fixture(autouse=True)
def _store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what another one kept."""
    monkeypatch.setenv("SIM_BENCH_STORE", str(tmp_path / "default-store" / "store.sqlite"))
