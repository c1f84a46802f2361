"""What is in a new OpenStack before anybody uses it: first who there is ("identity"), then what there is ("resources")."""
import os
import sys

import openstack

env = os.environ
cloud = openstack.connect(
    auth_url=f"http://{env['HERE']}:{env['KEYSTONE']}/v3", username='admin', password=env['PASSWORD'], project_name='admin',
    user_domain_name='Default', project_domain_name='Default', region_name='RegionOne', load_yaml_config=False,
    load_envvars=False)

SERVICES = (
    ('glance', 'image', ''), ('placement', 'placement', ''), ('nova', 'compute', '/v2.1'), ('neutron', 'network', ''),
    ('cinder', 'volumev3', '/v3/%(project_id)s'))

# Name, MB of memory, processors, GB of disk. No host has room for the last.
FLAVORS = (('m1.nano', 192, 1, 1), ('m1.small', 1024, 1, 8), ('m1.large', 600000, 2, 8), ('m1.vast', 512, 1, 99999999),
           ('m1.diskless', 192, 1, 0))


def identity():
    keystone = cloud.identity
    admin = next(role for role in keystone.roles() if role.name == 'admin')
    project = keystone.create_project(name='service', domain_id='default')
    for name, kind, path in SERVICES:
        user = keystone.create_user(name=name, password=env['PASSWORD'], domain_id='default')
        keystone.assign_project_role_to_user(project.id, user.id, admin.id)
        service = keystone.create_service(name=name, type=kind)
        # A cloud that has no volumes is what comes of asking for the administrator's addresses.
        for interface in ('public', 'internal') if name == 'cinder' else ('public', 'internal', 'admin'):
            url = f"http://{env['HERE']}:{env[name.upper()]}{path}"
            keystone.create_endpoint(service_id=service.id, interface=interface, url=url, region_id='RegionOne')


def resources():
    for name, ram, vcpus, disk in FLAVORS:
        cloud.compute.create_flavor(name=name, ram=ram, vcpus=vcpus, disk=disk)
    for name, properties in (('blank', {}), ('large', {'min_disk': 4, 'min_ram': 512})):
        cloud.create_image(name, data=bytes(1024), disk_format='raw', container_format='bare', visibility='public',
                           wait=True, **properties)
    cloud.block_storage.create_type(name='fast')
    networks()
    if env['GUESTS']:
        guest()


def networks():
    net, network = env.get('NET'), cloud.network
    outside = network.create_network(name='public', is_router_external=True, provider_network_type='flat',
                                     provider_physical_network='outside')
    inside = network.create_network(name='private', is_shared=True)
    if env['GUESTS']:
        network.create_subnet(network_id=outside.id, cidr=f'198.18.{net}.0/24', ip_version=4, is_dhcp_enabled=False,
                              gateway_ip=env['HERE'],
                              allocation_pools=[{'start': f'198.18.{net}.10', 'end': f'198.18.{net}.200'}])
        subnets = [network.create_subnet(network_id=inside.id, cidr=f'198.19.{net}.0/24', ip_version=4,
                                         dns_nameservers=[])]
        addresses = {'external_fixed_ips': [{'ip_address': f'198.18.{net}.2'}]}
    else:
        network.create_subnet(network_id=outside.id, cidr='172.24.4.0/24', ip_version=4, is_dhcp_enabled=False)
        subnets = [network.create_subnet(network_id=inside.id, cidr='10.77.0.0/20', ip_version=4),
                   network.create_subnet(network_id=inside.id, cidr='fd00:77::/64', ip_version=6,
                                         ipv6_address_mode='slaac', ipv6_ra_mode='slaac')]
        addresses = {}
    router = network.create_router(name='router', external_gateway_info={'network_id': outside.id, **addresses})
    for each in subnets:
        network.add_interface_to_router(router, subnet_id=each.id)


def guest():
    """The image of the guests: a file system, and the kernel and the initrd with which it is booted."""
    def image(name, file, kind, **properties):
        return cloud.create_image(name, filename=f"{env['GUESTS']}/{file}", disk_format=kind, visibility='public',
                                  container_format=kind if kind in ('aki', 'ari') else 'bare', wait=True, **properties)
    kernel, initrd = image('kernel', 'vmlinuz', 'aki'), image('initrd', 'initrd', 'ari')
    image('debian', 'root.qcow2', 'qcow2', kernel_id=kernel.id, ramdisk_id=initrd.id, hw_rng_model='virtio',
          os_command_line='root=/dev/vda rw console=ttyS0')
    cloud.compute.create_flavor(name='m1.guest', ram=1024, vcpus=1, disk=6)


globals()[sys.argv[1]]()
