import { quote } from '../ssh/quote.ts';
import type { File } from './configuration.ts';
import { CLOUD_INIT_IS_DONE, CLOUD_INIT_RESULT, type Facts } from './facts.ts';
import { DAEMON_JSON, TLS_FILES } from './paths.ts';
import { serviceOf } from './service.ts';
import { hereDocument, type Step, sh } from './step.ts';
import type { ServerTls } from './wish.ts';

/** Other tools are still at work on a new machine, and would fight over the package manager. */
export const waitForCloudInit: Step = {
  title: 'wait for cloud-init',
  done: CLOUD_INIT_IS_DONE,
  // Its own failure is told, and is not ours: what we need is looked at step by step.
  run: sh`
    tries=0 # and not the time of day, which a first boot sets
    until ( ${CLOUD_INIT_IS_DONE} ) || [ "$tries" -ge 600 ]; do
      tries=$((tries + 1))
      sleep 1
    done
    if ! grep -q '"errors": \\[\\]' ${CLOUD_INIT_RESULT} 2>/dev/null; then cloud-init status --long || true; fi
  `,
  hint: 'See /var/log/cloud-init-output.log on the host',
};

export function setHostname(name: string): Step {
  return {
    title: 'set the host name',
    done: `[ "$(cat /etc/hostname)" = ${quote(name)} ] && [ "$(cat /proc/sys/kernel/hostname)" = ${quote(name)} ]`,
    run: sh`
      keep /etc/hostname
      keep /etc/hosts
      echo ${quote(name)} | place /etc/hostname 0644
      echo ${quote(name)} >/proc/sys/kernel/hostname
      if ! grep -qwF ${quote(name)} /etc/hosts; then echo ${quote(`127.0.1.1 ${name}`)} >>/etc/hosts; fi
      wrote /etc/hostname
      wrote /etc/hosts
    `,
    hint: 'See whether /etc/hostname can be written on the host',
  };
}

export function writeCertificates(tls: ServerTls): Step {
  return {
    title: 'write the certificates',
    run: sh`
      put ${TLS_FILES.ca} 0644 ${hereDocument(tls.ca)}
      put ${TLS_FILES.cert} 0644 ${hereDocument(tls.cert)}
      put ${TLS_FILES.key} 0600 ${hereDocument(tls.key)}
    `,
    hint: 'See whether /etc/docker can be written on the host',
  };
}

/** @param version the engine's */
export function configure(files: readonly File[], version: string): Step {
  const daemonJson = files.find(({ path }) => path === DAEMON_JSON);
  return {
    title: 'configure the engine',
    run: [
      ...(daemonJson && canValidate(version) ? [validate(daemonJson.text)] : []),
      ...files.map(({ path, mode, text }) => `put ${path} ${mode} ${hereDocument(text)}`),
    ].join('\n'),
    hint: 'The reason is above: an option that this engine does not know?',
  };
}

export function openPort(port: number): Step {
  const rule = `${port}/tcp`;
  return {
    title: `let clients through the firewall`,
    done: sh`
      if ${FIREWALLD}; then firewall-cmd --quiet --query-port ${rule}
      elif ${UFW}; then ufw status | grep -q '^${rule} .*ALLOW'
      else true; fi
    `,
    run: sh`
      if ${FIREWALLD}; then
        note 'firewalld ${rule}'
        firewall-cmd --quiet --permanent --add-port ${rule}
        firewall-cmd --quiet --add-port ${rule}
      else
        note 'ufw ${rule}'
        ufw allow ${rule}
      fi
    `,
    hint: `Open TCP port ${port} in the host's firewall by hand`,
  };
}

/** Starts the engine with the host, and now; again only if its configuration has changed. */
export function startEngine(facts: Facts): Step {
  const service = serviceOf(facts);
  return {
    title: 'start the engine',
    done: `[ ! -e "$memory/pending" ] && ${service.isEnabled} && ${service.isRunning}`,
    run: sh`
      if ! ${service.isEnabled}; then
        note 'disabled service'
        ${service.enable}
      fi
      ${service.restart}
      rm -f "$memory/pending"
    `,
    hint: 'The reason is above; on the host: journalctl -u docker',
  };
}

const SHUTDOWN = '/etc/systemd/system.conf.d/slipway.conf';

/**
 * With live-restore the engine leaves its containers alone when it ends, so at power-off it is systemd that ends them:
 * after 90 seconds where one does not listen (DefaultTimeoutStopSec, systemd-system.conf(5)). Docker itself gives ten.
 */
export const endContainersInTime: Step = {
  title: 'end containers in time at power-off',
  done: `[ ! -d /run/systemd/system ] || [ -e ${SHUTDOWN} ]`,
  run: sh`
    mkdir -p ${SHUTDOWN.slice(0, SHUTDOWN.lastIndexOf('/'))}
    printf '[Manager]\\nDefaultTimeoutStopSec=15s\\n' | place ${SHUTDOWN} 0644
    # a restart of the engine comes with one
    if [ ! -e "$memory/pending" ]; then systemctl daemon-reload; fi
  `,
  hint: 'See whether /etc/systemd can be written on the host',
};

export function allowUser(user: string): Step {
  return {
    title: 'let the user at the engine',
    done: `id -nG ${quote(user)} | tr ' ' '\\n' | grep -qx docker`,
    run: sh`
      if have usermod; then usermod -aG docker ${quote(user)}
      else addgroup ${quote(user)} docker; fi
    `,
    hint: 'See whether there is a group "docker" on the host',
  };
}

/**
 * Writes daemon.json and makes the engine, if it runs, read it, until it says that it keeps containers over a restart,
 * or that it does not.
 */
export function setLiveRestore(facts: Facts, on: boolean, daemonJson: string, writer: 'put' | 'place'): Step {
  return {
    title: on ? 'let containers outlive a restart of the engine' : 'give up keeping containers over a restart',
    run: sh`
      ${writer} ${DAEMON_JSON} 0644 ${hereDocument(daemonJson)}
      if ! ${serviceOf(facts).isRunning}; then exit 0; fi
      ${serviceOf(facts).reload}
      tries=0
      if have docker; then
        until [ "$(${INFO} '{{.LiveRestoreEnabled}}')" = ${String(on)} ]; do
          tries=$((tries + 1))
          if [ "$tries" -gt 60 ]; then echo 'The engine did not take live-restore over'; exit 1; fi
          sleep 1
        done
      else
        sleep 5
      fi
    `,
    hint: 'See what the engine says about daemon.json: journalctl -u docker',
  };
}

const INFO = 'env -u DOCKER_HOST -u DOCKER_CONTEXT docker -H unix:///var/run/docker.sock info --format';
const FIREWALLD = 'have firewall-cmd && firewall-cmd --quiet --state 2>/dev/null';
const UFW = "have ufw && ufw status | grep -q '^Status: active'";

/** Engines since 23.0 can tell whether they would start with a file. */
function canValidate(version: string): boolean {
  return Number.parseInt(version, 10) >= 23;
}

function validate(text: string): string {
  return sh`
    draft=$(mktemp)
    trap 'rm "$draft"' EXIT
    cat >"$draft" ${hereDocument(text)}
    dockerd --validate --config-file "$draft"
  `;
}
