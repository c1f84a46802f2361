set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
swarm=$(docker info --format '{{.Swarm.LocalNodeState}}')
case $swarm in inactive | '') ;; *) docker swarm leave --force ;; esac
left() { docker container ls -a -q && docker network ls -q --filter type=custom && docker volume ls -q; }
tries=0
there=$(left)
until [ -z "$there" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 3 ]
  # Something may go by itself meanwhile: what counts is what is left.
  docker container ls -a -q | xargs -r docker container rm -f -v >/dev/null || true
  docker network ls -q --filter type=custom | xargs -r docker network rm >/dev/null || true
  docker volume ls -q | xargs -r docker volume rm -f >/dev/null || true
  there=$(left)
done
}

main() {
step 'remove containers, volumes and networks' 'The reason is above: does the engine answer?' run_1
mark end
}

main </dev/null 2>&1

