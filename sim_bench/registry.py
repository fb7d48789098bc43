"""Every method and every data set by name: tables of strings, so that listing imports nothing.

A method is known by its column name ("sharpness") and by its class ("SharpnessAssessor"), a data
set by its name ("phototriage") and its class. Adding one is adding a line.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim_bench.errors import UnknownNameError

if TYPE_CHECKING:
    from sim_bench.datasets.base import Dataset
    from sim_bench.quality_assessment.base import QualityAssessor

_PACKAGE = "sim_bench.quality_assessment"

METHODS: dict[str, str] = {
    "clip_aesthetic": f"{_PACKAGE}.clip_aesthetic:CLIPAestheticAssessor",
    "clip_iqa": f"{_PACKAGE}.clip_iqa:CLIPIQAAssessor",
    "liqe": f"{_PACKAGE}.liqe:LIQEAssessor",
    "laion_aesthetic": f"{_PACKAGE}.laion_aesthetic:LAIONAestheticAssessor",
    "nima": f"{_PACKAGE}.nima:NIMAAssessor",
    "musiq": f"{_PACKAGE}.musiq:MUSIQAssessor",
    "pyiqa": f"{_PACKAGE}.pyiqa_bridge:PyIQAAssessor",
    "ensemble": f"{_PACKAGE}.ensemble:EnsembleAssessor",
    "sharpness": f"{_PACKAGE}.sharpness:SharpnessAssessor",
    "tenengrad": f"{_PACKAGE}.tenengrad:TenengradAssessor",
    "contrast": f"{_PACKAGE}.contrast:ContrastAssessor",
    "exposure": f"{_PACKAGE}.exposure:ExposureAssessor",
    "colourfulness": f"{_PACKAGE}.colourfulness:ColourfulnessAssessor",
    "noise": f"{_PACKAGE}.noise:NoiseAssessor",
    "composite": f"{_PACKAGE}.composite:CompositeAssessor",
}


_DATASETS = "sim_bench.datasets"

DATASETS: dict[str, str] = {
    "phototriage": f"{_DATASETS}.phototriage:PhotoTriage",
    "ava": f"{_DATASETS}.ava:AVA",
    "koniq10k": f"{_DATASETS}.koniq10k:KonIQ10k",
    "spaq": f"{_DATASETS}.spaq:SPAQ",
    "kadid10k": f"{_DATASETS}.kadid10k:KADID10k",
    "tid2013": f"{_DATASETS}.tid2013:TID2013",
    "live_challenge": f"{_DATASETS}.live_challenge:LIVEChallenge",
    "biq2021": f"{_DATASETS}.biq2021:BIQ2021",
    "ukbench": f"{_DATASETS}.ukbench:UKBench",
    "score_table": f"{_DATASETS}.score_table:ScoreTable",
    "pair_table": f"{_DATASETS}.pair_table:PairTable",
    "burst_folders": f"{_DATASETS}.burst_folders:BurstFolders",
    "synthetic": f"{_DATASETS}.synthetic:Synthetic",
}


def method_class(name: str) -> "type[QualityAssessor]":
    """Return the class of a method.

    Args:
        name: Column name or class name.

    Raises:
        UnknownNameError: No such method; the message names the closest one.
    """
    found: type[QualityAssessor] = _look_up("method", name, METHODS)
    return found


def dataset_class(name: str) -> "type[Dataset]":
    """Return the reader of a data set.

    Args:
        name: Name of the data set or of its class.

    Raises:
        UnknownNameError: No such data set; the message names the closest one.
    """
    found: type[Dataset] = _look_up("data set", name, DATASETS)
    return found


def _look_up(kind: str, name: str, table: Mapping[str, str]) -> Any:
    by_class = {target.partition(":")[2]: target for target in table.values()}
    target = table.get(name) or by_class.get(name)
    if target is None:
        raise UnknownNameError(kind, name, [*table, *by_class])
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
