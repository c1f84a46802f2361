import { SlipwayError } from '../../errors.ts';
import { quote } from '../../ssh/quote.ts';
import type { Facts } from '../facts.ts';
import type { Family } from '../families/family.ts';
import { serviceOf } from '../service.ts';
import { hereDocument, type Step, sh } from '../step.ts';
import type { EngineWish } from '../wish.ts';
import { plainUrl } from './url.ts';

/**
 * Installs Docker's archive of binaries, with a service of ours.
 * @throws SlipwayError `bad-input` without a URL and a checksum
 */
export function fromArchive(facts: Facts, family: Family | undefined, wish: EngineWish): Step[] {
  const begin = 'note \'installed engine\'\n: >"$memory/installing"';
  const first = binaries(wish);
  return [needs(family), { ...first, run: `${begin}\n${first.run}` }, service(facts)];
}

/** Puts the archive's binaries in place, next to those that may be running, then over them. */
export function binaries(wish: EngineWish): Step {
  const url = plainUrl(wish.url ?? '', ['https:', 'file:']);
  const { program, digits } = checksum(wish.checksum ?? '');
  return {
    title: 'install the binaries',
    run: sh`
      scratch=$(mktemp -d)
      curl -fsSL --retry 3 --connect-timeout 30 -o "$scratch/archive" ${quote(url)}
      found=$(${program} <"$scratch/archive" | cut -d ' ' -f 1)
      if [ "$found" != ${digits} ]; then
        echo "The archive's checksum is $found instead of ${digits}"
        exit 1
      fi
      tar -xzf "$scratch/archive" -C "$scratch"
      mkdir -p /usr/local/bin
      for file in "$scratch"/docker/*; do
        name=\${file##*/}
        cp "$file" "/usr/local/bin/$name.slipway"
        chmod 0755 "/usr/local/bin/$name.slipway"
        mv -f "/usr/local/bin/$name.slipway" "/usr/local/bin/$name"
      done
      rm -rf "$scratch"
    `,
    hint: 'The reason is above: is it the archive of binaries from download.docker.com, and its checksum?',
  };
}

function needs(family: Family | undefined): Step {
  return {
    title: 'install what the binaries need',
    done: 'have curl && have iptables && have tar',
    run: family
      ? `${family.manager.refresh}\n${family.manager.install('ca-certificates curl iptables tar')}`
      : 'echo "curl, iptables and tar must be there"; false',
    hint: 'Install curl, iptables and tar on the host by hand',
  };
}

function service(facts: Facts): Step {
  const { enable, start, isRunning } = serviceOf(facts);
  const file =
    facts.init === 'openrc'
      ? `place /etc/init.d/docker 0755 ${hereDocument(OPENRC)}`
      : `place /etc/systemd/system/docker.service 0644 ${hereDocument(SYSTEMD)}\nsystemctl daemon-reload`;
  return {
    title: 'make the engine a service',
    run: sh`
      if ! grep -q '^docker:' /etc/group; then groupadd --system docker 2>/dev/null || addgroup -S docker; fi
      ${file}
      ${enable}
      ${isRunning} || ${start}
      rm "$memory/installing"
    `,
    hint: 'The reason is above; on the host: journalctl -u docker',
  };
}

function checksum(text: string): { program: string; digits: string } {
  const digits = text.toLowerCase().replace(/^sha(256|512):/, '');
  if (/^[0-9a-f]{64}$/.test(digits)) return { program: 'sha256sum', digits };
  if (/^[0-9a-f]{128}$/.test(digits)) return { program: 'sha512sum', digits };
  throw new SlipwayError('bad-input', `"${text}" is not the checksum of an archive`, {
    hint: 'Give its SHA-256 or SHA-512, as "sha256:" and 64 hexadecimal digits',
  });
}

// Containers are children of their shims, which must outlive the engine: hence KillMode and Delegate.
const SYSTEMD = `[Unit]
Description=Docker engine
Documentation=https://docs.docker.com
After=network-online.target nss-lookup.target firewalld.service time-set.target
Wants=network-online.target

[Service]
Type=notify
ExecStart=/usr/local/bin/dockerd -H unix:///var/run/docker.sock
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutStartSec=0
Restart=always
RestartSec=2
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=process
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target`;

const OPENRC = `#!/sbin/openrc-run

description="Docker engine"
supervisor=supervise-daemon
command=/usr/local/bin/dockerd
command_args="\${DOCKER_OPTS:-}"
output_log=/var/log/docker.log
error_log=/var/log/docker.log
rc_ulimit="-c unlimited -n 1048576 -u unlimited"
retry="TERM/60/KILL/10"

depend() {
  need sysfs cgroups net
  after firewall
}`;
