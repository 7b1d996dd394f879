"""How the container group pulls: with an identity, or with a user name and a secret.

Azure Container Instances cannot pull with a system-assigned identity.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, containerinstance, managedidentity

from infra import retries, roles, sign_in
from infra.pull_token import PullToken
from infra.registry import Registry
from infra.settings import Settings
from infra.sign_in import Credentials


class PullAccess(pulumi.ComponentResource):
    """What the group is given: ``credential``, the ``identities`` that pull (their
    ids), and the resources that have to be ``ready`` before it pulls.
    """

    def __init__(
        self,
        name: str,
        registry: Registry,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:PullAccess", name, None, opts)
        self._registry = registry
        self._settings = settings
        self._retried = retries.on_missing_principal(f"{name}-role", settings.access)
        self.client_id: pulumi.Output[str] = pulumi.Output.from_input("")
        self.identities: list[pulumi.Output[str]] = []
        self.ready: list[pulumi.Resource] = []
        mode = settings.access.pull
        if mode == "identity":
            self.credential = self._with_identity()
        else:
            self.credential = self._with_secret(self._credentials(mode))
        for one in settings.access.pullers:
            grant_pull(
                f"pull-{one.name}",
                one.principal,
                registry,
                settings.access.permission_mode,
                self._role_options(),
                one.kind,
            )
        self.register_outputs({"clientId": self.client_id})

    def _credentials(self, mode: str) -> Credentials:
        if mode == "admin":
            return sign_in.admin(self._registry)
        if mode == "token":
            return self._token()
        principal = self._settings.access.service_principal
        if principal is not None and principal.object_id is not None:
            self._grant(principal.object_id)
        return sign_in.application(self._settings.access)

    def _token(self) -> Credentials:
        token = PullToken(
            self._registry.group_name,
            self._registry.name,
            self._settings.image.repository,
            self._settings.access.pull_token_days,
            pulumi.ResourceOptions(parent=self),
        )
        self.ready.append(token.made)
        return Credentials(token.username, token.password)

    def _with_secret(
        self, given: Credentials
    ) -> containerinstance.ImageRegistryCredentialArgs:
        return containerinstance.ImageRegistryCredentialArgs(
            password=given.password,
            server=self._registry.login_server,
            username=given.username,
        )

    def _with_identity(self) -> containerinstance.ImageRegistryCredentialArgs:
        made = managedidentity.UserAssignedIdentity(
            "acr-lab-puller",
            location=self._settings.location,
            resource_group_name=self._registry.group_name,
            tags=self._settings.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._grant(made.principal_id)
        self.client_id = made.client_id
        self.identities.append(made.id)
        return containerinstance.ImageRegistryCredentialArgs(
            identity=made.id, server=self._registry.login_server
        )

    def _grant(self, principal: pulumi.Input[str]) -> None:
        mode = self._settings.access.permission_mode
        self.ready.append(
            grant_pull(
                "acr-lab-pull", principal, self._registry, mode, self._role_options()
            )
        )

    def _role_options(self) -> pulumi.ResourceOptions:
        # Azure changes no role in place, and has no two of one principal and role.
        return pulumi.ResourceOptions(
            delete_before_replace=True,
            hooks=self._retried,
            parent=self,
            replace_on_changes=["roleDefinitionId"],
        )


def grant_pull(
    name: str,
    principal: pulumi.Input[str],
    registry: Registry,
    mode: str,
    opts: pulumi.ResourceOptions,
    kind: str = authorization.PrincipalType.SERVICE_PRINCIPAL,
) -> authorization.RoleAssignment:
    """The role that lets a principal pull from a registry in its permission mode."""
    role = roles.PULL_ROLES[mode]
    subscription = authorization.get_client_config_output().subscription_id
    return authorization.RoleAssignment(
        name,
        principal_id=principal,
        # Without its type Azure looks the new principal up, and seldom finds it yet.
        principal_type=kind,
        role_definition_id=subscription.apply(lambda one: roles.definition(one, role)),
        scope=registry.id,
        opts=opts,
    )
