"""The key ``volumes``, and where containers mount them.

https://learn.microsoft.com/azure/container-instances/container-instances-volume-azure-files
and its neighbours for emptyDir, secret and gitRepo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

NAME = rules.text(
    r"(?=.{5,63}$)[a-z0-9]+(-[a-z0-9]+)*",
    "5 to 63 lower-case letters, digits and single hyphens, none of them at an end",
)
SHARE = rules.text(r"[a-z0-9-]{3,63}", "the name of a file share")
ACCOUNT = rules.text(r"[a-z0-9]{3,24}", "the name of a storage account")
ACCOUNT_KEY = rules.text(r"[A-Za-z0-9+/]{16,}={0,2}", "a key of the storage account")
REPOSITORY = rules.text(r"https?://[^\s@]+", "the http or https URL of a repository")
DIRECTORY = rules.text(
    r"(?!\.\.)(?!.*/\.\.)[\w./-]{1,255}", 'a folder in the volume, "." for itself'
)
REVISION = rules.text(r"[0-9a-f]{7,40}", "the hash of a commit")
PATH = rules.text(r"/[^:\0]+", "an absolute path without a colon, not / itself")
KINDS = ("emptyDir", "secret", "azureFile", "gitRepo")


@dataclass(frozen=True)
class AzureFile:
    """A share of a storage account, and a key of that account."""

    share: str
    account: str
    key: str = field(repr=False)
    read_only: bool = False


@dataclass(frozen=True)
class GitRepo:
    """What is cloned when the group starts. ``revision`` None: the newest."""

    repository: str
    directory: str | None = None
    revision: str | None = None


@dataclass(frozen=True)
class Volume:
    """One kind of volume: an empty directory where all three are None."""

    name: str
    secret: Mapping[str, str] | None = field(default=None, repr=False)
    azure_file: AzureFile | None = None
    git_repo: GitRepo | None = None


@dataclass(frozen=True)
class Mount:
    """Where a container finds a volume of the group."""

    volume: str
    path: str
    read_only: bool = False


def read(reader: Reader) -> tuple[Volume, ...]:
    found = structure.rows(reader, "volumes", _volume)
    structure.refuse_twins(reader, "volumes", [one.name for one in found])
    return found


def mount(entry: Entry) -> Mount:
    return Mount(
        entry.need("name", NAME, ""),
        entry.need("mountPath", PATH, ""),
        entry.take("readOnly", rules.boolean(), False),
    )


def _volume(entry: Entry) -> Volume:
    name = entry.need("name", NAME, "")
    entry.one("emptyDir", lambda _: None)
    secret = entry.take("secret", rules.files(), {}, secret=True)
    azure_file = entry.one("azureFile", _azure_file)
    git_repo = entry.one("gitRepo", _git_repo)
    kinds = [kind for kind in KINDS if entry.has(kind)]
    if len(kinds) != 1:
        entry.refuse("name", f"It needs exactly one of {', '.join(KINDS)}.")
    return Volume(name, secret if "secret" in kinds else None, azure_file, git_repo)


def _azure_file(entry: Entry) -> AzureFile:
    return AzureFile(
        share=entry.need("shareName", SHARE, ""),
        account=entry.need("storageAccountName", ACCOUNT, ""),
        key=entry.need("storageAccountKey", ACCOUNT_KEY, "", secret=True),
        read_only=entry.take("readOnly", rules.boolean(), False),
    )


def _git_repo(entry: Entry) -> GitRepo:
    return GitRepo(
        repository=entry.need("repository", REPOSITORY, "", secret=True),
        directory=entry.take("directory", DIRECTORY, "") or None,
        revision=entry.take("revision", REVISION, "") or None,
    )
