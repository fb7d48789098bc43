"""Results made up for tests of the report: their numbers are plausible and mean nothing."""

import numpy as np

from sim_bench.benchmark.results import (
    Comparison,
    DatasetResult,
    EnsembleResult,
    FailureRow,
    Figure,
    MatrixResult,
    MethodResult,
    OpinionRow,
    PairRow,
    PartRow,
    ReliabilityRow,
    Results,
    SeriesRow,
    SizeRow,
    StrengthRow,
    SubgroupRow,
)

HOSTILE = '<script>alert("x")</script> & </title>'
ACCURACY = {
    "combined": 0.592,
    "clip_weighted": 0.581,
    "clip_contrastive": 0.574,
    "sharpness": 0.567,
    "colourfulness": 0.565,
    "exposure": 0.560,
    "noise": 0.497,
    "contrast": 0.494,
}
COST = {
    "combined": 2.4,
    "clip_weighted": 3.1,
    "clip_contrastive": 3.15,
    "sharpness": 0.31,
    "colourfulness": 0.33,
    "exposure": 0.12,
    "noise": 0.9,
    "contrast": None,
}


def around(value, half=0.017):
    return Figure(value=value, low=value - half, high=value + half)


def no(reason):
    return Figure(value=None, reason=reason)


def method(name, status="ran", **changes):
    return MethodResult(
        **{
            "name": name,
            "class_name": f"{name.title()}Assessor",
            "status": status,
            "reason": "",
            "made_by": "",
            "licence": "MIT",
            "direction": "higher",
            "trained_on": (),
            "cost": COST.get(name),
        }
        | changes
    )


def pair_row(name, accuracy=0.592, **changes):
    figure = around(accuracy)
    return PairRow(
        **{
            "method": name,
            "n": 4000,
            "unscored": 0,
            "ties": 1403 if name == "sharpness" else 12,
            "divided": 31,
            "accuracy": figure,
            "accuracy_ties_half": figure,
            "accuracy_without_ties": around(accuracy + 0.004),
            "auc": around(accuracy + 0.02),
            "log_loss": around(0.678, 0.004),
            "log_loss_floor": 0.561,
            "calibration_error": 0.018,
            "strengths": tuple(
                StrengthRow(strength=strength, n=n, accuracy=around(accuracy + gain, 0.03))
                for strength, n, gain in (
                    ("below 60%", 1100, -0.05),
                    ("60-70%", 900, 0.0),
                    ("70-80%", 1000, 0.03),
                    ("80% or more", 1000, 0.06),
                )
            ),
            "reliability": tuple(
                ReliabilityRow(predicted=p, observed=min(1, max(0, p + d)), n=n)
                for p, d, n in (
                    (0.30, 0.06, 150),
                    (0.42, 0.02, 900),
                    (0.50, -0.01, 1900),
                    (0.58, 0.02, 900),
                    (0.70, -0.08, 150),
                )
            ),
            "p_chance": 0.0004 if abs(accuracy - 0.5) > 0.02 else 0.62,
            "effect": 2 * (accuracy - 0.5),
        }
        | changes
    )


def opinion_row(name, srcc=0.4, **changes):
    return OpinionRow(
        **{
            "method": name,
            "n": 1200,
            "unscored": 3,
            "srcc": around(srcc, 0.05),
            "krcc": around(srcc * 0.7, 0.04),
            "plcc": around(srcc * 1.02, 0.05),
            "plcc_fitted": around(srcc * 1.05, 0.05),
            "rmse_fitted": around(0.141, 0.006),
            "p_chance": 0.0004 if srcc > 0.06 else 0.4,
        }
        | changes
    )


def series_row(name, top1=0.45, **changes):
    return SeriesRow(
        **{
            "method": name,
            "n": 1400,
            "unscored": 2,
            "top1": around(top1, 0.026),
            "top2": around(top1 + 0.25, 0.02),
            "mrr": around(top1 + 0.2, 0.02),
            "mean_rank": around(3.1 - 2 * top1, 0.05),
            "regret": around(0.9 - top1, 0.03),
            "within": None,
            "top1_random": 0.401,
            "top2_random": 0.72,
            "mrr_random": 0.64,
            "mean_rank_random": 2.2,
            "regret_random": 0.52,
            "by_size": (
                SizeRow(size="2", n=700, top1=around(top1 + 0.1, 0.04), top1_random=0.5),
                SizeRow(size="3-4", n=500, top1=around(top1, 0.04), top1_random=0.29),
                SizeRow(size="5 or more", n=200, top1=around(top1 - 0.1, 0.07), top1_random=0.17),
            ),
            "p_chance": 0.0004 if top1 > 0.42 else 0.3,
        }
        | changes
    )


def compare(first, second, by, p_holm, *, task="pairs", measure="accuracy", **changes):
    return Comparison(
        **{
            "task": task,
            "measure": measure,
            "first": first,
            "second": second,
            "n": 4000,
            "difference": around(by, 0.02),
            "p": p_holm / 3 if p_holm is not None else None,
            "p_holm": p_holm,
            "effect": None if measure == "regret" else 2 * by,
            "smallest": 0.026,
        }
        | changes
    )


def every_comparison(values, task, measure):
    names = list(values)
    return [
        compare(
            one,
            other,
            values[one] - values[other],
            0.0006 if abs(values[one] - values[other]) > 0.03 else 0.21,
            task=task,
            measure=measure,
        )
        for k, one in enumerate(names)
        for other in names[k + 1 :]
    ]


def agreement(names, kind="srcc", seed=0):
    draw = np.random.default_rng(seed).uniform(
        -0.3 if kind == "srcc" else 0.4, 0.9, (len(names), len(names))
    )
    values = [
        [1.0 if i == k else float(draw[min(i, k), max(i, k)]) for k in range(len(names))]
        for i in range(len(names))
    ]
    return MatrixResult(
        kind=kind,
        methods=tuple(names),
        values=tuple(tuple(row) for row in values),
        n=tuple((4000,) * len(names) for _ in names),
    )


def cases(names, images, *, kind="failure", task="pairs", many=3):
    return tuple(
        FailureRow(
            kind=kind,
            task=task,
            method=name,
            images=tuple(images[(2 * k + j) % len(images)] for j in range(1 + (task == "pairs"))),
            said="+1.31 for the second",
            people="86% prefer the first",
            badness=1.31 - 0.1 * k,
        )
        for name in names
        for k in range(many)
    )


def dataset(name="phototriage", **changes):
    return DatasetResult(
        **{
            "name": name,
            "reader": "PhotoTriage",
            "title": "PhotoTriage (Chang et al., 2016)",
            "split": "",
            "licence": "research use only",
            "photos": 6500,
            "scored": 6497,
            "unscored": 3,
            "left_out": {},
            "contamination": {},
        }
        | changes
    )


def pairs_dataset(images=("a.jpg", "b.jpg", "c.jpg", "d.jpg"), **changes):
    """Pairs and series with everything that a report can show."""
    names = list(ACCURACY)
    top1 = {name: value - 0.12 for name, value in ACCURACY.items()}
    subgroups = tuple(
        SubgroupRow(
            task="pairs",
            measure="accuracy",
            attribute=attribute,
            value=value,
            method=name,
            n=n,
            figure=around(ACCURACY[name] + gain, half),
        )
        for attribute, parts in {
            "series size": (
                ("2", 2100, 0.01, 0.02),
                ("3-4", 1200, 0, 0.03),
                ("5+", 700, -0.03, 0.04),
            ),
            "brightness": (
                ("dark", 1300, 0.02, 0.03),
                ("middle", 1400, 0, 0.03),
                ("bright", 1300, -0.01, 0.03),
            ),
        }.items()
        for value, n, gain, half in parts
        for name in names
    )
    prompts = {
        "sharp / blurry photo": (0.31, 0.561, 0.012, 0.0006),
        "well exposed / badly exposed photo": (0.25, 0.553, 0.006, 0.03),
        "good / bad composition": (0.24, 0.52, 0.001, 0.8),
        "noise free / noisy photo": (0.2, 0.49, -0.004, 0.4),
    }
    return dataset(
        **{
            "left_out": {"no label in the test split": 2585, "photo named twice": 4},
            "contamination": {
                "clip_weighted": "its head learned from PhotoTriage's training pairs"
            },
            "pairs": tuple(pair_row(name, value) for name, value in ACCURACY.items()),
            "series": tuple(series_row(name, value) for name, value in top1.items()),
            "regret_unit": "Bradley-Terry units",
            "human_ceiling": around(0.731, 0.008),
            "ceiling_note": "one voter against the others of 2,779 series",
            "comparisons": (
                *every_comparison(ACCURACY, "pairs", "accuracy"),
                *every_comparison(top1, "series", "regret"),
            ),
            "subgroups": subgroups,
            "ensembles": (
                EnsembleResult(
                    task="pairs",
                    measure="accuracy",
                    weights={"combined": 0.61, "sharpness": 0.2, "noise": -0.11, "contrast": 0.0},
                    figure=around(0.601),
                    best_single="combined",
                    difference=around(0.009, 0.012),
                    p=0.14,
                ),
            ),
            "parts": tuple(
                PartRow(
                    task="pairs",
                    measure="accuracy",
                    method="clip_weighted",
                    part=part,
                    weight=weight,
                    alone=around(alone, 0.02),
                    gain=around(gain, 0.008),
                    p_holm=p,
                )
                for part, (weight, alone, gain, p) in prompts.items()
            ),
            "matrices": (agreement(names), agreement(names, "pairs", seed=1)),
            "failures": (
                *cases(names, images),
                *cases(["combined / sharpness"], images, kind="disagreement"),
            ),
        }
        | changes
    )


def opinion_dataset(images=("a.jpg", "b.jpg"), **changes):
    """Mean opinions; one method gives the same score to every photo."""
    srcc = {name: round(3 * (value - 0.48), 3) for name, value in ACCURACY.items()}
    srcc.pop("contrast")
    constant = no("the scores are all the same")
    return dataset(
        "biq2021",
        **{
            "reader": "BIQ2021",
            "title": "BIQ2021, a real-world sample",
            "split": "test",
            "licence": "not stated",
            "photos": 1203,
            "scored": 1200,
            "opinion": (
                OpinionRow(
                    method="contrast",
                    n=1200,
                    unscored=3,
                    srcc=constant,
                    krcc=constant,
                    plcc=constant,
                    plcc_fitted=constant,
                    rmse_fitted=constant,
                    p_chance=None,
                ),
                *(opinion_row(name, value) for name, value in srcc.items()),
            ),
            "comparisons": tuple(every_comparison(srcc, "opinion", "srcc")),
            "matrices": (agreement(list(srcc), seed=2),),
            "failures": cases(list(srcc)[:3], images, task="opinion", many=4),
        }
        | changes,
    )


def results(*datasets, methods=None, **changes):
    ran = [method(name) for name in ACCURACY]
    failed = method(
        "clip_large",
        "failed",
        reason="the weights of ViT-L-14 are not here, and there is no network to get them",
        trained_on=None,
    )
    return Results(
        **{
            "version": "0.1.0",
            "level": 0.95,
            "ties": "right",
            "methods": tuple(methods if methods is not None else [*ran, failed]),
            "datasets": datasets or (pairs_dataset(), opinion_dataset()),
        }
        | changes
    )
