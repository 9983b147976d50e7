"""Inputs for destinations beside the standard's own: hand-written ones, and what becomes of them by small changes."""

import random

WRITTEN = [
    # Paths, queries and fragments: what is encoded in each, dot segments, escapes that are none.
    "https://example.com/ !\"$%&'()*+,-./:;<=>@[\\]^_`{|}~", "https://example.com/? !\"$%&'()*+,-./:;<=>@[\\]^_`{|}~",
    "https://example.com/# !\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "https://example.com/%zz%4%/a%2fb/%2e%2E/c/.%2e/d",
    "https://example.com/a/./b/../../../c/", "https://example.com/..;/x/...", "https://example.com//a//..//",
    "https://example.com/é/日本/😀/\u0085\u2028\ufffe", "https://example.com/?é=日本&😀#é", "https://example.com?x#y?z#w",
    "https://example.com/\u2020?\u2020#\u2020", "https://example.com/?q='quoted'&r=<b>",
    "https:\\\\example.com\\a\\..\\b", "https:example.com", "https:/example.com", "https:////example.com",
    " https://example.com/ ", "HTTPS://EXAMPLE.COM", "https://example.com/C|/..", "https://example.com/a;b=c,d",
    "https://example.com/?%00%0d%0a", "https://example.com/%0A",
    # Ports.
    "https://example.com:443", "https://example.com:00443/", "https://example.com:80", "https://example.com:65535",
    "https://example.com:65536", "https://example.com:", "https://example.com:８", "https://example.com:-1",
    # IPv4 in every notation.
    "http://1.2.3.4", "http://0x1.2.3.4", "http://01.02.03.04", "http://1.2.772", "http://16909060",
    "http://0x01020304", "http://1.2.3.4.", "http://1.2.3.4..", "http://1.2.3.256", "http://1.2.3.4.5",
    "http://１.２.３.４", "http://%31.2.3.4", "http://256.1", "http://4294967296", "http://0x", "http://1.2.3.08",
    "http://a.1", "http://1e3", "http://①.2.3.4", "http://1。2。3。4", "http://0.0.0.0x", "http://037777777777",
    "http://0xffffffff1", "http://1.0x", "http://9.9.9.a9",
    # IPv6 in every notation.
    "http://[2606:4700::1111]", "http://[::FFFF:8.8.8.8]", "http://[1:0:0:2:0:0:0:3]", "http://[0:0:0:0:0:0:0:0]",
    "http://[1::2::3]", "http://[1:2:3:4:5:6:7:8]:8080", "http://[1:2:3:4:5:6:7::]", "http://[::1.2.3]",
    "http://[::1%25a]", "http://[fe80::1%eth0]", "http://[::１]", "http://[1:2:3:4:5:6:7:8", "http://[]",
    "http://[::00001]", "http://[:1]",
    # Domains.
    "http://a_b.example", "http://-a-.example", "http://a..b", "http://.", "http://.a", "http://a%2Eb", "http://a%20b",
    "http://a%00b", "http://a%", "http://a%25b", "http://a^b", "http://a|b", "http://a<b", "http://a*b!$&'()+,;=~{}`\"",
    "http://%C3%BC.example", "http://%c3.example", "http://%ED%A0%80.example", "http://ex\u00adample.com",
    "http://\u00ad",
    # International domain names.
    "http://bücher.example", "http://BÜCHER.EXAMPLE", "http://xn--bcher-kva.example", "http://bu\u0308cher.example",
    "http://xn--bcher-kva.bücher.example", "http://xn--a.example", "http://xn--a.ü", "http://xn--.ü",
    "http://xn---tda.ü", "http://faß.example", "http://ẞ.ς.Σ", "http://日本語。ＪＰ", "http://☕.example", "http://ü..com",
    "http://-ü-.com", "http://ü.", "http://ａｂｃ．example", "http://℀.example", "http://a\u3000b", "http://％41.example",
    "http://\u0301a", "http://≠.example", "http://\u1100\u1161\u11a8.example", "http://ﾊﾟｿｺﾝ.example",
    "http://㌖.example", "http://½.example", "http://\ufdfa.example", "http://क\u094d\u200dष.example",
    "http://a\u200db.example", "http://\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example", "http://\u200c.example",
    "http://\u064a.example", "http://\u064aa", "http://1.\u064a", "http://\u064a.1a", "http://\u05d0\u05d1.co",
    "http://a-.\u05d0\u05d1", "http://\u05d01\u0661", "http://\ue000.example", "http://\ufffd.example",
    "http://\u0378.example", "http://👩\u200d💻.example", "http://☁\ufe0f.example", "http://" + "ü" * 70 + ".example",
    "http://" + "a" * 70 + ".ü", "http://" + "ü." * 130, "http://xn--" + "a" * 100 + ".ü",
    # Nothing that a link can lead to.
    "", " ", "example.com", "//example.com", "/x", "?x", "#x", "https:", "https://", "https:///", "https://?",
    "https://#", "https://:443", "ftp://example.com", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
    "mailto:a@b.example", "https//example.com", "1https://example.com", "ｈttps://example.com",
    "view-source:https://example.com",
    # What we refuse beyond the standard.
    "https://user@example.com", "https://user:password@example.com", "https://@example.com", "https://a@b@c",
    "https://example.com/\u0000", "ht\ttps://example.com", "https://exam\nple.com", "https://example.com/\u007f",
    "\u0001https://a.b", "https://example.com/a\r\nX-Injected: 1", "https://example.com/?\u001b",
    "https://example.com/#\u000b", "https://a.b\u0000", "https://example.com/" + "x" * 8172,
    "https://example.com/" + "x" * 8173, "https://example.com/" + "\"" * 3000, "https://example.com/" + "é" * 1362,
    "https://example.com/" + "é" * 1361,
]  # fmt: skip

# What is put into an input by a change; each of these means something somewhere in a URL or in a domain name.
PIECES = [
    *"/\\?#@:[]%.&=+ ^|<>\"'`{}~!$*()-_,;0aZ", "//", "..", "/../", "%2e", "%2F", "%00", "%C3%BC", "%ff", "0x", "00",
    "xn--", ":80", ":443", "::", "ü", "ß", "É", "e\u0301", "\u0301", "日", "。", "．", "Ａ", "１", "①", "½", "\u00ad",
    "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufe0f", "\u05d0", "\u0628", "\u0661", "\u094d", "한", "\u1161",
    "😀", "\ufffd", "\U000e0100", "\t", "\u0000",
]  # fmt: skip


def changed(inputs, count, seed):
    """`count` inputs that differ from one of `inputs` by one to three small changes. A seed gives the same ones."""
    generator = random.Random(seed)
    return [_change(generator.choice(inputs), generator) for _ in range(count)]


def _change(text, generator):
    for _ in range(generator.randint(1, 3)):
        place = generator.randint(0, min(len(text), 60))
        end = min(len(text), place + generator.randint(1, 3))
        part = text[place:end]
        text = text[:place] + generator.choice([
            generator.choice(PIECES) + part, "", part + part, part.upper(), part[::-1],
            "".join(f"%{byte:02x}" for byte in part.encode("utf-8", "surrogatepass")),
        ]) + text[end:]  # fmt: skip
    return text
