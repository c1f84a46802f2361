# shellcheck shell=bash disable=SC2154
# The configuration of every service, below $S/etc. Sourced by services.sh, which knows where they are, and whether there
# are GUESTS.

database() { echo "mysql+pymysql://root@localhost/$1?unix_socket=$S/mysql.sock&charset=utf8"; }

account() { # the service's own user, and where it logs in
  cat <<END
auth_url = http://$HERE:$KEYSTONE/v3
auth_type = password
username = $1
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = RegionOne
END
}

tokens() { # how it has the tokens of others checked
  cat <<END
[keystone_authtoken]
www_authenticate_uri = http://$HERE:$KEYSTONE/v3
service_token_roles_required = false
memcache_security_strategy = None
$(account "$1" | grep -v region_name)
END
}

common() {
  cat <<END
use_stderr = true
default_log_levels = amqp=WARN,sqlalchemy=WARN,oslo.messaging=WARN,keystonemiddleware=WARN,urllib3=WARN,oslo_messaging=WARN,stevedore=WARN
END
}

messages() {
  cat <<END
transport_url = rabbit://guest:guest@127.0.0.1:$RABBIT/
rpc_response_timeout = 120
host = slipway
state_path = $S/$1
END
}

connection() { # section, database
  printf '[%s]\nconnection = %s\nmax_pool_size = 5\nmax_overflow = 10\n' "$1" "$(database "$2")"
}

policies() { printf '[oslo_policy]\npolicy_dirs = %s\n' "$S/empty"; }

locks() { printf '[oslo_concurrency]\nlock_path = %s\n' "$S/lock"; }

write_configuration() {
  mkdir -p "$S"/etc "$S"/log "$S"/lock "$S"/empty "$S"/nova/instances "$S"/neutron "$S"/cinder "$S"/glance/{images,tasks,staging}
  write_identity
  write_image
  write_compute
  write_network
  write_volumes
}

write_identity() {
  cat >"$S/etc/keystone.conf" <<END
[DEFAULT]
$(common)
$(connection database keystone)
[token]
provider = fernet
expiration = 14400
[fernet_tokens]
key_repository = $S/keystone/fernet-keys
[credential]
key_repository = $S/keystone/credential-keys
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory
$(policies)
END
}

write_image() {
  cat >"$S/etc/glance.conf" <<END
[DEFAULT]
$(common)
bind_host = $HERE
bind_port = $GLANCE
workers = 0
enabled_backends = fs:file
node_staging_uri = file://$S/glance/staging
$(connection database glance)
[glance_store]
default_backend = fs
[fs]
filesystem_store_datadir = $S/glance/images
[os_glance_staging_store]
filesystem_store_datadir = $S/glance/staging
[os_glance_tasks_store]
filesystem_store_datadir = $S/glance/tasks
[paste_deploy]
flavor = keystone
config_file = /usr/share/glance-common/glance-api-paste.ini
$(locks)
$(policies)
$(tokens glance)
END
}

write_compute() {
  local driver=fake.FakeDriver
  [ -z "$GUESTS" ] || driver=libvirt.LibvirtDriver
  mkdir -p "$S/etc/placement"
  cat >"$S/etc/placement/placement.conf" <<END
[DEFAULT]
$(common)
[api]
auth_strategy = keystone
$(connection placement_database placement)
$(policies)
$(tokens placement)
END
  cat >"$S/etc/nova-compute.conf" <<END
[DEFAULT]
$(common)
$(messages nova)
my_ip = $HERE
compute_driver = $driver
enabled_apis = osapi_compute
osapi_compute_listen = $HERE
osapi_compute_listen_port = $NOVA
osapi_compute_workers = 1
vif_plugging_is_fatal = false
vif_plugging_timeout = 5
instances_path = $S/nova/instances
metadata_listen = $HERE
metadata_listen_port = $METADATA
metadata_workers = 1
force_raw_images = false
ram_allocation_ratio = 4
cpu_allocation_ratio = 32
[api]
auth_strategy = keystone
[conductor]
workers = 1
[scheduler]
workers = 1
[quota]
instances = 50
cores = 200
ram = 512000
key_pairs = 200
[glance]
region_name = RegionOne
[placement]
$(account nova)
[neutron]
$(account nova)
service_metadata_proxy = true
metadata_proxy_shared_secret = $PASSWORD
[libvirt]
virt_type = qemu
cpu_mode = none
[cinder]
$(account nova)
[service_user]
send_service_user_token = true
$(account nova)
[vnc]
enabled = false
[spice]
enabled = false
$(locks)
$(policies)
[wsgi]
api_paste_config = /usr/share/nova-common/api-paste.ini
$(tokens nova)
END
  # The service that runs guests must not be told of the databases.
  { cat "$S/etc/nova-compute.conf"; connection api_database nova_api; connection database nova_cell1; } >"$S/etc/nova.conf"
}

write_network() {
  local mechanism=slipway agents=false
  [ -z "$GUESTS" ] || { mechanism=linuxbridge agents=true; }
  cat >"$S/etc/neutron.conf" <<END
[DEFAULT]
$(common)
$(messages neutron)
bind_host = $HERE
bind_port = $NEUTRON
core_plugin = ml2
service_plugins = router
auth_strategy = keystone
api_paste_config = /usr/share/neutron-common/api-paste.ini
api_workers = 0
rpc_workers = 0
rpc_state_report_workers = 0
dhcp_agent_notification = $agents
notify_nova_on_port_status_changes = true
notify_nova_on_port_data_changes = true
send_events_interval = 1
[experimental]
linuxbridge = $agents
$(connection database neutron)
[nova]
$(account nova)
[placement]
$(account placement)
[quotas]
quota_security_group = 200
quota_security_group_rule = 1000
quota_port = 500
quota_floatingip = 100
[ml2]
type_drivers = flat,local
tenant_network_types = local
mechanism_drivers = $mechanism
extension_drivers = port_security
[ml2_type_flat]
flat_networks = outside
[securitygroup]
enable_security_group = true
$(locks)
$(policies)
$(tokens neutron)
END
}

write_volumes() {
  cat >"$S/etc/cinder.conf" <<END
[DEFAULT]
$(common)
$(messages cinder)
my_ip = $HERE
auth_strategy = keystone
osapi_volume_listen = $HERE
osapi_volume_listen_port = $CINDER
osapi_volume_workers = 1
api_paste_config = /usr/share/cinder-common/api-paste.ini
glance_api_servers = http://$HERE:$GLANCE
enabled_backends = pretended
quota_volumes = 50
quota_gigabytes = 5000
[pretended]
volume_driver = slipway_volumes.PretendedVolumes
volume_backend_name = pretended
[nova]
$(account nova)
$(connection database cinder)
[coordination]
backend_url = file://$S/cinder
$(locks)
$(policies)
$(tokens cinder)
service_token_roles = admin
END
}
