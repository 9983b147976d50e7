"""Links that all servers know, and codes that none knows."""

import random
from concurrent.futures import ThreadPoolExecutor

# No vowels: no code is a word that a server keeps for itself.
LETTERS = "bcdfghjkmnpqrstvwxz23456789"
# Links of one batch; the API takes at most 1,000 and 1 MiB.
BATCH = 1_000


def make_codes(count, seed=14):
    """The same codes in each run."""
    source = random.Random(seed)
    codes = set()
    while len(codes) < count:
        codes.add("".join(source.choices(LETTERS, k=7)))
    codes = sorted(codes)
    source.shuffle(codes)
    return codes


def destination(code):
    return f"https://example.com/destination/of/{code}"


def with_unknown(codes, share=0.1, seed=15):
    """The codes, and unknown ones, in whose `#` the load client puts a number: each is asked for once."""
    source = random.Random(seed)
    mixed = codes + ["unknown-#"] * round(len(codes) * share / (1 - share))
    source.shuffle(mixed)
    return mixed


def create(client, codes, **members):
    """Makes a link for each code."""

    def batch(first):
        items = [{"url": destination(code), "code": code} | members for code in codes[first : first + BATCH]]
        answer = client.post("/api/v1/links/batch", json={"links": items})
        failed = [result for result in answer.json()["results"] if result["status"] != 201]
        if failed:
            raise RuntimeError(f"{len(failed)} links were not made, such as {failed[0]}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(batch, range(0, len(codes), BATCH)))
