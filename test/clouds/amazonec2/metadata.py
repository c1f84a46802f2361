"""The instance metadata service of the instances that moto keeps, in version 1 where an instance allows it, and 2.

After "Use the Instance Metadata Service to access instance metadata" and "Instance metadata categories" in AWS's user
guide. An instance is known by the address that asks, its private one. How many hops an answer may go
(HttpPutResponseHopLimit) is seen by the network alone, and not kept here: QEMU's ends connections of the guest's in
itself, so that a container's looks like the machine's own. That 1 is asked for is tested in parts.test.ts.
"""
import base64, json, re, secrets, time

ASKED = re.compile(r"/(latest|\d{4}-\d\d-\d\d)(/.*)?$")
PLAIN = {"Content-Type": "text/plain", "Server": "EC2ws"}
TTL, TOKEN = "HTTP_X_AWS_EC2_METADATA_TOKEN_TTL_SECONDS", "HTTP_X_AWS_EC2_METADATA_TOKEN"

tokens = {}  # (instance, token): the second at which it ends


def answer(instance, request):
    """What a request of the instance's gets: a status, headers, bytes. `request` is in WSGI's words."""
    options, method, path = instance.metadata_options, request["REQUEST_METHOD"], request["PATH_INFO"]
    if options.http_endpoint != "enabled":
        return 403, PLAIN, b""
    if path == "/latest/api/token":
        return token_for(instance, request) if method == "PUT" else (405, {**PLAIN, "Allow": "OPTIONS, PUT"}, b"")
    if method != "GET":
        return 405, {**PLAIN, "Allow": "OPTIONS, GET"}, b""
    token = request.get(TOKEN)
    if token is None and options.http_tokens == "required":
        return 401, PLAIN, b""
    if token is not None and tokens.get((instance.id, token), 0) < time.monotonic():
        return 401, PLAIN, b""
    return read(instance, [word for word in path.split("/") if word][1:])


def token_for(instance, request):
    if "HTTP_X_FORWARDED_FOR" in request:
        return 403, PLAIN, b""
    ttl = request.get(TTL, "")
    if not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
        return 400, PLAIN, b""
    token = secrets.token_urlsafe(40) + "=="
    tokens[instance.id, token] = time.monotonic() + int(ttl)
    return 200, {**PLAIN, "X-aws-ec2-metadata-token-ttl-seconds": ttl}, token.encode()


def read(instance, words):
    if words == ["user-data"]:
        data = base64.b64decode(str(instance.user_data or ""))
        return (200, {**PLAIN, "Content-Type": "application/octet-stream"}, data) if data else (404, PLAIN, b"")
    node = {"meta-data": meta_data(instance), "dynamic": {"instance-identity": {"document": document(instance)}}}
    for word in words:
        if not isinstance(node, dict):
            return 404, PLAIN, b""
        node = next((value for name, value in node.items() if word in (name, name.split("=")[0])), None)
        if node is None:
            return 404, PLAIN, b""
    if not isinstance(node, dict):
        return 200, PLAIN, str(node).encode()
    return 200, PLAIN, "\n".join(name + "/" * (isinstance(below, dict) and "=" not in name) for name, below in node.items()).encode()


def meta_data(instance):
    nic, groups = instance.nics[0], instance.security_groups
    public = {"public-hostname": instance.public_dns_name, "public-ipv4": instance.public_ip} if instance.public_ip else {}
    tree = {
        "ami-id": instance.image_id, "ami-launch-index": 0, "ami-manifest-path": "(unknown)",
        "hostname": instance.private_dns_name, "instance-action": "none", "instance-id": instance.id,
        "instance-life-cycle": instance.lifecycle or "on-demand", "instance-type": instance.instance_type,
        "local-hostname": instance.private_dns_name, "local-ipv4": instance.private_ip, "mac": nic.mac_address,
        "network": {"interfaces": {"macs": {nic.mac_address: interface(instance, nic)}}},
        "placement": {"availability-zone": instance._placement.zone, "region": instance.region_name},
        "reservation-id": "r-" + instance.id[2:], "security-groups": "\n".join(each.name for each in groups),
        "services": {"domain": "amazonaws.com", "partition": "aws"}, **public,
    }
    pair = instance.ec2_backend.key_pairs.get(instance.key_name)
    if pair is not None:
        tree["public-keys"] = {f"0={pair.key_name}": {"openssh-key": pair.material_public.decode().strip()}}
    return tree


def interface(instance, nic):
    about = {
        "device-number": 0, "interface-id": nic.id, "local-hostname": instance.private_dns_name, "local-ipv4s": nic.private_ip_address,
        "mac": nic.mac_address, "owner-id": instance.owner_id, "security-group-ids": "\n".join(each.id for each in instance.security_groups),
        "subnet-id": nic.subnet.id, "subnet-ipv4-cidr-block": nic.subnet.cidr_block, "vpc-id": nic.subnet.vpc_id,
    }
    if nic.ipv6_addresses:
        about["ipv6s"] = "\n".join(nic.ipv6_addresses)
    return about


def document(instance):
    return json.dumps({
        "accountId": instance.owner_id, "architecture": instance.architecture, "availabilityZone": instance._placement.zone,
        "imageId": instance.image_id, "instanceId": instance.id, "instanceType": instance.instance_type,
        "pendingTime": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"), "privateIp": instance.private_ip,
        "region": instance.region_name, "version": "2017-09-30",
    })
