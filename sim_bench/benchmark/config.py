"""The YAML of a quality benchmark: which photos, which methods, where the results go."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sim_bench.errors import ConfigError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatasetConfig(_Strict):
    """Where the photos are: a name for the report, and a folder."""

    name: str
    root: Path


class MethodConfig(_Strict):
    """One method: its column, its class, and the parameters of its constructor."""

    name: str = Field(min_length=1)
    class_name: str = Field(alias="class")
    params: dict[str, Any] = {}


class OutputConfig(_Strict):
    """Folder for the results, relative to where the benchmark is run."""

    dir: Path


class BenchmarkConfig(_Strict):
    """A whole configuration file."""

    dataset: DatasetConfig
    methods: list[MethodConfig] = Field(min_length=1)
    output: OutputConfig

    @field_validator("methods")
    @classmethod
    def _names_differ(cls, methods: list[MethodConfig]) -> list[MethodConfig]:
        names = [method.name for method in methods]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two methods are named {twice[0]!r}; each needs a name of its own")
        return methods


def load_config(path: Path) -> BenchmarkConfig:
    """Read and check a configuration file.

    Raises:
        ConfigError: It cannot be read, or a key is missing, unknown or of the wrong kind;
            the message names the file and the key.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return BenchmarkConfig.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}"
            for one in error.errors()
        )
        raise ConfigError(f"{path}: {problems}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
