"""Accuracy against cost."""

from sim_bench.report.page.cost import HEIGHT, WIDTH, cost_scatter
from tests.report.made_results import ACCURACY, dataset, method, pair_row, pairs_dataset


def draw(costs, data=None):
    data = data or dataset(pairs=tuple(pair_row(name, 0.55) for name in costs))
    methods = [method(name, cost=cost) for name, cost in costs.items()]
    return cost_scatter(data, "pairs", methods, level=0.95)


def test_a_dearer_method_lies_to_the_right_and_a_better_one_higher():
    data = dataset(pairs=(pair_row("cheap", 0.5), pair_row("dear", 0.6)))
    found, _ = draw({"cheap": 0.1, "dear": 10.0}, data)
    place = {point.method: point for point in found.points}
    assert place["cheap"].x < place["dear"].x
    assert place["cheap"].y > place["dear"].y  # pixels count from the top
    middle = next(x for x, label in found.x_ticks if label == "1")
    assert abs((place["cheap"].x + place["dear"].x) / 2 - middle) <= 0.1


def test_methods_without_a_time_are_named_and_a_time_of_nothing_is_none():
    found, note = draw({"a": 1.0, "b": None, "c": 0.0})
    assert [point.method for point in found.points] == ["a"]
    assert note == "Without a time: b, c."
    assert draw({"a": None})[0] is None


def test_names_do_not_lie_over_one_another():
    costs = {name: 2.0 + 0.01 * k for k, name in enumerate(ACCURACY)}
    found, _ = draw(costs, pairs_dataset())
    boxes = []
    for point in found.points:
        label = point.label
        wide = 6.6 * len(label.text)
        left = label.x if label.anchor == "start" else label.x - wide
        boxes.append((left, label.y - 11, left + wide, label.y + 3))
    for k, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= WIDTH
        assert one[3] <= HEIGHT
        for other in boxes[k + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]


def test_where_names_find_no_room_there_are_numbers_with_a_key():
    costs = {f"a_method_with_quite_a_long_name_{k}": 2.0 for k in range(12)}
    found, _ = draw(costs)
    assert [point.label.text for point in found.points] == [str(k) for k in range(1, 13)]
    assert "1\u00a0a_method_with_quite_a_long_name_0" in found.caption


def test_the_caption_says_what_cost_is_a_ratio_of():
    found, _ = draw({"a": 1.0})
    assert "over the time it takes to decode that photo" in found.caption
    assert "n = 1 method." in found.caption
