"""Requests that no client should send: each gets ARM's refusal, and life goes on."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

Azure = Any
Json = dict[str, Any]
GROUPS = {"api-version": "2021-04-01"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def still_answers(client: httpx.Client, azure: Azure) -> Iterator[None]:
    """Whatever a test sends, the next request is answered, and nothing was made."""
    path = f"{azure.subscription}/resourcegroups"
    before = client.get(path, params=GROUPS).json()
    yield
    assert client.get(path, params=GROUPS).json() == before


def refused(answer: httpx.Response) -> tuple[int, str]:
    """The status and ARM's code."""
    assert answer.headers["content-type"].startswith("application/json"), answer.text
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, str(error["code"])


def put(client: httpx.Client, azure: Azure, content: bytes, **headers: str) -> Any:
    path = f"{azure.subscription}/resourcegroups/x"
    return client.put(path, params=GROUPS, content=content, headers={**JSON, **headers})


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe\xfd",
        b'{"location": NaN}',
        b'{"location": "\\ud800"}',
        b'{"a\\udfff": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"location": 7}',
        b'{"location": "westeurope", "tags": []}',
        b'{"location": "westeurope", "tags": {"a": {}}}',
        b'{"location": "westeurope", "properties": "x"}',
    ],
    ids=lambda content: content[:24].decode(errors="replace"),
)
def test_a_body_that_is_no_resource(
    client: httpx.Client, azure: Azure, content: bytes
) -> None:
    answer = put(client, azure, content)
    assert refused(answer) == (400, "InvalidRequestContent")


def test_a_body_of_50_mb_is_refused_and_not_kept(
    client: httpx.Client, azure: Azure
) -> None:
    before = peak(azure)
    assert refused(put(client, azure, b" " * 50_000_000)) == (
        413,
        "RequestContentTooLarge",
    )
    assert peak(azure) - before < 20_000  # kB


def test_a_form_of_50_mb_is_refused_and_not_kept(azure: Azure) -> None:
    tenant = azure.connection["tenantId"]
    before = peak(azure)
    with azure.http() as stranger:
        url = f"{azure.url}/{tenant}/oauth2/v2.0/token"
        answer = stranger.post(url, content=b"a" * 50_000_000)
    assert answer.status_code == 413
    assert answer.json()["error"] == "invalid_request"
    assert peak(azure) - before < 20_000


def peak(azure: Azure) -> int:
    """The most memory that the process has had so far, in kB."""
    lines = Path(f"/proc/{azure.process.pid}/status").read_text().splitlines()
    (line,) = (one for one in lines if one.startswith("VmHWM"))
    return int(line.split()[1])


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "x", "text/json5"]
)
def test_a_body_of_another_media_type(
    client: httpx.Client, azure: Azure, media_type: str
) -> None:
    body = b'{"location": "westeurope"}'
    answer = put(client, azure, body, **{"Content-Type": media_type})
    assert refused(answer) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize("version", ["", "soon", "2021-13", "2021-04-01-", "' or 1=1"])
def test_an_api_version_that_is_none(
    client: httpx.Client, azure: Azure, version: str
) -> None:
    path = f"{azure.subscription}/resourcegroups/x"
    answer = client.get(path, params={"api-version": version})
    assert answer.status_code == 400
    assert "ApiVersionParameter" in refused(answer)[1]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND", "PURGE", "get"])
def test_a_method_that_there_is_not(
    client: httpx.Client, azure: Azure, method: str
) -> None:
    url = f"{azure.url}{azure.subscription}/resourcegroups"
    request = httpx.Request(method, url, headers=client.headers)
    request.method = method  # as it is: methods are case-sensitive
    assert refused(client.send(request)) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_token_endpoint_takes_posts_alone(azure: Azure, method: str) -> None:
    tenant = azure.connection["tenantId"]
    with azure.http() as stranger:
        url = f"{azure.url}/{tenant}/oauth2/v2.0/token"
        answer = stranger.request(method, url)
    assert answer.status_code == 405
    assert answer.json()["error_codes"] == [900561]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ms-client-request-id": "x" * 200_000},
        {"x-ms-correlation-request-id": "é\x80".encode().decode("latin-1")},
        {"Authorization": "Bearer " + "x" * 50_000},
        {f"x-{number}": "x" for number in range(900)},
    ],
    ids=["long", "not ASCII", "long token", "many"],
)
def test_headers_that_are_too_much(
    client: httpx.Client, azure: Azure, headers: dict[str, str]
) -> None:
    pairs = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    path = f"{azure.subscription}/resourcegroups"
    answer = client.get(path, params=GROUPS, headers=pairs)
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "lines",
    [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /\xe9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        "Content-Length: 2\r\n\r\nab",
        "PUT /x HTTP/1.1\r\nHost: localhost\r\n"
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ],
)
def test_what_is_hardly_http(azure: Azure, lines: str) -> None:
    """A 4xx, or the connection is closed: this is the HTTP server's own answer."""
    context = ssl.create_default_context(cafile=str(azure.ca_file))
    with socket_to(azure, context) as wire:
        wire.sendall(lines.encode("latin-1"))
        answer = wire.recv(65536)
    assert not answer or answer.split()[1].startswith(b"4"), answer


def socket_to(azure: Azure, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", azure.port), timeout=10)
    return context.wrap_socket(plain, server_hostname="localhost")


def test_what_is_not_even_tls(azure: Azure) -> None:
    with socket.create_connection(("127.0.0.1", azure.port), timeout=10) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP/1.1 2" not in wire.recv(65536)


def test_a_body_that_is_never_finished(azure: Azure, client: httpx.Client) -> None:
    context = ssl.create_default_context(cafile=str(azure.ca_file))
    token = client.headers["Authorization"]
    path = f"{azure.subscription}/resourcegroups/x?api-version=2021-04-01"
    with socket_to(azure, context) as wire:
        wire.sendall(
            f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
            f"Content-Length: 100\r\n\r\n{json.dumps({'location': 'x'})}".encode()
        )
