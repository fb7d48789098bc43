"""The methods of a run: made from their configuration, or failed with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING

from sim_bench.benchmark.config import MethodConfig
from sim_bench.errors import ConfigError, SimBenchError
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.permissive import refuse_restricted
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor
from sim_bench.registry import method_class

if TYPE_CHECKING:
    from sim_bench.store.store import Store


def build(
    method: MethodConfig, store: "Store | None" = None, *, permissive_only: bool = False
) -> QualityAssessor:
    """Make one configured method, ready to score.

    Args:
        method: Its configuration.
        store: Where vectors of texts are kept.
        permissive_only: Whether the licence of its weights must be permissive.

    Raises:
        ConfigError: Its constructor knows no such parameter, or refuses a value.
        LicenceError: The licence is not permissive.
        SimBenchError: The method is unknown, or cannot run here.
    """
    cls = method_class(method.class_name)
    known = signature(cls).parameters.keys()
    if unknown := sorted(method.params.keys() - known):
        raise ConfigError(
            f"{method.class_name} has no parameter {unknown[0]!r}; "
            f"it has {', '.join(known) or 'none'}"
        )
    try:
        built = cls(**method.params)
    except ValueError as error:
        raise ConfigError(f"{method.class_name}: {error}") from error
    if permissive_only:
        refuse_restricted({method.name: built})
    built.load(store)
    return built


@dataclass(frozen=True)
class Part:
    """A part of a method, scored beside it.

    Attributes:
        column: Name of its scores.
        weight: In the method's score.
    """

    column: str
    weight: float


@dataclass(frozen=True)
class Methods:
    """What can be run.

    Attributes:
        whole: Methods by configured name.
        failed: Why the others cannot run.
        parts: Of methods that are a sum, by name of the method and of the part.
        of_parts: What scores the parts, by column; methods with equal parts share them.
    """

    whole: Mapping[str, QualityAssessor]
    failed: Mapping[str, str]
    parts: Mapping[str, Mapping[str, Part]]
    of_parts: Mapping[str, QualityAssessor]


def build_all(
    configured: "tuple[MethodConfig, ...]",
    store: "Store | None",
    *,
    permissive_only: bool = False,
) -> Methods:
    """Make every configured method that has no recorded scores; arguments as for `build`."""
    whole: dict[str, QualityAssessor] = {}
    failed: dict[str, str] = {}
    for method in configured:
        if method.scores is not None:
            continue
        try:
            whole[method.name] = build(method, store, permissive_only=permissive_only)
        except SimBenchError as error:
            failed[method.name] = str(error)
        except Exception as error:  # noqa: BLE001 - becomes the method's reason in every table
            failed[method.name] = f"{type(error).__name__}: {error}"
    return with_parts(whole, failed)


def with_parts(whole: Mapping[str, QualityAssessor], failed: Mapping[str, str]) -> Methods:
    """Add the parts of methods that are sums of parts."""
    parts: dict[str, dict[str, Part]] = {}
    of_parts: dict[str, QualityAssessor] = {}
    for name, method in whole.items():
        found = method.parts()
        if len(found) < 2:
            continue
        parts[name] = {}
        for part, (weight, assessor) in found.items():
            column = f"part of {_family(method)}: {part}: {assessor!r}"
            of_parts.setdefault(column, assessor)
            parts[name][part] = Part(column, weight)
    return Methods(whole, failed, parts, of_parts)


def _family(method: QualityAssessor) -> str:
    """Methods of one family give equal parts equal scores."""
    if isinstance(method, VectorBasedAssessor):
        return f"{type(method).__name__} {method.encoder.fingerprint} {method.decode}"
    return type(method).__name__
