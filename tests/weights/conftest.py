import pytest

from tests.weights.file_server import serve


@pytest.fixture
def site():
    with serve() as running:
        yield running


@pytest.fixture
def cabinet(tmp_path, monkeypatch):
    """The folder of an empty cabinet; no offline copies, mirror or hub of the machine's own."""
    folder = tmp_path / "cabinet"
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(folder))
    for name in (
        "SIM_BENCH_MODELS",
        "SIM_BENCH_WEIGHTS_MIRROR",
        "HF_ENDPOINT",
        "HF_HUB_OFFLINE",
        "http_proxy",
        "HTTP_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    return folder
