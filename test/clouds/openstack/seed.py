"""What is in a new OpenStack before anybody uses it: first who there is ("identity"), then what there is ("resources")."""
import os
import sys

import openstack

env = os.environ
cloud = openstack.connect(
    auth_url=f"http://127.0.0.1:{env['KEYSTONE']}/v3", username='admin', password=env['PASSWORD'], project_name='admin',
    user_domain_name='Default', project_domain_name='Default', region_name='RegionOne', load_yaml_config=False,
    load_envvars=False)

SERVICES = (
    ('glance', 'image', ''), ('placement', 'placement', ''), ('nova', 'compute', '/v2.1'), ('neutron', 'network', ''))

# Name, MB of memory, processors, GB of disk. No host has room for the last.
FLAVORS = (('m1.nano', 192, 1, 1), ('m1.small', 1024, 1, 8), ('m1.large', 600000, 2, 8), ('m1.vast', 512, 1, 99999999))


def identity():
    keystone = cloud.identity
    admin = next(role for role in keystone.roles() if role.name == 'admin')
    project = keystone.create_project(name='service', domain_id='default')
    for name, kind, path in SERVICES:
        user = keystone.create_user(name=name, password=env['PASSWORD'], domain_id='default')
        keystone.assign_project_role_to_user(project.id, user.id, admin.id)
        service = keystone.create_service(name=name, type=kind)
        for interface in ('public', 'internal', 'admin'):
            url = f'http://127.0.0.1:{env[name.upper()]}{path}'
            keystone.create_endpoint(service_id=service.id, interface=interface, url=url, region_id='RegionOne')


def resources():
    for name, ram, vcpus, disk in FLAVORS:
        cloud.compute.create_flavor(name=name, ram=ram, vcpus=vcpus, disk=disk)
    for name, properties in (('blank', {}), ('large', {'min_disk': 4, 'min_ram': 512})):
        cloud.create_image(name, data=bytes(1024), disk_format='raw', container_format='bare', visibility='public',
                           wait=True, **properties)
    network = cloud.network
    outside = network.create_network(name='public', is_router_external=True, provider_network_type='flat',
                                     provider_physical_network='outside')
    network.create_subnet(network_id=outside.id, cidr='172.24.4.0/24', ip_version=4, is_dhcp_enabled=False)
    inside = network.create_network(name='private', is_shared=True)
    subnet = network.create_subnet(network_id=inside.id, cidr='10.77.0.0/20', ip_version=4)
    six = network.create_subnet(network_id=inside.id, cidr='fd00:77::/64', ip_version=6, ipv6_address_mode='slaac',
                                ipv6_ra_mode='slaac')
    router = network.create_router(name='router', external_gateway_info={'network_id': outside.id})
    for each in (subnet, six):
        network.add_interface_to_router(router, subnet_id=each.id)


globals()[sys.argv[1]]()
