#!/usr/bin/env bash
# Starts OpenStack itself: Debian's keystone, glance, placement, nova and cinder (with drivers that only pretend to run guests
# and to keep volumes) and neutron, with a database and a message broker of their own, on this computer's own address. As root.
#   services.sh FOLDER     keeps all that it writes in the new folder; ports and the password come from the environment
# Where GUESTS names a folder with an image, there are guests, emulated, and the network that they need: guests.sh.
# It tells on standard output when all answers. When its standard input ends, every process of it ends, and the folder goes.
set -euo pipefail
S=$(realpath -m -- "$1")
here=$(dirname "$(realpath "$0")")
GUESTS=${GUESTS-} HERE=127.0.0.1

if [ $# -lt 2 ]; then
  # Whatever ends this script, no process is left: they are in a namespace that ends with its first.
  trap 'rm -rf -- "$S"' EXIT
  unshare --mount --pid --fork --kill-child --mount-proc "$0" "$S" inside
  exit
fi
if [ -n "$GUESTS" ]; then
  # shellcheck source=test/clouds/openstack/guests.sh
  . "$here/guests.sh"
  [ "$2" = apart ] || go_apart
  make_network
fi

export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 no_proxy='*'
export PYTHONDONTWRITEBYTECODE=1 ERL_CRASH_DUMP=/dev/null
unset PYTHONPATH http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
# shellcheck source=test/clouds/openstack/configuration.sh
. "$here/configuration.sh"

daemon() { # name, command: with a log of its own
  local name=$1 && shift
  setsid "$@" >>"$S/log/$name.log" 2>&1 </dev/null &
}

once() { # name, command: tells the end of its log where it fails
  local name=$1 && shift
  "$@" >>"$S/log/$name.log" 2>&1 || { echo "$name failed: $(tail -5 "$S/log/$name.log")" >&2; return 1; }
}

answers() { # what, command: within five minutes, as other tests may be at work
  local what=$1 end=$((SECONDS + 300)) && shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "$what does not answer: $(tail -5 "$S/log/$what.log")" >&2; return 1; }
    sleep 0.2
  done
}

http() { curl --silent --output /dev/null --max-time 10 "http://$HERE:$1$2"; }

python() { # module, arguments: what its program would run
  local module=$1 && shift
  exec /usr/bin/python3 -c "import sys; from $module import main; sys.exit(main())" "$@"
}

sql() { mariadb --no-defaults -u root --socket="$S/mysql.sock" "$@"; }

start_database() {
  once mysql mariadb-install-db --no-defaults --user=root --datadir="$S/mysql" --skip-test-db \
    --auth-root-authentication-method=normal
  daemon mysql mariadbd --no-defaults --user=root --datadir="$S/mysql" --socket="$S/mysql.sock" --skip-networking \
    --pid-file="$S/mysql.pid" --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=0 \
    --innodb-buffer-pool-size=96M --innodb-log-file-size=64M --performance-schema=OFF --skip-log-bin \
    --max-connections=400 --character-set-server=utf8 --collation-server=utf8_general_ci --skip-name-resolve
}

start_broker() (
  export HOME=$S/rabbit RABBITMQ_NODENAME=slipway@localhost RABBITMQ_MNESIA_BASE=$S/rabbit/mnesia RABBITMQ_LOG_BASE=$S/log
  export RABBITMQ_LOGS=- RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$RABBIT RABBITMQ_DIST_PORT=$RABBIT_NODES
  export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE=$S/rabbit/rabbitmq ERL_EPMD_PORT=$EPMD
  export RABBITMQ_ENABLED_PLUGINS_FILE=$S/rabbit/plugins ERL_EPMD_ADDRESS=127.0.0.1
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none'
  mkdir -p "$HOME"
  echo '[].' >"$HOME/plugins"
  echo 'log.console.level = warning' >"$HOME/rabbitmq.conf"
  daemon epmd epmd -port "$EPMD" -address 127.0.0.1
  daemon rabbit /usr/lib/rabbitmq/bin/rabbitmq-server
)

make_tables() {
  for name in keystone glance placement nova_api nova_cell0 nova_cell1 neutron cinder; do echo "create database $name;"; done | sql
  local other
  { once placement placement-manage --config-file "$S/etc/placement/placement.conf" db sync && tables_of_compute; } &
  other=$!
  tables_of_identity
  once glance glance-manage --config-file "$S/etc/glance.conf" db_sync
  once neutron neutron-db-manage --config-file "$S/etc/neutron.conf" upgrade heads
  once cinder cinder-manage --config-file "$S/etc/cinder.conf" db sync
  wait $other
}

tables_of_compute() {
  local manage=(once nova nova-manage --config-file "$S/etc/nova.conf")
  "${manage[@]}" api_db sync
  "${manage[@]}" cell_v2 map_cell0 --database_connection "$(database nova_cell0)"
  "${manage[@]}" cell_v2 create_cell --name cell1 --database_connection "$(database nova_cell1)" \
    --transport-url "rabbit://guest:guest@127.0.0.1:$RABBIT/"
  "${manage[@]}" db sync
}

tables_of_identity() {
  local manage=(once keystone keystone-manage --config-file "$S/etc/keystone.conf") url=http://$HERE:$KEYSTONE/v3
  mkdir -p "$S/keystone" && (umask 077 && mkdir "$S/keystone/fernet-keys" "$S/keystone/credential-keys")
  "${manage[@]}" db_sync
  "${manage[@]}" fernet_setup --keystone-user root --keystone-group root
  "${manage[@]}" credential_setup --keystone-user root --keystone-group root
  "${manage[@]}" bootstrap --bootstrap-password "$PASSWORD" --bootstrap-region-id RegionOne \
    --bootstrap-admin-url "$url" --bootstrap-internal-url "$url" --bootstrap-public-url "$url"
}

wsgi() { # name, port, program
  daemon "$1" uwsgi --plugin python3 --http-socket "$HERE:$2" --wsgi-file "$3" --processes 1 --threads 6 \
    --enable-threads --buffer-size 65535 --post-buffering 65536 --add-header 'Connection: close' --die-on-term \
    --need-app --lazy-apps --disable-logging
}

seed() { once "seed-$1" /usr/bin/python3 "$here/seed.py" "$1"; }

found_volumes() {
  [ "$(sql -N -e "select count(*) from cinder.services where topic = 'cinder-volume' and updated_at is not null")" = 1 ]
}

found_host() {
  [ "$(sql -N -e 'select count(*) from nova_cell1.compute_nodes')" = 1 ]
}

export KEYSTONE GLANCE PLACEMENT NOVA NEUTRON CINDER PASSWORD S HERE GUESTS
export -f python
exec 3<&0
trap 'exit 1' TERM
{ cat <&3 >/dev/null; kill -TERM $$; } &
watcher=$!
write_configuration
start_database
start_broker
answers mysql sql -e 'select 1'
make_tables
OS_KEYSTONE_CONFIG_FILES=$S/etc/keystone.conf wsgi keystone "$KEYSTONE" /usr/bin/keystone-wsgi-public
answers keystone http "$KEYSTONE" /v3
seed identity
answers rabbit bash -c "exec 3<>/dev/tcp/127.0.0.1/$RABBIT"
OS_PLACEMENT_CONFIG_DIR=$S/etc/placement wsgi placement "$PLACEMENT" /usr/bin/placement-api
daemon glance bash -c "python glance.cmd.api --config-file $S/etc/glance.conf"
PYTHONPATH=$here/plugin daemon neutron neutron-server --config-file "$S/etc/neutron.conf"
daemon cinder-api bash -c "python cinder.cmd.api --config-file $S/etc/cinder.conf"
daemon cinder-scheduler bash -c "python cinder.cmd.scheduler --config-file $S/etc/cinder.conf"
PYTHONPATH=$here/plugin daemon cinder-volume bash -c "python cinder.cmd.volume --config-file $S/etc/cinder.conf"
daemon nova-conductor bash -c "python nova.cmd.conductor --config-file $S/etc/nova.conf"
daemon nova-scheduler bash -c "python nova.cmd.scheduler --config-file $S/etc/nova.conf"
daemon nova-api bash -c "python nova.cmd.api_os_compute --config-file $S/etc/nova.conf"
[ -z "$GUESTS" ] || start_agents
answers placement http "$PLACEMENT" /
daemon nova-compute bash -c "python nova.cmd.compute --config-file $S/etc/nova-compute.conf"
answers glance http "$GLANCE" /
answers nova-api http "$NOVA" /
answers neutron http "$NEUTRON" /
answers cinder-api http "$CINDER" /
seed resources
answers nova-compute found_host
answers cinder-volume found_volumes
once nova nova-manage --config-file "$S/etc/nova.conf" cell_v2 discover_hosts
[ -z "$GUESTS" ] || start_metadata
echo ready
wait $watcher
