# shellcheck shell=bash disable=SC2154
# The configuration of every service, below $S/etc. Sourced by services.sh, which knows the ports.

database() { echo "mysql+pymysql://root@localhost/$1?unix_socket=$S/mysql.sock&charset=utf8"; }

account() { # the service's own user, and where it logs in
  cat <<END
auth_url = http://127.0.0.1:$KEYSTONE/v3
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
www_authenticate_uri = http://127.0.0.1:$KEYSTONE/v3
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
  mkdir -p "$S"/etc "$S"/log "$S"/lock "$S"/empty "$S"/nova/instances "$S"/neutron "$S"/glance/{images,tasks,staging}
  write_identity
  write_image
  write_compute
  write_network
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
bind_host = 127.0.0.1
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
my_ip = 127.0.0.1
compute_driver = fake.FakeDriver
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_listen_port = $NOVA
osapi_compute_workers = 1
vif_plugging_is_fatal = false
vif_plugging_timeout = 5
instances_path = $S/nova/instances
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
  cat >"$S/etc/neutron.conf" <<END
[DEFAULT]
$(common)
$(messages neutron)
bind_host = 127.0.0.1
bind_port = $NEUTRON
core_plugin = ml2
service_plugins = router
auth_strategy = keystone
api_paste_config = /usr/share/neutron-common/api-paste.ini
api_workers = 0
rpc_workers = 0
rpc_state_report_workers = 0
dhcp_agent_notification = false
notify_nova_on_port_status_changes = true
notify_nova_on_port_data_changes = true
send_events_interval = 1
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
mechanism_drivers = slipway
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
