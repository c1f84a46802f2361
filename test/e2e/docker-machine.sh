#!/bin/bash
# As somebody wrote it for docker-machine: each of its commands, with two machines of which one was there before.
# Its variables: PORT, ENGINE_PORT and KEY of the other host.
set -eu

say() { printf '== %s\n' "$*"; }

say create
docker-machine create -d qemu --engine-label env=prod dev
docker-machine create --driver generic --generic-ip-address=127.0.0.1 --generic-ssh-port "$PORT" \
  --generic-ssh-user root --generic-ssh-key "$KEY" --generic-engine-port "$ENGINE_PORT" other

say ls
docker-machine ls --timeout 60
docker-machine ls -q
docker-machine ls --filter driver=generic --format '{{.Name}} {{.State}} {{.DriverName}} {{.Error}}'
docker-machine ls --filter label=env=prod --format 'table {{.Name}}\t{{.Active}}'

say status, ip, url, version
docker-machine status dev
docker-machine ip dev other
docker-machine url dev
docker-machine version dev

say env
for shell in bash fish tcsh powershell cmd emacs; do docker-machine env --shell "$shell" dev | wc -l; done
eval "$(docker-machine env --shell bash dev)"
docker-machine active --timeout 60
docker info --format '{{.Name}}'
eval "$(docker-machine env --shell bash --unset)"
echo "${DOCKER_HOST-none}"

say config
eval "docker $(docker-machine config other | tr '\n' ' ') info --format '{{.Name}}'"

say inspect
docker-machine inspect --format '{{.DriverName}} {{.Name}} {{index .HostOptions.EngineOptions.Labels 0}}' dev
docker-machine inspect other | head -2

say ssh
docker-machine ssh dev uname -s
docker-machine ssh dev 'exit 7' || echo "ended with $?"

say scp
echo hello >hello
docker-machine scp hello dev:hello
docker-machine scp dev:hello other:/root/hello
docker-machine scp other:/root/hello back
cat back

say mount
docker-machine ssh dev 'mkdir -p shared && echo "of dev" >shared/file'
mkdir mounted
docker-machine mount dev:shared mounted
cat mounted/file
docker-machine mount -u dev:shared mounted
find mounted -mindepth 1 | wc -l

say power
docker-machine stop dev
docker-machine status dev
docker-machine start dev
docker-machine restart dev
docker-machine kill dev
docker-machine status dev
docker-machine start dev
docker-machine status dev

say certificates, provision, upgrade
docker-machine regenerate-certs -f dev
docker-machine provision dev
docker-machine upgrade dev
eval "docker $(docker-machine config dev | tr '\n' ' ') info --format '{{.Name}}'"

say rm
docker-machine rm -y dev other
docker-machine ls -q
