"""Which certificates are trusted."""

from __future__ import annotations

import os
import ssl


def context() -> ssl.SSLContext:
    """The system's CAs, or those of a bundle that the environment names."""
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    file = next((os.environ[name] for name in names if os.environ.get(name)), None)
    return ssl.create_default_context(cafile=file)
