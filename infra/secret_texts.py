"""What looks like a secret, by its name or by its own form. Sans-I/O.

The policy pack has the same list in ``policy/secret_texts.py``, because it runs without
the program; a test keeps the two in step.
"""

from __future__ import annotations

import re

#: A word of a name. ``KEY`` alone says nothing: CACHE_KEY and KEYBOARD are fine.
NAMES = (
    r"(^|_)(pass(wd|word|phrase)?|pwd|secrets?|tokens?|credentials?|api_?key|access_?key"
    r"|account_?key|private_?key|client_?secret|connection_?string|sas)(_|$)"
)
FORMS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"(AccountKey|SharedAccessKey|Password|Pwd)=[^;]+",
    r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*",  # a JSON web token
    r"://[^/\s:@]+:[^/\s:@]+@",  # a URL with a password
    r"[?&]sig=[\w%+/=-]{20,}",  # a shared access signature
    r"\bgh[pousr]_[A-Za-z0-9]{30,}",  # a token of GitHub
)


def looks_secret(name: str, value: str) -> bool:
    """Whether a plain setting with this name and value is likely to be a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_")
    if re.search(NAMES, words, re.IGNORECASE) and value:
        return True
    return any(re.search(form, value, re.IGNORECASE) for form in FORMS)
