"""Volumes of the group and where its containers mount them. Secrets stay secrets."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pulumi
from pulumi_azure_native import containerinstance

from infra.settings.volumes import AzureFile, GitRepo, Mount, Volume


def of(volumes: Sequence[Volume]) -> list[containerinstance.VolumeArgs]:
    return [_volume(one) for one in volumes]


def mounts(found: Sequence[Mount]) -> list[containerinstance.VolumeMountArgs] | None:
    rows = [
        containerinstance.VolumeMountArgs(
            mount_path=one.path, name=one.volume, read_only=one.read_only
        )
        for one in found
    ]
    return rows or None


def _volume(volume: Volume) -> containerinstance.VolumeArgs:
    one = containerinstance.VolumeArgs(name=volume.name)
    if volume.secret is not None:
        one.secret = {
            name: pulumi.Output.secret(base64.b64encode(text.encode()).decode())
            for name, text in volume.secret.items()
        }
    elif volume.azure_file is not None:
        one.azure_file = _azure_file(volume.azure_file)
    elif volume.git_repo is not None:
        one.git_repo = _git_repo(volume.git_repo)
    else:
        one.empty_dir = {}
    return one


def _azure_file(share: AzureFile) -> containerinstance.AzureFileVolumeArgs:
    return containerinstance.AzureFileVolumeArgs(
        read_only=share.read_only,
        share_name=share.share,
        storage_account_key=pulumi.Output.secret(share.key),
        storage_account_name=share.account,
    )


def _git_repo(clone: GitRepo) -> containerinstance.GitRepoVolumeArgs:
    return containerinstance.GitRepoVolumeArgs(
        directory=clone.directory,
        repository=clone.repository,
        revision=clone.revision,
    )
