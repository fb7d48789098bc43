"""The architecture, enforced: imports go one way, and the package is light to import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sim_bench

PACKAGE = Path(sim_bench.__file__).parent
ORDER = [
    "errors",
    "user_folders",
    "registry",
    "images",
    "encoders",
    "weights",
    "networks",
    "store",
    "evaluation",
    "quality_assessment",
    "datasets",
    "selection",
    "benchmark",
    "learning",
    "export",
    "report",
    "review",
    "scale",
    "cli",
]
HEAVY = ["openvino", "torch", "pandas", "matplotlib", "scipy", "PIL", "huggingface_hub"]


def imports_of(path):
    """Yield the sim_bench layers a file imports; a type-only or program-only import is none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If)
        and ("TYPE_CHECKING" in ast.unparse(block.test) or "__name__" in ast.unparse(block.test))
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim_bench."):
            yield node.module.split(".")[1]
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith("sim_bench."):
                    yield name.name.split(".")[1]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_imports_go_one_way(path):
    layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if layer in ("__init__", "__main__"):
        return
    for imported in imports_of(path):
        assert ORDER.index(imported) <= ORDER.index(layer), f"{layer} must not import {imported}"


def loaded_by(statement):
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import sim_bench") & set(HEAVY)


def test_the_command_line_itself_loads_nothing_heavy():
    assert not loaded_by("import sim_bench.cli.app") & set(HEAVY)


def test_every_public_name_resolves():
    for name in sim_bench.__all__:
        assert getattr(sim_bench, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sim_bench.nothing
