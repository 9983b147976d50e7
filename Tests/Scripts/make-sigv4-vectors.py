#!/usr/bin/env python3
"""Writes Tests/AWSRuntimeTests/Signing/Vectors/sigv4.json: requests signed by botocore under a frozen clock.

botocore is the reference implementation that the signing tests compare with. The file is committed, so this
script runs only when cases are added: `python3 Tests/Scripts/make-sigv4-vectors.py`. The same botocore gives
the same bytes each time; every credential below is made up.
"""

import datetime
import hashlib
import json
import pathlib
import random
from unittest import mock

import botocore
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode

OUTPUT = pathlib.Path(__file__).resolve().parents[1] / "AWSRuntimeTests" / "Signing" / "Vectors" / "sigv4.json"

LONG_LIVED = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials("ASIDEXAMPLE", "bPxRfiCYEXAMPLEKEY/K7MDENG+wJalrXUtnFEMI",
                        "AQoDYXdzEPT//////////wEXAMPLE+tc764b==")
NOON = 1_763_812_800  # 2025-11-22T12:00:00Z


def case(name, method="GET", path="/", query=(), headers=(), body="", service="sqs", region="eu-central-1",
         host=None, scheme="https", credentials=LONG_LIVED, time=NOON):
    return dict(name=name, method=method, path=path, query=list(query), headers=list(headers), body=body,
                service=service, region=region, host=host or f"{service}.{region}.amazonaws.com", scheme=scheme,
                credentials=credentials, time=time)


def json_post(name, target, document, **options):
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", target)]
    return case(name, "POST", headers=headers, body=json.dumps(document, ensure_ascii=False), **options)


def object_case(name, method, key, **options):
    options.setdefault("host", "reports.s3.eu-central-1.amazonaws.com")
    return case(name, method, "/" + key, service="s3", **options)


def query_cases():
    yield case("query: one item", query=[("Action", "GetCallerIdentity")])
    yield case("query: sorted by name", query=[("b", "2"), ("a", "1"), ("C", "3")])
    yield case("query: duplicates sorted by value", query=[("a", "z"), ("a", "b"), ("a", "B"), ("a", "1")])
    yield case("query: empty values", query=[("uploads", ""), ("a", ""), ("", "x")])
    yield case("query: space, plus, percent", query=[("a b", "c d"), ("plus", "1+1"), ("percent", "100%")])
    yield case("query: reserved characters", query=[("r", "!*'();:@&=+$,/?#[]")])
    yield case("query: unreserved characters", query=[("u", "AZaz09-._~")])
    yield case("query: unicode", query=[("ключ", "значение"), ("emoji", "🔗"), ("ü", "é")])
    yield case("query: names that sort differently once encoded", query=[("a~", "1"), ("a ", "2"), ("a-", "3")])
    yield case("query: prefix of another name", query=[("ab", "1"), ("a", "2"), ("a", "10"), ("abc", "0")])


def path_cases():
    yield case("path: segments", path="/123456789012/clicks")
    yield case("path: trailing slash", path="/123456789012/clicks/")
    yield case("path: repeated slashes", path="//a///b//")
    yield case("path: dot segments", path="/a/./b/../c")
    yield case("path: dot segments above the root", path="/../../a")
    yield case("path: only dot segments", path="/a/../")
    yield case("path: space", path="/a b/c d")
    yield case("path: unicode", path="/пути/ü/🔗")
    yield case("path: percent sign", path="/100%/%41")
    yield case("path: reserved characters", path="/a:b@c=d,e;f+g&h!i*j'k(l)")
    yield case("path: tilde", path="/~user/-._")


def header_cases():
    yield case("headers: trimmed", headers=[("X-Trim", "   both ends   ")])
    yield case("headers: inner runs collapsed", headers=[("X-Runs", "a   b\t\tc  \t d")])
    yield case("headers: quoted runs collapsed too", headers=[("X-Quoted", '"a   b"')])
    yield case("headers: empty value", headers=[("X-Empty", "")])
    yield case("headers: repeated name keeps its order", headers=[("X-List", "b"), ("x-list", "a"), ("X-LIST", " c ")])
    yield case("headers: order of names", headers=[("Zebra", "1"), ("apple", "2"), ("X-Amz-Meta-B", "3"),
                                                   ("x-amz-meta-a", "4")])
    yield case("headers: not signed", headers=[("User-Agent", "shrinkr"), ("Expect", "100-continue"),
                                               ("Connection", "keep-alive"), ("X-Amzn-Trace-Id", "Root=1"),
                                               ("X-Kept", "1")])
    yield case("headers: host with a port", host="127.0.0.1:5000", scheme="http")
    yield case("headers: IPv6 host", host="[::1]:4566", scheme="http")


def method_cases():
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        yield case(f"method: {method}", method, body="text" if method in ("POST", "PUT", "PATCH") else "")


def credential_cases():
    yield case("credentials: session token", credentials=TEMPORARY)
    yield json_post("credentials: session token and JSON", "AmazonSQS.ReceiveMessage", {"WaitTimeSeconds": 20},
                    credentials=TEMPORARY)
    yield object_case("credentials: session token and S3", "PUT", "hour=20/links.ndjson.gz", body="x",
                      credentials=TEMPORARY)


def scope_cases():
    yield case("scope: China", region="cn-north-1", host="sqs.cn-north-1.amazonaws.com.cn")
    yield case("scope: GovCloud", region="us-gov-west-1")
    yield case("scope: another service", service="sts", query=[("Action", "AssumeRole"), ("Version", "2011-06-15")])
    yield case("time: first second of a day", time=1_767_225_600)
    yield case("time: last second of a year", time=1_767_225_599)
    yield case("time: leap day", time=1_709_164_800 + 5 * 3600 + 7 * 60 + 9)
    yield case("time: the epoch", time=0)
    yield case("time: far future", time=4_107_542_399)


def json_cases():
    queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/clicks"
    yield json_post("JSON: ReceiveMessage", "AmazonSQS.ReceiveMessage",
                    {"QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20})
    yield json_post("JSON: SendMessageBatch", "AmazonSQS.SendMessageBatch",
                    {"QueueUrl": queue, "Entries": [{"Id": "0", "MessageBody": '{"v":1,"clicks":[]}'}]})
    yield json_post("JSON: unicode body", "AmazonSQS.SendMessage", {"MessageBody": "Zürich 🔗 \u2028 \\ \""})
    yield json_post("JSON: large body", "AmazonSQS.SendMessage", {"MessageBody": "0123456789" * 400})
    yield json_post("JSON: empty object", "AmazonSQS.ListQueues", {})


def s3_cases():
    checksum = [("x-amz-checksum-crc32", "NSRBwg=="), ("Content-Type", "application/x-ndjson")]
    yield object_case("S3: put", "PUT", "reports/dt=2026-11-22/hour=20/links.ndjson.gz", body="abc", headers=checksum)
    yield object_case("S3: conditional put", "PUT", "a.txt", body="abc", headers=[("If-None-Match", "*")])
    yield object_case("S3: key with spaces", "GET", "a b/c  d")
    yield object_case("S3: key with plus and percent", "GET", "a+b/100%/%2F")
    yield object_case("S3: key with reserved characters", "GET", "!*'();:@&=$,?#[]")
    yield object_case("S3: key with unicode", "GET", "Zürich/ключ/🔗")
    yield object_case("S3: repeated slashes stay", "GET", "a//b///c")
    yield object_case("S3: dot segments stay", "GET", "a/./b/../c")
    yield object_case("S3: leading and trailing slash stay", "GET", "/a/")
    yield object_case("S3: tilde and dashes", "GET", "~a-b_c.d")
    yield object_case("S3: query", "GET", "a", query=[("versionId", "3/L4kqtJlcpXroDTDmJ+rmSpXd3"), ("uploads", "")])
    yield object_case("S3: path style on a port", "PUT", "bucket.with.dots/key", body="x", host="127.0.0.1:5000",
                      scheme="http")


def random_cases(count, seed=4):
    source = random.Random(seed)
    alphabet = "abcXYZ019 -._~/+%&=?#!*'();:@$,[]{}|^`\"<>\\äßключ漢字🔗"

    def text(longest):
        return "".join(source.choice(alphabet) for _ in range(source.randint(0, longest)))

    for number in range(count):
        service = source.choice(["sqs", "s3", "sts"])
        headers = [(f"X-Random-{source.randint(0, 3)}", " ".join(source.choice("ab \t") for _ in range(9)))
                   for _ in range(source.randint(0, 4))]
        yield case(f"random: {number}", source.choice(["GET", "PUT", "POST"]), "/" + text(24),
                   [(text(6), text(9)) for _ in range(source.randint(0, 5))], headers, text(40), service,
                   credentials=source.choice([LONG_LIVED, TEMPORARY]), time=source.randint(0, 4_000_000_000))


def sign(case):
    encoded_path = percent_encode(case["path"], safe="/~")
    credentials = case["credentials"]
    request = AWSRequest(case["method"], f"{case['scheme']}://{case['host']}{encoded_path}",
                         data=case["body"].encode(), params=case["query"])
    for name, value in case["headers"]:
        request.headers[name] = value
    signer_class = S3SigV4Auth if case["service"] == "s3" else SigV4Auth
    signer = signer_class(credentials, case["service"], case["region"])
    now = datetime.datetime.fromtimestamp(case["time"], datetime.timezone.utc)
    seen = {}

    def record(string_to_sign, request, original=signer.signature):
        seen["string_to_sign"] = string_to_sign
        return original(string_to_sign, request)

    def record_canonical(request, original=signer.canonical_request):
        seen["canonical_request"] = original(request)
        return seen["canonical_request"]

    signer.signature = record
    signer.canonical_request = record_canonical
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        signer.add_auth(request)
    added = ("X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256", "Authorization")
    return {
        "name": case["name"],
        "method": case["method"],
        "host": case["host"],
        "path": case["path"],
        "encodedPath": encoded_path,
        "query": [list(item) for item in case["query"]],
        "headers": [list(item) for item in case["headers"]],
        "body": case["body"],
        "service": case["service"],
        "region": case["region"],
        "time": case["time"],
        "accessKeyID": credentials.access_key,
        "secretAccessKey": credentials.secret_key,
        "sessionToken": credentials.token,
        "payloadHash": hashlib.sha256(case["body"].encode()).hexdigest(),
        "canonicalRequest": seen["canonical_request"],
        "stringToSign": seen["string_to_sign"],
        "added": {name.lower(): request.headers[name] for name in added if name in request.headers},
    }


def main():
    groups = (method_cases(), path_cases(), query_cases(), header_cases(), credential_cases(), scope_cases(),
              json_cases(), s3_cases(), random_cases(40))
    vectors = [sign(case) for group in groups for case in group]
    names = [vector["name"] for vector in vectors]
    assert len(set(names)) == len(names), "every case needs a name of its own"
    document = {"botocore": botocore.__version__, "vectors": vectors}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(document, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    print(f"{len(vectors)} vectors written to {OUTPUT.name} with botocore {botocore.__version__}")


if __name__ == "__main__":
    main()
