"""The whole loop as a user sees it: up, again, edits, destroy. Real everything.

The tests share one deployed stack, which each of them finds as committed.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra import drawing
from tests.e2e.stacks import changes

Clone = Any
pytestmark = pytest.mark.docker

#: What the program declares, by the name in its URN.
NAMES = {
    "acr-lab-local",
    "acrlab",
    "acr-lab-puller",
    "acr-lab-pull",
    "app",
    "registry",
    "image",
    "puller",
    "instance",
}


def running(clone: Clone) -> tuple[str, str]:
    """The id and the start of the one container."""
    (one,) = clone.containers()
    return one.id, one.attrs["State"]["StartedAt"]


@pytest.fixture
def settings(deployed: Clone) -> Iterator[Clone]:
    """For tests that change the configuration: it is put back afterwards."""
    file = deployed.root / "Pulumi.local.yaml"
    before = file.read_text()
    yield deployed
    file.write_text(before)
    deployed.up()


def test_up_ends_with_the_page_answering(deployed: Clone) -> None:
    outputs = deployed.outputs()
    page = deployed.page()
    assert outputs["imageDigest"] in page
    assert outputs["loginServer"] in page
    facts = httpx.get(f"{outputs['url']}/api").json()
    assert facts["digest"] == outputs["imageDigest"]
    assert facts["region"] == "westeurope"


def test_the_outputs_are_those_that_are_promised(deployed: Clone) -> None:
    assert set(deployed.outputs()) == {
        "url",
        "fqdn",
        "ipAddress",
        "image",
        "imageDigest",
        "loginServer",
        "registryName",
        "registrySku",
        "resourceGroup",
        "containerGroup",
        "identityClientId",
    }
    assert deployed.run("stack", "output", "registrySku").strip() == "Basic"


def test_the_state_holds_what_the_program_declares(deployed: Clone) -> None:
    assert set(deployed.resources()) >= NAMES


def test_the_drawing_of_the_readme_is_the_graph_of_the_state(deployed: Clone) -> None:
    # To mend it: python -m embedded stack export --file state.json
    #             python -m infra.drawing state.json README.md
    drawn = drawing.of_state(deployed.run("stack", "export"))
    readme = (deployed.root / "README.md").read_text()
    assert readme == drawing.rewritten(readme, drawn)


def test_a_second_up_changes_nothing_and_says_so(deployed: Clone) -> None:
    container, images = running(deployed), deployed.images()
    said = deployed.up()
    assert "unchanged: there was nothing to do" in said
    assert running(deployed) == container
    assert deployed.images() == images


def test_files_that_are_touched_but_equal_change_nothing(deployed: Clone) -> None:
    for file in (deployed.root / "app").rglob("*"):
        file.touch()
    assert changes(deployed) == {}


def test_an_edit_in_app_changes_image_and_group_and_nothing_else(
    deployed: Clone,
) -> None:
    page = deployed.root / "app/web/page.py"
    page.write_text(page.read_text().replace("<main>", "<main><!-- edited -->"))
    before = deployed.outputs()
    assert changes(deployed) == {"app": "update", "acr-lab": "update"}
    assert "<!-- edited -->" in deployed.page()
    after = deployed.outputs()
    assert after["imageDigest"] != before["imageDigest"]
    assert after["ipAddress"] == before["ipAddress"]


def test_another_sku_is_one_update_in_place(settings: Clone) -> None:
    container = running(settings)
    settings.configure(sku="Premium")
    assert changes(settings) == {"acrlab": "update"}
    assert settings.outputs()["registrySku"] == "Premium"
    assert running(settings) == container


def test_another_cpu_replaces_the_group_and_nothing_else(settings: Clone) -> None:
    before = settings.outputs()
    settings.configure(cpu=0.5)
    assert changes(settings) == {"acr-lab": "replace"}
    assert settings.outputs()["containerGroup"] != before["containerGroup"]
    (one,) = settings.containers()
    assert one.attrs["HostConfig"]["NanoCpus"] == 500_000_000


@pytest.mark.parametrize(
    "changed", [{"memory": 0.5}, {"port": 8090}, {"restartPolicy": "Never"}]
)
def test_what_azure_cannot_change_in_a_running_group_replaces_it(
    settings: Clone, changed: dict[str, Any]
) -> None:
    settings.configure(**changed)
    assert changes(settings) == {"acr-lab": "replace"}
    settings.page()


def test_another_environment_value_updates_the_group_in_place(
    settings: Clone,
) -> None:
    before = settings.outputs()
    settings.configure(environment={"GREETING": "hello"})
    assert changes(settings) == {"acr-lab": "update"}
    assert settings.outputs() == before
    (one,) = settings.containers()
    assert "GREETING=hello" in one.attrs["Config"]["Env"]


def test_a_secure_variable_reaches_the_container_and_no_file(settings: Clone) -> None:
    settings.configure(secureEnvironment={"PIN": "s3cr3t-of-the-test"})
    said = settings.up()
    (one,) = settings.containers()
    assert "PIN=s3cr3t-of-the-test" in one.attrs["Config"]["Env"]
    assert "s3cr3t-of-the-test" not in said
    assert "s3cr3t-of-the-test" not in settings.run("stack", "export")
    folders = (settings.home / "state", settings.home / "logs")
    for file in (one for folder in folders for one in folder.rglob("*")):
        if file.is_file():
            assert b"s3cr3t-of-the-test" not in file.read_bytes(), file


def test_a_preview_tells_the_change_and_makes_none(deployed: Clone) -> None:
    page = deployed.root / "app/web/page.py"
    page.write_text(page.read_text().replace("<main>", "<main><!-- never -->"))
    container = running(deployed)
    said = deployed.run("preview")
    assert "~ 2 to update" in said
    assert running(deployed) == container
    assert "never" not in deployed.page()


def test_a_refresh_after_somebody_deleted_the_group_finds_it_gone(
    deployed: Clone,
) -> None:
    environment = json.loads(deployed.run("azure", "env", "--json"))
    delete_group(environment, deployed.outputs())
    assert "deleted" in deployed.run("refresh", "--yes")
    assert changes(deployed) == {"acr-lab": "create"}
    deployed.page()


def delete_group(environment: dict[str, str], outputs: dict[str, str]) -> None:
    """Delete the container group behind the engine's back."""
    base = environment["EMBEDDED_ARM_ENDPOINT"]
    context = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    with httpx.Client(verify=context, timeout=30) as client:
        token = client.post(
            f"{base}/{environment['ARM_TENANT_ID']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": environment["ARM_CLIENT_ID"],
                "client_secret": environment["ARM_CLIENT_SECRET"],
                "scope": f"{base}/.default",
            },
        ).json()["access_token"]
        kind = "Microsoft.ContainerInstance/containerGroups"
        answer = client.delete(
            f"{base}/subscriptions/{environment['ARM_SUBSCRIPTION_ID']}"
            f"/resourceGroups/{outputs['resourceGroup']}/providers/{kind}"
            f"/{outputs['containerGroup']}",
            params={"api-version": "2023-05-01"},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.is_success, answer.text


def test_export_and_import_give_the_same_state(deployed: Clone, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    deployed.run("stack", "export", "--file", str(file))
    deployed.run("stack", "import", "--file", str(file))
    assert changes(deployed) == {}
    file.write_text('{"nothing": 1}')
    said = deployed.run("stack", "import", "--file", str(file), code=1)
    assert "no exported stack" in said
    assert changes(deployed) == {}


def test_the_user_s_own_folders_are_never_written(deployed: Clone) -> None:
    user = Path(deployed.environment["HOME"])
    assert [one.name for one in user.rglob("*")] == []


def test_up_and_destroy_three_times_end_in_the_same_place(clone: Clone) -> None:
    for _ in range(3):
        clone.up()
        clone.page()
        assert clone.images()
        port = int(clone.outputs()["loginServer"].split(":")[1])
        clone.destroy()
        assert clone.resources() == {}
        assert clone.containers() == []
        assert clone.images() == set()
        assert list((clone.home / "azure/registries").iterdir()) == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://localhost:{port}/v2/", verify=False)
        assert "does not run" in clone.run("azure", "status", code=1)


def test_one_up_is_enough_when_roles_are_slow(clone: Clone) -> None:
    clone.environment["EMBEDDED_ROLE_DELAY"] = "6"
    clone.configure(pullAuth="token")  # needs no role
    clone.up()
    # Nothing is built between the role and the first try, however busy the machine is.
    clone.configure(pullAuth="identity")
    said = clone.up()
    assert "the identity may not pull yet; try 1 of" in said
    clone.page()


def test_without_the_role_up_fails_by_name_and_goes_on_after_the_mend(
    clone: Clone,
) -> None:
    clone.configure(roleRetries=1, roleRetrySeconds=0.1)
    access = clone.root / "infra/access.py"
    program = access.read_text()
    grant = "        self._grant(made.principal_id)\n"
    assert grant in program
    access.write_text(program.replace(grant, ""))
    said = clone.up(code=1)
    assert 'Code="InaccessibleImage"' in said
    assert "azure-native:containerinstance:ContainerGroup (acr-lab)" in said
    assert "AcrPull" in said
    assert {"acrlab", "app", "acr-lab-puller"} <= set(clone.resources())
    access.write_text(program)
    assert changes(clone) == {
        "acr-lab-pull": "create",
        "acr-lab": "create",
    }
    clone.page()


def test_mistakes_of_the_configuration_come_in_one_report_and_touch_nothing(
    clone: Clone,
) -> None:
    clone.configure(sku="Gold", cpu=-1, port=70000, colour="blue")
    said = clone.up(code=2)
    for key in ("acr-lab:sku", "acr-lab:cpu", "acr-lab:port", "acr-lab:colour"):
        assert key in said
    assert set(clone.resources()) <= {"acr-lab-local"}
    assert "none" in clone.run("azure", "status").splitlines()[-1]


def test_a_dockerfile_that_fails_shows_its_failing_line(clone: Clone) -> None:
    dockerfile = clone.root / "app/Dockerfile"
    whole = dockerfile.read_text()
    dockerfile.write_text(f"{whole}\nCOPY nowhere/ ./\n")
    said = clone.up(code=1)
    assert "docker:index/image:Image (app)" in said
    assert "COPY nowhere/ ./" in said
    dockerfile.write_text(whole)
    clone.up()
