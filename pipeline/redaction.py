"""A last look for secrets, after Pulumi has masked those that it knows."""

from __future__ import annotations

import re

FORMS = (
    # All of a key, not its first line only.
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    r"eyJ[\w-]+\.eyJ[\w-]+(?:\.[\w-]*)?",  # a JSON web token
    r"gh[pousr]_[A-Za-z0-9]{30,}",  # a token of GitHub
    r"github_pat_\w{30,}",
    r"pul-[0-9a-f]{40}",  # a token of Pulumi Cloud
)
#: The name stays and tells what was there.
NAMED_FORMS = (
    r"(?P<name>\b(?:AccountKey|SharedAccessKey|Password|Pwd|client_secret)=)[^\s;&\"']+",
    r"(?P<name>[?&]sig=)[\w%+/=-]{20,}",  # a shared access signature
    r"(?P<name>://[^/\s:@]+:)[^/\s:@]+(?=@)",  # a URL with a password
    r"(?P<name>\bBearer\s+)[\w.~+/=-]{16,}",
)


def redacted(text: str) -> str:
    """The text with ``[secret]`` for what has the form of a credential."""
    for form in FORMS:
        text = re.sub(form, "[secret]", text, flags=re.DOTALL)
    for form in NAMED_FORMS:
        text = re.sub(form, r"\g<name>[secret]", text, flags=re.IGNORECASE)
    return text
