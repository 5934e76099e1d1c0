"""How a secret may look once a program has written it down: each way in which it could be read again.

The same list is what the veil blanks and what the tests look for in everything that was written.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

ESCAPES = re.compile(r"%[0-9A-F]{2}")
ALIGNMENTS = 3  # Base64 writes three bytes as four letters, so what stands before decides how it looks
BITS = 6  # of a letter of Base64


def spellings(secret: str) -> frozenset[str]:
    """``secret`` plain, as JSON, ``repr``, HTML, addresses, Base64 and hexadecimal write it, and reversed.

    Of Base64 it is the letters that depend on the secret alone, wherever it stands in what is encoded; those
    at its ends also hold bits of its neighbours and are left out.
    """
    return frozenset(_all(secret))


def _all(secret: str) -> Iterator[str]:
    yield from (secret, secret[::-1])
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])
    yield json.dumps(json.dumps(secret)[1:-1])[1:-1]  # an answer in JSON, whose text is JSON
    yield from (html.escape(secret), html.escape(secret, quote=False))
    raw = secret.encode()
    yield from _of_address(secret)
    yield from (raw.hex(), raw.hex().upper())
    for at in range(ALIGNMENTS):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            inner = encode(bytes(at) + raw).decode()[-(-8 * at // BITS) : 8 * (at + len(raw)) // BITS]
            yield inner
            yield from _of_address(inner)


def _of_address(text: str) -> Iterator[str]:
    """As a part of an address, a query and a form have it, with either case of the escapes."""
    for form in (quote(text, safe=""), quote(text), quote_plus(text)):
        yield form
        yield ESCAPES.sub(lambda found: found[0].lower(), form)
