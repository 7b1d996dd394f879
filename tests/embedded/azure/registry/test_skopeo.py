"""skopeo, unmodified: copies, lists and deletes, and artifacts that are no images."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.azure.registry.program import Program, layer, program
from tests.embedded.azure.registry.registry import (
    CONFIG,
    LAYER,
    MANIFEST,
    NULL_GUID,
    Registry,
    expired,
    pull,
)

Azure = Any
Identity = Any
pytestmark = pytest.mark.skopeo
#: The media types that `helm push` writes.
HELM = "application/vnd.cncf.helm"


@pytest.fixture
def skopeo(tmp_path: Path, azure: Azure) -> Program:
    """It trusts the local CA, and nobody has to have signed an image."""
    folder = tmp_path / "trust"
    folder.mkdir()
    shutil.copy(azure.ca_file, folder / "ca.crt")
    made = program("skopeo", tmp_path / "home")
    return Program([*made.command, "--insecure-policy"], made.home)


Blob = tuple[str, bytes]


def layout(folder: Path, config: Blob, *layers: Blob) -> str:
    """An OCI layout with one manifest, as skopeo names it; blobs with media types."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def add(kind: str, data: bytes) -> dict[str, Any]:
        sha = hashlib.sha256(data).hexdigest()
        (blobs / sha).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{sha}", "size": len(data)}

    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": add(*config),
        "layers": [add(*one) for one in layers],
    }
    index = [add(MANIFEST, json.dumps(manifest).encode())]
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    body = {"schemaVersion": 2, "manifests": index}
    (folder / "index.json").write_text(json.dumps(body))
    return f"oci:{folder}"


@pytest.fixture
def image(tmp_path: Path) -> str:
    """An image of one layer."""
    content = layer("from skopeo")
    id_ = f"sha256:{hashlib.sha256(content).hexdigest()}"
    rootfs = {"type": "layers", "diff_ids": [id_]}
    config = {"architecture": "amd64", "os": "linux", "rootfs": rootfs}
    return layout(
        tmp_path / "image", (CONFIG, json.dumps(config).encode()), (LAYER, content)
    )


def credentials(registry: Registry, entra: str | None = None) -> str:
    return f"{NULL_GUID}:{registry.refresh_token(entra)}"


def test_skopeo_copies_lists_and_deletes(
    skopeo: Program, registry: Registry, image: str, tmp_path: Path
) -> None:
    name = f"docker://{registry.login_server}/by/skopeo"
    trust, creds = str(tmp_path / "trust"), credentials(registry)
    to = ["--dest-cert-dir", trust, "--dest-creds", creds]
    at = ["--cert-dir", trust, "--creds", creds]
    skopeo.must("copy", *to, image, f"{name}:1")
    tags = json.loads(skopeo.must("list-tags", *at, name))
    assert tags["Tags"] == ["1"]
    shown = json.loads(skopeo.must("inspect", *at, f"{name}:1"))
    assert shown["Architecture"] == "amd64"
    back = f"dir:{tmp_path / 'back'}"
    skopeo.must(
        "copy", "--src-cert-dir", trust, "--src-creds", creds, f"{name}:1", back
    )
    sha = shown["Layers"][0].removeprefix("sha256:")
    assert b"from skopeo" in unpacked((tmp_path / "back" / sha).read_bytes())
    skopeo.must("delete", *at, f"{name}:1")
    assert skopeo.run("inspect", *at, f"{name}:1")[0] != 0


def unpacked(data: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        file = tar.extractfile("hello")
        assert file is not None
        return file.read()


def test_skopeo_copies_between_registries_with_credentials_for_each(
    skopeo: Program,
    registry: Registry,
    other: Registry,
    identity: Identity,
    image: str,
    tmp_path: Path,
) -> None:
    trust = str(tmp_path / "trust")
    identity.grant("AcrPull", registry.path)
    source = f"docker://{registry.login_server}/shared:1"
    target = f"docker://{other.login_server}/shared:1"
    to = ["--dest-cert-dir", trust, "--dest-creds"]
    skopeo.must("copy", *to, credentials(registry), image, source)
    puller = credentials(registry, identity.token())
    both = ["copy", "--src-cert-dir", trust, "--src-creds", puller, *to]
    skopeo.must(*both, credentials(other), source, target)
    code, said = skopeo.run(*both, puller, source, target)
    assert code != 0
    assert "401" in said or "unauthorized" in said.lower()


def test_a_helm_chart_keeps_its_media_types(
    skopeo: Program, registry: Registry, tmp_path: Path
) -> None:
    about = json.dumps({"apiVersion": "v2", "name": "web", "version": "1.0.0"})
    config = (f"{HELM}.config.v1+json", about.encode())
    chart = (f"{HELM}.chart.content.v1.tar+gzip", gzip.compress(layer(about)))
    source = layout(tmp_path / "chart", config, chart)
    to = ["--dest-cert-dir", str(tmp_path / "trust"), "--dest-creds"]
    name = f"docker://{registry.login_server}/charts/web:1.0.0"
    skopeo.must("copy", *to, credentials(registry), source, name)
    with registry.http(registry.token("repository:charts/web:pull")) as client:
        manifest = pull(client, "charts/web", "1.0.0").json()
        found = [manifest["config"], *manifest["layers"]]
        assert [one["mediaType"] for one in found] == [config[0], chart[0]]
        blob = client.get(f"/v2/charts/web/blobs/{found[1]['digest']}")
    assert blob.content == chart[1]


def test_skopeo_is_refused_with_a_token_that_does_not_count(
    skopeo: Program, registry: Registry, other: Registry, image: str, tmp_path: Path
) -> None:
    name, own = f"docker://{registry.login_server}/kept:1", credentials(registry)
    trust = str(tmp_path / "trust")
    skopeo.must("copy", "--dest-cert-dir", trust, "--dest-creds", own, image, name)
    inspect = ["inspect", "--cert-dir", trust]
    skopeo.must(*inspect, "--creds", own, name)
    late = expired(registry, registry.refresh_token())
    for wrong in ("garbage", other.refresh_token(), late):
        code, said = skopeo.run(*inspect, "--creds", f"{NULL_GUID}:{wrong}", name)
        assert code != 0
        assert "unauthorized" in said.lower() or "authentication required" in said
    assert skopeo.run(*inspect, "--no-creds", name)[0] != 0
