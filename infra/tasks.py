"""Tasks: the registry builds images by itself, on a commit, a new base, or a timer."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra.settings import Settings
from infra.settings.tasks import GITHUB, Task


def declare(
    tasks: tuple[Task, ...],
    group_name: pulumi.Input[str],
    registry_name: pulumi.Input[str],
    settings: Settings,
    opts: pulumi.ResourceOptions,
) -> None:
    for one in tasks:
        token = None if one.token is None else pulumi.Output.secret(one.token)
        containerregistry.Task(
            one.name,
            location=settings.location,
            platform=containerregistry.PlatformPropertiesArgs(
                architecture=containerregistry.Architecture.AMD64,
                os=containerregistry.OS.LINUX,
            ),
            registry_name=registry_name,
            resource_group_name=group_name,
            status=containerregistry.TaskStatus.ENABLED,
            step=containerregistry.DockerBuildStepArgs(
                context_access_token=token,
                context_path=one.context,
                docker_file_path=one.file,
                image_names=[one.image],
                is_push_enabled=True,
                type="Docker",
            ),
            tags=settings.tags,
            task_name=one.name,
            timeout=one.timeout,
            trigger=_trigger(one, token),
            opts=opts,
        )


def _trigger(
    task: Task, token: pulumi.Output[str] | None
) -> containerregistry.TriggerPropertiesArgs:
    timers = [task.schedule] if task.schedule else []
    return containerregistry.TriggerPropertiesArgs(
        base_image_trigger=_base_image() if task.on_base_image else None,
        source_triggers=[_commit(task, token)] if task.on_commit and token else None,
        timer_triggers=[
            containerregistry.TimerTriggerArgs(name="timer", schedule=one)
            for one in timers
        ]
        or None,
    )


def _base_image() -> containerregistry.BaseImageTriggerArgs:
    return containerregistry.BaseImageTriggerArgs(
        base_image_trigger_type=containerregistry.BaseImageTriggerType.RUNTIME,
        name="base-image",
    )


def _commit(
    task: Task, token: pulumi.Output[str]
) -> containerregistry.SourceTriggerArgs:
    url, _, rest = task.context.partition("#")
    kind = containerregistry.SourceControlType
    return containerregistry.SourceTriggerArgs(
        name="commit",
        source_repository=containerregistry.SourcePropertiesArgs(
            branch=rest.partition(":")[0] or None,
            repository_url=url,
            source_control_auth_properties=containerregistry.AuthInfoArgs(
                token=token, token_type=containerregistry.TokenType.PAT
            ),
            source_control_type=kind.GITHUB
            if GITHUB.match(url)
            else kind.VISUAL_STUDIO_TEAM_SERVICE,
        ),
        source_trigger_events=[containerregistry.SourceTriggerEvent.COMMIT],
    )
