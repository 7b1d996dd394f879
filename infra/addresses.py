"""The group's address, its subnets and its name servers."""

from __future__ import annotations

from pulumi_azure_native import containerinstance

from infra.settings.instance import InstanceSettings
from infra.settings.network import Dns, GroupNetwork


def of(settings: InstanceSettings) -> containerinstance.IpAddressArgs | None:
    """The address with the ports of all containers; None for a group without one."""
    network = settings.network
    if network.address is None:
        return None
    return containerinstance.IpAddressArgs(
        auto_generated_domain_name_label_scope=network.reuse_scope
        if network.label
        else None,
        dns_name_label=network.label,
        ports=[
            containerinstance.PortArgs(port=port.number, protocol=port.protocol)
            for one in settings.containers
            for port in one.ports
        ],
        type=network.address,
    )


def subnets(
    network: GroupNetwork,
) -> list[containerinstance.ContainerGroupSubnetIdArgs] | None:
    rows = [
        containerinstance.ContainerGroupSubnetIdArgs(id=one) for one in network.subnets
    ]
    return rows or None


def name_servers(dns: Dns | None) -> containerinstance.DnsConfigurationArgs | None:
    if dns is None:
        return None
    return containerinstance.DnsConfigurationArgs(
        name_servers=list(dns.servers),
        options=" ".join(dns.options) or None,
        search_domains=" ".join(dns.domains) or None,
    )


def url(host: str, port: int) -> str:
    """``http://host``, with the port where it is not the usual one; empty for none."""
    if not host:
        return ""
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"
