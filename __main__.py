"""The stack: a registry, an image built from app/ and pushed to it, and a container
that pulls and runs that image."""

import pulumi
from pulumi_azure_native import resources

from infra import retries, surroundings
from infra.access import PullAccess
from infra.image import AppImage, check_context
from infra.instance import ContainerInstance
from infra.registry import Registry
from infra.settings import Settings

settings = Settings.load()
check_context()
# What a lock covered can be deleted some seconds after the lock, not at once.
unlocked = retries.on_leftover_lock("unlocked", settings.access)

# 1. A resource group holds everything, so that one deletion removes everything.
group = resources.ResourceGroup(
    "acr-lab", location=settings.location, tags=settings.tags, opts=unlocked
)

# 2. The registry, with all that its tier has and the settings ask for.
registry = Registry("registry", group.name, settings, unlocked)

# 3. The image: built from app/, tagged by its content, pushed.
image = AppImage("image", registry, settings)

# Who pulls: an identity that may do nothing else, unless the settings say another way.
access = PullAccess("puller", registry, settings, unlocked)

# 4. The container group pulls the image and runs it.
instance = ContainerInstance(
    "instance",
    group,
    registry.login_server,
    image,
    access,
    settings,
)

# A lock goes on last and comes off first.
surroundings.lock(settings.registry.lock, registry.id, [registry, image, access])

# 5. Clean up: `pulumi destroy`.

pulumi.export("url", instance.url)
pulumi.export("fqdn", instance.fqdn)
pulumi.export("ipAddress", instance.ip_address)
pulumi.export("image", image.name)
pulumi.export("imageDigest", image.digest)
pulumi.export("loginServer", registry.login_server)
pulumi.export("registryName", registry.name)
pulumi.export("registrySku", registry.sku)
pulumi.export("resourceGroup", group.name)
pulumi.export("containerGroup", instance.name)
pulumi.export("identityClientId", access.client_id)
