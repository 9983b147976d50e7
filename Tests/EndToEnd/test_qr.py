"""QR codes of the API and of the command line, read by two libraries that know nothing of each other."""

import subprocess
import xml.etree.ElementTree as ElementTree

import cv2
import numpy
import pytest
import zxingcpp
from support.client import assert_invalid, assert_problem

# Texts of so many bytes are the longest of each version (ISO/IEC 18004:2015, table 7).
LONGEST = {
    "L": [
        17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858, 929, 1003, 1091,
        1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953,
    ],
    "M": [
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779, 857, 911,
        997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
    ],
    "Q": [
        11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364, 394, 442, 482, 509, 565, 611, 661,
        715, 751, 805, 868, 908, 982, 1030, 1112, 1168, 1228, 1283, 1351, 1423, 1499, 1579, 1663,
    ],
    "H": [
        7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177, 194, 220, 250, 280, 310, 338, 382, 403, 439, 461, 511, 535,
        593, 625, 658, 698, 742, 790, 842, 898, 958, 983, 1051, 1093, 1139, 1219, 1273,
    ],
}  # fmt: skip


def read_image(png):
    image = cv2.imdecode(numpy.frombuffer(png, numpy.uint8), cv2.IMREAD_COLOR)
    assert image is not None, "OpenCV reads no PNG"
    return image


def by_zxing(image):
    # In so many modules it may see stripes of another kind.
    return [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def opencv_reads(image, text):
    """OpenCV finds the corners of a large code at one scale and not at another."""
    detectors = [cv2.QRCodeDetectorAruco(), cv2.QRCodeDetector()]
    for scale in (1, 2, 3):
        scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
        for detector in detectors:
            try:
                if detector.detectAndDecode(scaled)[0] == text:
                    return True
            except cv2.error:
                pass
    return False


def run(binaries, *arguments, **options):
    return subprocess.run(
        [binaries / "shrinkr", "qr", *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **options
    )


def letters(count, seed):
    return "".join(chr(ord("a") + (place * 7 + seed * 5 + place * place) % 26) for place in range(count))


@pytest.mark.parametrize("level", LONGEST)
def test_every_version_is_read(binaries, level):
    missed = []
    for version, length in enumerate(LONGEST[level], 1):
        modules = 17 + 4 * version + 8
        read = False
        # The corners of some codes escape OpenCV, whoever has drawn them.
        for seed in range(12):
            text = letters(length - seed % 4, seed)
            size = max(128, (4 + seed % 3) * modules)
            done = run(binaries, text, "--level", level, "--format", "png", "--size", str(size))
            assert done.returncode == 0, done.stderr
            image = read_image(done.stdout)
            assert image.shape[:2] == (size, size)
            assert by_zxing(image) == [text], version
            read = read or opencv_reads(image, text)
            if read:
                break
        if not read:
            missed.append(version)
    assert missed == []


def svg_image(svg):
    """Draws an SVG document as ours are: squares of one module, filled."""
    root = ElementTree.fromstring(svg)
    modules = int(root.get("viewBox").split()[2])
    background, code = list(root)
    scale = 8
    image = numpy.zeros((modules * scale, modules * scale, 3), numpy.uint8)
    image[:] = [int(background.get("fill")[place : place + 2], 16) for place in (5, 3, 1)]
    colour = [int(code.get("fill")[place : place + 2], 16) for place in (5, 3, 1)]
    for piece in code.get("d").split("M")[1:]:
        place, rest = piece.split("h", 1)
        column, row = map(int, place.split())
        width = int(rest.split("v")[0])
        image[row * scale : (row + 1) * scale, column * scale : (column + width) * scale] = colour
    return image


def test_the_link_is_in_it(client):
    short = client.create(code="Poster-1")["short_url"]
    for query in ("", "?format=svg", "?format=png", "?format=png&size=1024&level=H&margin=0&dark=003366&light=fff8e1"):
        answer = client.get(f"/api/v1/links/Poster-1/qr{query}")
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        if "png" in query:
            assert answer.media_type == "image/png"
            image = read_image(answer.body)
            assert image.shape[:2] == ((1024, 1024) if "1024" in query else (300, 300))
        else:
            assert answer.media_type == "image/svg+xml"
            image = svg_image(answer.body)
        if "margin=0" in query:
            image = cv2.copyMakeBorder(image, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(225, 248, 255))
        assert by_zxing(image) == [short]
        assert opencv_reads(image, short)


def test_a_client_keeps_it(client):
    client.create(code="kept")
    first = client.get("/api/v1/links/kept/qr")
    tag = first.headers["ETag"]
    assert client.get("/api/v1/links/KEPT/qr?level=M").headers["ETag"] == tag, "the same picture"
    assert client.get("/api/v1/links/kept/qr?level=L").headers["ETag"] != tag
    for known in (tag, f"W/{tag}", f'"x", {tag}', tag[:-1] + '-gzip"', "*"):
        again = client.get("/api/v1/links/kept/qr", headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag), known
    for other in ('"x"', tag[:-2] + '"', tag[:-1] + '0"', tag.strip('"')):
        assert client.get("/api/v1/links/kept/qr", headers={"If-None-Match": other}).status == 200, other


def test_what_cannot_be_drawn(client):
    client.create(code="drawn")
    for query, parameter in {
        "format=gif": "format", "size=127": "size", "size=2049": "size", "size=-1": "size", "margin=17": "margin",
        "level=m": "level", "dark=12345": "dark", "light=zzzzzz": "light", "dark=fff000": "dark", "light=000001": "light",
        "colour=000000": "colour",
    }.items():  # fmt: skip
        assert_invalid(client.get(f"/api/v1/links/drawn/qr?{query}"), parameter=parameter)
    assert_problem(client.get("/api/v1/links/nothing/qr"), 404, "not-found")
    client.delete("/api/v1/links/drawn")
    assert_problem(client.get("/api/v1/links/drawn/qr"), 404, "not-found")


def test_command_line(binaries, tmp_path):
    text = run(binaries, "https://sho.rt/k3x9bqz").stdout.decode()
    lines = text.splitlines()
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    rows = [row for line in lines for row in zip(*[halves[mark] for mark in line], strict=True)]
    image = numpy.repeat(numpy.repeat(numpy.array(rows, numpy.uint8), 8, 0), 8, 1)
    assert by_zxing(image) == ["https://sho.rt/k3x9bqz"]
    file = tmp_path / "poster.png"
    assert run(binaries, "https://sho.rt/k3x9bqz", "--format", "png", "--output", str(file)).returncode == 0
    assert by_zxing(read_image(file.read_bytes())) == ["https://sho.rt/k3x9bqz"]
    for arguments, words in (
        (["x" * 2_954, "--level", "L"], "too long"), (["x", "--size", "1"], "--size"), (["x", "--dark", "ffffff"], "--dark"),
        (["x", "--level", "X"], "--level"), ([], "text"), (["x" * 2_000, "--format", "png", "--size", "128"], "--size"),
    ):  # fmt: skip
        done = run(binaries, *arguments)
        assert done.returncode == 2 and words in done.stderr.decode(), done
        assert done.stdout == b""
    done = run(binaries, "x", "--output", str(tmp_path / "nowhere" / "x.svg"))
    assert done.returncode == 1 and "could not be written" in done.stderr.decode()
    with open("/dev/full", "wb") as full:
        done = subprocess.run([binaries / "shrinkr", "qr", "x"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"could not be written" in done.stderr
