"""Another program reads what was written. Debian: libimage-exiftool-perl."""

import json
import os
import shutil
import subprocess

import pytest

from sim_bench.export.apply import apply
from sim_bench.export.marks import Mark
from sim_bench.export.plan import plan
from sim_bench.export.rows import Row
from tests.export.samples import ADOBE, DARKTABLE, EXIFTOOL, photo, sidecar


def exiftool(*arguments):
    """Run it, or skip; SIM_BENCH_EXIFTOOL_REQUIRED=1 makes its absence an error."""
    if shutil.which("exiftool") is None:
        reason = "no exiftool here: apt install libimage-exiftool-perl"
        if os.environ.get("SIM_BENCH_EXIFTOOL_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    command = ["exiftool", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def tags(path):
    """All that it finds in a sidecar but what is of the file itself; with faults, if any."""
    asked = ("-j", "-n", "-G1", "-a", "-validate", "-warning", "-error", "-all")
    found = json.loads(exiftool(*asked, path))[0]
    faults = ("ExifTool:Validate", "ExifTool:Warning", "ExifTool:Error")
    if found["ExifTool:Validate"] == "0 0 0":  # errors, warnings, minor warnings
        del found["ExifTool:Validate"]
    of_the_file = ("SourceFile", "System", "File", "ExifTool")
    return {
        key: value
        for key, value in found.items()
        if key in faults or key.split(":")[0] not in of_the_file
    }


def test_a_fault_that_exiftool_finds_is_seen(tmp_path):
    path = tmp_path / "a.xmp"
    path.write_text(ADOBE.replace("</rdf:RDF>", ""), encoding="utf-8")
    assert {"ExifTool:Validate", "ExifTool:Warning"} <= set(tags(path))


def test_exiftool_reads_a_new_sidecar_and_finds_no_fault(tmp_path):
    rows = [
        Row(photo(tmp_path / "a.jpg"), "pick"),
        Row(photo(tmp_path / "b.jpg"), "reject"),
        Row(photo(tmp_path / "c.jpg"), "close"),
        Row(photo(tmp_path / "d.jpg"), "single"),
    ]
    odd = "Grün & \"<'>' \U0001f4f7"
    marks = {
        "pick": Mark(4, "Green"),
        "reject": Mark(-1, odd),
        "close": Mark(0),
        "single": Mark(label="Red"),
    }
    outcomes = list(apply(plan(rows, "both", marks=marks), tmp_path / "journal"))
    assert [outcome.status for outcome in outcomes] == ["done"] * 8
    for style in ("{}.xmp", "{}.jpg.xmp"):
        assert [tags(tmp_path / style.format(name)) for name in "abcd"] == [
            {"XMP-xmp:Rating": 4, "XMP-xmp:Label": "Green"},
            {"XMP-xmp:Rating": -1, "XMP-xmp:Label": odd},
            {"XMP-xmp:Rating": 0},
            {"XMP-xmp:Label": "Red"},
        ]


SAMPLES = {
    "adobe": ADOBE.encode(),
    "exiftool": EXIFTOOL.encode(),
    "darktable": DARKTABLE.encode(),
    "utf-16": EXIFTOOL.encode("utf-16-le"),
    "crlf": ADOBE.replace("\n", "\r\n").encode("utf-8-sig"),
    "cdata": sidecar("<xmp:Label><![CDATA[Blue]]></xmp:Label><xmp:Rating/>").encode(),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_exiftool_finds_all_else_as_it_was(tmp_path, name):
    path = tmp_path / "a.xmp"
    path.write_bytes(SAMPLES[name])
    before = tags(path)
    rows = [Row(photo(tmp_path / "a.jpg"), "pick")]
    assert [o.status for o in apply(plan(rows), tmp_path / "journal")] == ["done"]
    assert tags(path) == {**before, "XMP-xmp:Rating": 4, "XMP-xmp:Label": "Green"}


def test_a_sidecar_that_exiftool_wrote_is_changed_and_it_reads_that(tmp_path):
    one = photo(tmp_path / "a.jpg")
    path = tmp_path / "a.xmp"
    exiftool("-XMP-xmp:Rating=2", "-XMP-xmp:Label=Blue", "-XMP-dc:Title=Märzlicht", path)
    written = path.read_bytes()
    assert [o.status for o in apply(plan([Row(one, "reject")]), tmp_path / "journal")] == ["done"]
    assert path.read_bytes() == written.replace(b">2<", b">-1<").replace(b">Blue<", b">Red<")
    found = tags(path)
    assert (found["XMP-xmp:Rating"], found["XMP-xmp:Label"]) == (-1, "Red")
    assert found["XMP-dc:Title"] == "Märzlicht"
