"""moto's EC2, made as strict and as slow as EC2 where it is laxer or faster.

Started by server.ts; prints its port, and ends when its standard input does. SLIPWAY_NET is the N of the addresses
127.N.x.y that it gives out; SLIPWAY_GUESTS, where there are guests behind the instances, is the URL of who has them.
Beside EC2 it serves GET /left (what it holds, as a list of words), POST /off?ID (the guest of ID switched itself off),
POST /lag?SECONDS (from now on lists show what was so long ago), and to whoever asks from an instance's private address that
instance's metadata; GET /model?SERVICE is botocore's model of it.
"""
import copy, hashlib, json, os, re, sys, tempfile, threading, time, urllib.request
from datetime import datetime, timezone

NET = os.environ.get("SLIPWAY_NET", "99")
GUESTS = os.environ.get("SLIPWAY_GUESTS")
STEP = 0.3  # seconds between two states of an instance
LAG = 0.2  # seconds until what was made is seen
BEHIND = 0  # seconds for which lists show states that have passed, and what was removed
INSTANCES, ADDRESSES = int(os.environ.get("SLIPWAY_INSTANCES", 20)), 5  # as many as the account may have
SPOT_PRICE = "0.006300"


def images():
    """What the distributions publish, an older and a newer one, and a daily build that nobody wants."""
    for arch, port in (("x86_64", "amd64"), ("arm64", "arm64")):
        for owner, root, name, days in (
            ("136693071363", "/dev/xvda", f"debian-12-{port}-%s-1811", ("20250316", "20260412")),
            ("136693071363", "/dev/xvda", f"debian-12-{port}-daily-%s-9999", ("20260501",)),
            ("136693071363", "/dev/xvda", f"debian-13-{port}-%s-2204", ("20250814",)),
            ("099720109477", "/dev/sda1", f"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-{port}-server-%s", ("20260128",)),
            ("099720109477", "/dev/sda1", f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{port}-server-%s", ("20260305",)),
        ):
            for day in days:
                yield {
                    "ami_id": "ami-" + hashlib.sha256((name % day).encode()).hexdigest()[:17], "name": name % day, "owner_id": owner, "public": True,
                    "architecture": arch, "virtualization_type": "hvm", "hypervisor": "xen", "state": "available",
                    "root_device_type": "ebs", "root_device_name": root, "description": "", "image_location": name % day,
                    "creation_date": f"{day[:4]}-{day[4:6]}-{day[6:]}T12:00:00.000Z",
                }


with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
    json.dump(list(images()), file)
os.environ.update(MOTO_AMIS_PATH=file.name, MOTO_ENABLE_AMI_VALIDATION="true", MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION="true")

import moto.ec2.models.amis as amis
import moto.ec2.models.elastic_ip_addresses as eips
import moto.ec2.models.elastic_network_interfaces as enis
import moto.ec2.models.instances as instances
import moto.ec2.models.security_groups as groups
import moto.ec2.models.vpcs as vpcs
import moto.ec2.responses.account_attributes as accounts
import moto.ec2.responses.instances as answers
import moto.ec2.responses.security_groups as group_answers
import moto.ec2.responses.spot_instances as spots
from botocore.session import get_session
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.serving import make_server

import metadata

os.unlink(file.name)
ACCOUNT = "123456789012"


def changes(owner, name=None):
    """Puts a function in the place of the method of the same name, which it gets as its first argument."""
    def put(function):
        original = getattr(owner, name or function.__name__)
        def method(*args, **kwargs):
            return function(original, *args, **kwargs)
        setattr(owner, name or function.__name__, method)
        return function
    return put


def refuse(code, message):
    raise EC2ClientError(code, message)


# Moto's lists are not made for threads that change what others are reading.
one_at_a_time = threading.RLock()


def later(seconds, work, *args):
    timer = threading.Timer(seconds, work, args)
    timer.daemon = True
    timer.start()


# Every region reads the same list of images, and would understand its dates but once.

@changes(amis)
def parse_timestamp(original, value):
    return value if isinstance(value, datetime) else original(value)


# What was just made is not seen at once.

def young(thing):
    return time.monotonic() - getattr(thing, "made", 0) < LAG


questions = threading.local()  # .asked: this thread answers one


def lately(gone):
    now = time.monotonic() - BEHIND
    return [thing for when, thing in gone if when > now] if getattr(questions, "asked", False) else []


def remembering(name):
    """A property whose former values are shown to who asks, for a while."""
    def get(self):
        past = self.__dict__[name]
        until = time.monotonic() - (BEHIND if getattr(questions, "asked", False) else 0)
        return next((value for when, value in reversed(past) if when <= until), past[0][1])
    def put(self, value):
        self.__dict__[name] = self.__dict__.get(name, ()) + ((time.monotonic(), value),)
    return property(get, put)


for each in ("name", "code"):
    setattr(instances.InstanceState, each, remembering(each))


@changes(instances.InstanceBackend)
def all_reservations(original, self, filters=None):
    seen = []
    for reservation in original(self):
        reservation.instances = [each for each in reservation.instances if not young(each)]
        if reservation.instances:
            seen.append(reservation)
    return seen if filters is None else instances.filter_reservations(seen, filters)


groups_gone, addresses_gone = [], []  # with the moment


@changes(groups.SecurityGroupBackend)
def create_security_group(original, self, name, description, vpc_id=None, **rest):
    if vpc_id is not None and vpc_id not in self.vpcs:
        refuse("InvalidVpcID.NotFound", f"The vpc ID '{vpc_id}' does not exist")
    if not re.fullmatch(r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]{1,255}", name):
        refuse("InvalidParameterValue", f"Value ({name}) for parameter GroupName is invalid.")
    group = original(self, name, description, vpc_id=vpc_id, **rest)
    group.made = time.monotonic() if group.name != "default" else 0
    return group


@changes(groups.SecurityGroupBackend)
def describe_security_groups(original, self, group_ids=None, groupnames=None, filters=None):
    gone = [each for each in lately(groups_gone) if not group_ids or each.id in group_ids]
    asked = [each for each in group_ids or [] if each not in [one.id for one in gone]]
    there = original(self, asked, groupnames, filters) if asked or not group_ids else []
    found = [each for each in there if not young(each)] + [each for each in gone if not filters or each.matches_filters(filters)]
    if group_ids and len(found) < len(group_ids):
        raise groups.InvalidSecurityGroupNotFoundError(group_ids)
    return found


@changes(eips.ElasticAddressBackend)
def describe_addresses(original, self, *args, **kwargs):
    gone = lately(addresses_gone)
    self.addresses.extend(gone)
    try:
        return [each for each in original(self, *args, **kwargs) if not young(each)]
    finally:
        self.addresses[:] = [each for each in self.addresses if each not in gone]


# Addresses of this computer.

taken = iter(range(1, 10000))


def next_address():
    at = next(taken)
    return f"127.{NET}.{200 + at // 250}.{at % 250 + 1}"


enis.random_public_ip = eips.random_ip = next_address


@changes(vpcs.VPCBackend)
def create_default_vpc(_, self):
    vpc = self.create_vpc(cidr_block=f"127.{NET}.0.0/16", is_default=True)
    for zone in self.describe_availability_zones():
        self.create_default_subnet(zone.name)
    return vpc


@changes(eips.ElasticAddressBackend)
def allocate_address(original, self, *args, **kwargs):
    if len(self.addresses) >= ADDRESSES:
        refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    address = original(self, *args, **kwargs)
    address.made = time.monotonic()
    return address


@changes(eips.ElasticAddressBackend)
def associate_address(original, self, instance=None, **rest):
    if instance is not None and instance.state not in ("running", "stopped"):
        refuse("InvalidInstanceID", f"The {instance.state} instance '{instance.id}' is not in a valid state for this operation.")
    address = original(self, instance=instance, **rest)
    tell("move", instance)
    return address


@changes(eips.ElasticAddressBackend)
def release_address(original, self, address=None, allocation_id=None):
    found = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
    if found[0].association_id:
        refuse("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
    addresses_gone.append((time.monotonic(), found[0]))
    return original(self, address=address, allocation_id=allocation_id)


@changes(accounts.AccountAttributes)
def describe_account_attributes(_, self):
    values = {"supported-platforms": "VPC", "max-elastic-ips": str(ADDRESSES), "vpc-max-elastic-ips": str(ADDRESSES)}
    return ActionResult({"AccountAttributes": [
        {"AttributeName": name, "AttributeValues": [{"AttributeValue": value}]} for name, value in values.items()]})


# Groups in use stay.

@changes(groups.SecurityGroupBackend)
def delete_security_group(original, self, name=None, group_id=None):
    group = self.get_security_group_by_name_or_id(group_id or name)
    if any(group in each.security_groups for each in every(self) if each.state != "terminated"):
        refuse("DependencyViolation", f"resource {group.id} has a dependent object")
    deleted = original(self, name, group_id)
    groups_gone.append((time.monotonic(), group))
    return deleted


@changes(group_answers.SecurityGroups, "delete_security_group")
def delete_group_by_request(original, self):
    group = self.ec2_backend.get_security_group_from_id(self._get_param("GroupId"))
    if group is not None and group.name == "default":
        refuse("CannotDelete", "the specified group: default name cannot be deleted by a user")
    return original(self)


@changes(groups.SecurityGroupBackend)
def authorize_security_group_ingress(original, self, group_name_or_id, *args, **kwargs):
    group = self.get_security_group_by_name_or_id(group_name_or_id)
    if group is not None and young(group):
        raise groups.InvalidSecurityGroupNotFoundError(group_name_or_id)
    return original(self, group_name_or_id, *args, **kwargs)


# Instances take their time, and guests may be behind them.

def every(backend):
    return [each for reservation in list(backend.reservations.values()) for each in reservation.instances]


def tell(what, instance):
    """What is to become of the guest; the answer comes when it is done."""
    if GUESTS is None or instance is None:
        return
    about = {"id": instance.id, "private": instance.private_ip, "public": instance.public_ip, "mac": instance.nics[0].mac_address,
             "type": instance.instance_type, "metadata": int(os.environ["MOTO_PORT"]), "userData": str(instance.user_data or "")}
    request = urllib.request.Request(f"{GUESTS}/{what}", json.dumps(about).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=600).read()


def be(instance, name, code):
    instance._state.name, instance._state.code = name, code


def bring_up(instance, what):
    try:
        tell(what, instance)
        with one_at_a_time:
            if instance.state == "pending":
                be(instance, "running", 16)
    except Exception as error:  # as EC2: an instance that cannot start ends at once
        print(error, file=sys.stderr, flush=True)
        end(instance)


def end(instance):
    tell("remove", instance)
    with one_at_a_time:
        for address in instance.ec2_backend.addresses:
            if address.instance is instance:
                address.instance = address.eni = address.association_id = None
        terminate_now(instance)


start_now, stop_now, terminate_now = (getattr(instances.Instance, each) for each in ("start", "stop", "terminate"))


def wrong_state(instance, verb):
    refuse("IncorrectInstanceState", f"The instance '{instance.id}' is not in a state from which it can be {verb}.")


@changes(instances.Instance)
def start(original, self):
    before = copy.copy(self._state)
    if self.state in ("running", "pending"):
        return before
    if self.state != "stopped":
        wrong_state(self, "started")
    original(self)
    be(self, "pending", 0)
    later(STEP, bring_up, self, "start")
    return before


@changes(instances.Instance)
def stop(original, self):
    before = copy.copy(self._state)
    if self.lifecycle == "spot":
        refuse("UnsupportedOperation", f"You can't stop the Spot Instance '{self.id}' because it is associated with a one-time Spot Instance request.")
    if self.state in ("stopped", "stopping"):
        return before
    if self.state not in ("running", "pending"):
        wrong_state(self, "stopped")
    be(self, "stopping", 64)
    def finish():
        tell("stop", self)
        with one_at_a_time:
            if self.state == "stopping":
                original(self)
    later(STEP, finish)
    return before


@changes(instances.Instance)
def terminate(original, self):
    before = copy.copy(self._state)
    if self.state not in ("terminated", "shutting-down"):
        be(self, "shutting-down", 32)
        later(STEP, end, self)
    return before


@changes(instances.Instance)
def reboot(original, self):
    if self.state != "running":
        wrong_state(self, "rebooted")
    later(0, tell, "reboot", self)


def switched_off(instance_id):
    for region in ec2_backends[ACCOUNT].values():
        for instance in every(region):
            if instance.id != instance_id or instance.state != "running":
                continue
            if instance.instance_initiated_shutdown_behavior == "terminate":
                end(instance)
            else:
                with one_at_a_time:
                    stop_now(instance)


tokens = {}


@changes(answers.InstanceResponse)
def run_instances(original, self):
    """What RunInstances checks and moto does not, and its idempotence."""
    asked = lambda name, default=None: self._get_param(name, default)
    token, backend = asked("ClientToken"), self.ec2_backend
    same = json.dumps(self._get_params(), default=str, sort_keys=True)
    if token in tokens:
        if tokens[token][0] != same:
            refuse("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
        return ActionResult(tokens[token][1])
    check(asked, backend)
    answer = original(self)
    reservation = answer.result
    for instance in reservation.instances:
        instance.made = time.monotonic()
        for nic in instance.nics.values():
            instance.security_groups.extend(each for each in nic._group_set if each not in instance.security_groups)
        if instance.lifecycle == "spot":
            instance.spot_instance_request_id = "sir-" + instance.id[-8:]
        be(instance, "pending", 0)
        later(STEP, bring_up, instance, "run")
    if token is not None:
        tokens[token] = (same, reservation)
    return answer


def check(asked, backend):
    if len(asked("UserData", "") or "") * 3 // 4 > 16384 + 2:
        refuse("InvalidParameterValue", "User data is limited to 16384 bytes")
    if int(asked("MaxCount")) < int(asked("MinCount")):
        refuse("InvalidParameterValue", "MaxCount must not be less than MinCount")
    if asked("KeyName") and asked("KeyName") not in backend.key_pairs:
        refuse("InvalidKeyPair.NotFound", f"The key pair '{asked('KeyName')}' does not exist")
    for nic in asked("NetworkInterfaces", []):
        subnet = backend.get_subnet(nic["SubnetId"])
        zone = asked("Placement.AvailabilityZone")
        if zone and zone != subnet.availability_zone:
            refuse("InvalidParameterValue", f"Value ({zone}) for parameter availabilityZone is invalid: the subnet is in {subnet.availability_zone}.")
        offers = instances.INSTANCE_TYPE_OFFERINGS["availability-zone"][backend.region_name]
        if {"InstanceType": asked("InstanceType"), "Location": subnet.availability_zone, "LocationType": "availability-zone"} not in offers:
            refuse("Unsupported", "Your requested instance type is not supported in your requested Availability Zone.")
        for group_id in nic.get("Groups", []):
            group = backend.get_security_group_from_id(group_id)
            if group is None or young(group):
                raise groups.InvalidSecurityGroupNotFoundError(group_id)
            if group.vpc_id != subnet.vpc_id:
                refuse("InvalidParameter", f"Security group {group_id} and subnet {subnet.id} belong to different networks.")
        if nic.get("Ipv6AddressCount") and not subnet.ipv6_cidr_block_associations:
            refuse("InvalidParameterValue", f"The subnet {subnet.id} has no IPv6 CIDR block.")
    for device in asked("BlockDeviceMappings", []):
        if int(device.get("Ebs", {}).get("VolumeSize", 99)) < 15:
            refuse("InvalidBlockDeviceMapping", "Volume of size 4GB is smaller than snapshot, expect size >= 15GB")
    spot = asked("InstanceMarketOptions.SpotOptions", {})
    if float(spot.get("MaxPrice", "1")) < float(SPOT_PRICE):
        refuse("SpotMaxPriceTooLow", f"Your Spot request price is lower than the minimum required Spot request fulfillment price of {SPOT_PRICE}.")
    if sum(each.state != "terminated" for each in every(backend)) >= INSTANCES:
        refuse("VcpuLimitExceeded", "You have requested more vCPU capacity than your current vCPU limit allows.")


@changes(spots.SpotInstances)
def describe_spot_price_history(_, self):
    zone = self._get_param("AvailabilityZone")
    prices = self.ec2_backend.describe_spot_price_history(self._get_param("InstanceTypes", []), self._filters_from_querystring())
    return ActionResult({"SpotPriceHistory": [
        {"InstanceType": each["InstanceType"], "ProductDescription": "Linux/UNIX", "SpotPrice": SPOT_PRICE,
         "AvailabilityZone": each["Location"], "Timestamp": datetime.now(timezone.utc)}
        for each in prices if zone in (None, each["Location"])]})


# What it holds.

def left():
    held = []
    for region in ec2_backends[ACCOUNT].values():
        held += [f"instance {each.id} ({each.state})" for each in every(region) if each.state != "terminated"]
        held += [f"security group {each.id} ({each.name})" for some in region.groups.values() for each in some.values() if each.name != "default"]
        held += [f"address {each.allocation_id} ({each.public_ip})" for each in region.addresses]
        held += [f"network interface {each}" for each in region.enis]
        held += [f"volume {each}" for each in region.volumes]
        held += [f"key pair {each}" for each in region.key_pairs]
    return held


def asked_by(address):
    """The instance whose private address this is."""
    living = [each for region in ec2_backends[ACCOUNT].values() for each in every(region) if each.state != "terminated"]
    return next((each for each in living if each.private_ip == address), None)


def main():
    iam_backends[ACCOUNT]["aws"].create_instance_profile(name="docker-host", path="/", role_names=[])
    moto = DomainDispatcherApplication(create_backend_app)

    def app(environ, start_response):
        global LAG, BEHIND
        path = environ.get("PATH_INFO")
        asking = asked_by(environ["REMOTE_ADDR"]) if metadata.ASKED.fullmatch(path) else None
        if asking is not None:
            status, headers, body = metadata.answer(asking, environ)
            start_response(f"{status} {HTTP_STATUS_CODES[status]}", [*headers.items(), ("Content-Length", str(len(body)))])
            return [body]
        if path == "/model":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(get_session().get_service_data(environ["QUERY_STRING"])).encode()]
        questions.asked = "HTTP_X_READS" in environ
        if path == "/off":
            switched_off(environ.get("QUERY_STRING"))
        if path == "/lag":
            LAG = BEHIND = float(environ.get("QUERY_STRING"))
        with one_at_a_time:
            if path not in ("/left", "/off", "/lag"):
                return moto(environ, start_response)
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(left()).encode()]

    server = make_server("127.0.0.1", 0, app, threaded=True)
    os.environ["MOTO_PORT"] = str(server.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


main()
