import pytest

from sim_bench.errors import UnknownNameError
from sim_bench.export.marks import DEFAULT_MARKS, Mark, better, check_marks, read_mark


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("5", Mark(5)),
        ("-1:Red", Mark(-1, "Red")),
        (" 4 : To print ", Mark(4, "To print")),
        (":a:b", Mark(None, "a:b")),
        ("", Mark()),
    ],
)
def test_a_mark_is_read_as_a_person_types_it(text, mark):
    assert read_mark(text) == mark


@pytest.mark.parametrize("text", ["6", "-2", "4.5", "five", "Green", "3:a\x01b"])
def test_what_is_no_mark_is_refused(text):
    with pytest.raises(ValueError, match=r"Got '.*'|Got -?\d"):
        read_mark(text)


@pytest.mark.parametrize("label", ["", " ", "Red ", "\ud800", "a\0"])
def test_a_label_that_no_sidecar_can_hold_is_refused(label):
    with pytest.raises(ValueError, match="label"):
        Mark(label=label)


def test_nothing_to_write_is_false():
    assert not Mark()
    assert Mark(0)
    assert Mark(label="Red")
    assert str(Mark(0, "Red")) == "rating 0, label Red"


def test_by_default_only_photos_of_bursts_are_marked_and_the_pick_is_the_best():
    assert set(DEFAULT_MARKS) == {"pick", "close", "reject"}
    ratings = [DEFAULT_MARKS[verdict].rating for verdict in ("pick", "close", "reject")]
    assert ratings == sorted(ratings, reverse=True)
    assert ratings[-1] == -1


def test_the_better_of_two_marks_has_the_higher_rating():
    low, high, no = Mark(-1, "Red"), Mark(4, "Green"), Mark(None, "Blue")
    assert better(low, high) is better(high, low) is high
    assert better(low, no) is no
    assert better(high, Mark(4)) is high


def test_marks_are_for_verdicts():
    check_marks(DEFAULT_MARKS)
    with pytest.raises(UnknownNameError, match="Did you mean 'reject'"):
        check_marks({"rejct": Mark(1)})
