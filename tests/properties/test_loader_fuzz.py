"""Whatever bytes come in: a clean value, or InvalidInput whose problems have a place; never anything else."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.json_text import load_json
from rampgate.formats.yaml_text import load_yaml
from shared_data import shared

CARDS = [
    b"""schema: rampgate/card/v1
model: credit-risk
version: "2.0.0"   # quoted
stage: pilot
artifact: {uri: "s3://models/2.0.0", digest: "sha256:00ff", parts: [{name: a, uri: b}, 'c']}
owners:
  business: alice
  technical: 'it''s bob'
uses: {intended: [one, two], out_of_scope: []}
notes: |
  first line
    second: line
folded: >-
  a
  b

data:
- name: \xc3\xa9t\xc3\xa9
  rows: 120
  share: 0.50
-
  - deep: {er: [1, 2.5, ~, true]}
? explicit
: value
""",
    b'{a: [1, 2, {b: "x\\ty\\u00e9"}], "c": \'d\', e: }\n',
    b"---\na:\r\n  - b # c\r\n  - d\r\n...\n",
]
EVIDENCE = [
    b'{"schema": "rampgate/evidence/v1", "n": 120, "rates": [0.50, 1e-3, -0], "nested": {"a": [[], {}, null, true]}}',
    '{"text": "é \\u00e9 \\n", "counts": {"columns": ["sex", "n"], "rows": [["f", 10], ["m", 12]]}}'.encode(),
]
# Pieces that mean something to some reader; random bytes alone would almost always end at the first of them.
PIECES = [
    b"&a ", b"*a", b"!!str ", b"!x ", b"<<: ", b"---\n", b"...\n", b"- ", b"? ", b": ", b"[", b"]", b"{", b"}", b",",
    b"'", b'"', b"|", b">", b"|+2\n", b"#", b"%YAML 1.1\n", b"\t", b"\r", b"\r\n", b"\n", b"\n\n  ", b"\x00", b"\x1b",
    b"\x85", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80", b"\\", b"\\u202e", b"\\ud800", b"\\x00", b"NaN", b"-Infinity", b".inf", b".nan", b"1e999",
    b"010", b"0x", b"0o9", b"9" * 400, b"1e-400", b"null", b"true", b"~", b"=", b"@", b"`", b"[" * 70, b"- " * 70,
    b"e\xcc\x81", b'"a":', b"1_000", b"-", b"+", b".", b"\x7f", b"{a: {a: ", b"a: 1\na: 2\n",
]  # fmt: skip
PLAIN = (dict, list, str, bool, int, Decimal, type(None))


def mutated(seed: bytes, chance: random.Random) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[place:place] = chance.choice(PIECES)
            case 1:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del data[place : place + chance.randint(1, 12)]
            case 3:
                other = chance.randrange(len(data) + 1)
                data[place:place] = data[other : other + chance.randint(1, 40)]
            case 4:
                data[place : place + 3] = chance.choice(PIECES)
            case _:
                del data[place : None if chance.random() < 0.2 else place + 1]
    return bytes(data)


def is_plain(value) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(child) for key, child in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return type(value) in PLAIN and (not isinstance(value, Decimal) or value.is_finite())


def pointers(value, pointer=()):
    yield pointer
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from pointers(child, (*pointer, key))


def judge(load, data: bytes) -> bool:
    """Return whether the data was accepted; fails the test on anything that is neither a value nor a located problem."""
    try:
        document = load(data, "file")
    except InvalidInput as error:
        problems = error.problems
    else:
        judge_value(load, data, document)
        return True
    assert problems
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for problem in problems:
        assert problem.path == "file"
        assert 1 <= problem.line <= lines + 1
        assert 1 <= problem.column <= len(data) + 1
        assert problem.message
        assert problem.message.isprintable()
    return False


def judge_value(load, data: bytes, document) -> None:
    assert type(document.value) is dict
    assert is_plain(document.value)
    assert set(document.spans) == set(pointers(document.value))
    assert load(data, "file").value == document.value


def run(load, seeds: list[bytes], count: int, seed: int) -> int:
    chance = random.Random(seed)
    return sum(judge(load, mutated(chance.choice(seeds), chance)) for _ in range(count))


@pytest.mark.parametrize(("load", "seeds"), [(load_yaml, CARDS), (load_json, EVIDENCE)], ids=["yaml", "json"])
def test_3000_mutated_files_give_a_value_or_a_located_problem(load, seeds):
    assert all(judge(load, data) for data in seeds)
    accepted = run(load, seeds, 1500, seed=20261121)
    assert 50 < accepted < 1450  # neither all nor nothing gets through, so both ways are looked at


@pytest.mark.scale
@pytest.mark.parametrize(
    ("load", "seeds", "count"), [(load_yaml, CARDS, 40_000), (load_json, EVIDENCE, 20_000)], ids=["yaml", "json"]
)
def test_60000_mutated_files_give_a_value_or_a_located_problem(load, seeds, count):
    assert run(load, seeds, count, seed=7) > 1000


@pytest.mark.parametrize("length", [1, 2, 3, 8, 64])
def test_random_bytes_give_a_value_or_a_located_problem(length):
    chance = random.Random(length)
    for _ in range(200):
        data = chance.randbytes(length)
        judge(load_yaml, data)
        judge(load_json, data)


def test_every_pair_of_ascii_characters_gives_a_value_or_a_located_problem():
    """Two-byte files reach each scanner state once; three letters around them make some of them mappings."""
    for first in range(0, 128, 3):
        for second in range(128):
            judge(load_yaml, b"a: " + bytes([first, second]))


def test_all_real_cards_and_their_front_matter_never_crash_the_loader():
    files = sorted(path for path in shared("cards/hf-2020").rglob("*") if path.is_file())
    accepted = 0
    for file in files:
        data = file.read_bytes()
        judge(load_yaml, data)
        judge(load_json, data)
        parts = data.split(b"---\n", 2)
        if len(parts) == 3 and not parts[0].strip():
            accepted += judge(load_yaml, parts[1])
    assert len(files) == 390
    assert accepted > 100
