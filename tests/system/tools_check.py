# What tools_writer must have made of the files that `tachy snapshot` wrote, and the JSON schemas. Reads PNG by itself.
import json
import struct
import sys
import zlib

WIDTH, HEIGHT = 37, 21


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def read_png(path):
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0]
        if kind == b"IHDR":
            width, height, bits, color = struct.unpack(">IIBB", body[:10])
            assert (bits, color) == (8, 2)
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    raw, rows, last = zlib.decompress(packed), [], bytearray(3 * width)
    for y in range(height):
        start = y * (3 * width + 1)
        how, row = raw[start], bytearray(raw[start + 1:start + 1 + 3 * width])
        for i in range(len(row)):
            a = row[i - 3] if i >= 3 else 0
            c = last[i - 3] if i >= 3 else 0
            row[i] = (row[i] + (0, a, last[i], (a + last[i]) // 2, paeth(a, last[i], c))[how]) & 255
        rows.append(row)
        last = row
    return width, height, rows


def check_png(path, expected):
    width, height, rows = read_png(path)
    assert (width, height) == (WIDTH, HEIGHT), (width, height)
    for y in range(height):
        for x in range(width):
            seen = tuple(rows[y][3 * x:3 * x + 3])
            assert seen == expected(x, y), (x, y, seen, expected(x, y))


def depth_steps(x, y):
    steps = int((x / 4 + y / 1024) / 50 * 2**24 + 0.5)
    return steps >> 16, steps >> 8 & 255, steps & 255


PASSES = {
    "img": lambda x, y: (x, y, 0),
    "id": lambda x, y: ((0, 0, 0), (200, 10, 20), (0, 30, 220))[(x + y) % 3],
    "depth": depth_steps,
}


def expect_planes(numpy, images):
    n, y, x = numpy.meshgrid(range(images), range(HEIGHT), range(WIDTH), indexing="ij")
    color = numpy.stack([x, y, 10 * n, 255 + 0 * n], -1).astype("u1")
    depth = (n + x / 4 + y / 1024).astype("f4")[..., None]
    ids = ((x + y) % 3).astype("u4")[..., None]
    return {"color": color, "depth": depth, "id": ids}


def check_array(numpy, seen, expected):
    assert seen.dtype == expected.dtype and seen.shape == expected.shape, (seen.dtype, seen.shape)
    assert numpy.array_equal(seen, expected)


def check_npy(path, plane, images):
    import numpy
    check_array(numpy, numpy.load(path, allow_pickle=False), expect_planes(numpy, int(images))[plane])


def check_npz(path, images):
    import numpy
    images = int(images)
    data = numpy.load(path, allow_pickle=False)
    planes = expect_planes(numpy, images)
    others = {"camera_from_world", "intrinsics", "sequence", "frame", "time"}
    assert set(data.files) == set(planes) | others, data.files
    for name, expected in planes.items():
        check_array(numpy, data[name], expected)
    matrix = numpy.arange(16.0) + 0.125 * numpy.arange(images)[:, None]
    check_array(numpy, data["camera_from_world"], matrix.reshape(images, 4, 4))
    for n in range(images):
        assert data["intrinsics"][n].tolist() == [[100 + n, 0, 3.5], [0, 200 + n, 4.5], [0, 0, 1]]
    assert data["sequence"].shape == () and data["frame"].shape == ()
    assert data["time"].dtype == numpy.int64
    assert data["time"].tolist() == [int(data["frame"]) - 1000, 100]


def check_mixed(path):
    import numpy
    data = numpy.load(path, allow_pickle=False)
    assert len(set(data.files)) == len(data.files), data.files
    assert data["frame"].shape == () and int(data["frame"]) >= 1000
    assert data["plane.frame"].shape == (1, 2 * HEIGHT, 2 * WIDTH, 1), data["plane.frame"].shape


STREAM_KEYS = ["name", "producer", "program", "pid", "alive", "epoch", "generation", "head", "fps", "planes", "slots",
               "slot_bytes", "shared_bytes", "held_reserved", "held_max", "tier", "pages", "foreign_clock", "published", "dropped",
               "readers"]
PLANE_KEYS = ["name", "format", "count", "height", "width", "channels"]
READER_KEYS = ["name", "pid", "reading", "received", "skipped", "lost", "lag", "held", "latency_p50_ns",
               "latency_p99_ns"]


def check_stream(stream, name):
    assert list(stream) == STREAM_KEYS, list(stream)
    assert stream["name"] == name and stream["producer"] == name.split("/")[0]
    assert stream["alive"] is True and stream["program"] == "tools_writer"
    assert [p["name"] for p in stream["planes"]] == ["color", "depth", "id"]
    assert list(stream["planes"][0]) == PLANE_KEYS
    assert list(stream["planes"][0].values()) == ["color", "u8", 1, HEIGHT, WIDTH, 4]
    assert stream["shared_bytes"] >= stream["slots"] * stream["slot_bytes"] > 0
    for reader in stream["readers"]:
        assert list(reader) == READER_KEYS, list(reader)
        assert reader["reading"] == "newest"
        assert reader["name"] == '\\x1b[31m"nasty"\\xff', reader["name"]


def check_info(path, name, readers):
    stream = json.load(open(path))
    check_stream(stream, name)
    assert len(stream["readers"]) == int(readers)


def check_ls(path, name):
    listing = json.load(open(path))
    assert list(listing) == ["version", "streams"] and listing["version"] == 1
    (stream,) = [s for s in listing["streams"] if s["name"] == name]
    check_stream(stream, name)


CHECKS = {"npy": check_npy, "npz": check_npz, "mixed": check_mixed, "info": check_info, "ls": check_ls,
          "png": lambda path, name: check_png(path, PASSES[name])}
CHECKS[sys.argv[1]](*sys.argv[2:])
