"""A difference is reported together with its consequences and nothing else: the cases of consequences.txt."""
import json
import pathlib
import re

import pytest

MIRRORED = {"added": "removed", "removed": "added"}


def read_cases():
    text = re.sub(r"(?m)^#.*\n", "", (pathlib.Path(__file__).parent / "consequences.txt").read_text(encoding="utf-8"))
    for block in text.strip().split("\n\n"):
        there, _, back = block.partition("\n<=")
        base, change, *lines = there.splitlines()
        forth = [line.strip() for line in lines]
        mirrored = [re.sub(r"^(added|removed)", lambda word: MIRRORED[word[1]], line) for line in forth]
        yield base, change, forth, [line.strip() for line in back.strip().splitlines()] if back else mirrored


CASES = list(read_cases())


def told(pair, a, b):
    process = pair.start("schema", "diff", a, b, "--json")
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 1), err
    return [f"{one['change']} {one['kind']} {one['object']}" + (f" ({one['what']})" if one["what"] else "")
            for one in json.loads(out)["differences"]]


@pytest.mark.parametrize("base, change, forth, back", CASES, ids=[f"{base[:60]} {change[:80]}" for base, change, *_ in CASES])
def test_one_change_is_reported_once(cluster, pair, base, change, forth, back):
    how, sql = change[:2], change[3:]
    pair.sql(base)
    pair.sql(sql if how == "==" else f"{base}; {sql}", database=pair.tracing)
    a, b = cluster.uri(pair.core), cluster.uri(pair.tracing)
    assert told(pair, a, b) == forth
    assert sorted(told(pair, b, a)) == sorted(back)
    cluster.drop(pair.core, pair.tracing)
