import type { Facts } from './facts.ts';
import { sh } from './step.ts';

/** How the engine's service is handled; shell texts. */
export interface Service {
  isEnabled: string;
  enable: string;
  disable: string;
  isRunning: string;
  /** Neither running nor trying to: somebody stopped it. */
  isStopped: string;
  start: string;
  /** Prints why, where it does not come up. */
  restart: string;
  /** Makes the service's next start that of its present files. */
  reread: string;
  /** Makes the running engine read daemon.json again. */
  reload: string;
}

/** The service manager of the host; systemd where it is none that we know, since setUp has refused that before. */
export function serviceOf(facts: Pick<Facts, 'init'>): Service {
  return facts.init === 'openrc' ? openrc : systemd;
}

const systemd: Service = {
  // Most are by this link, and a program less is started.
  isEnabled:
    '{ [ -L /etc/systemd/system/multi-user.target.wants/docker.service ] || systemctl is-enabled --quiet docker.service; }',
  enable: 'systemctl enable docker.service',
  disable: 'systemctl disable docker.service',
  isRunning: 'systemctl is-active --quiet docker.service',
  isStopped: '[ "$(systemctl is-active docker.service)" = inactive ]',
  start: 'systemctl start docker.service',
  restart: sh`
    systemctl daemon-reload
    again() {
      # it may just have been started too often of late
      systemctl reset-failed docker.service docker.socket 2>/dev/null || true
      systemctl restart docker.service
    }
    if ! systemctl restart docker.service && ! again; then
      journalctl --unit docker.service --lines 20 --no-pager --output cat || true
      exit 1
    fi
  `,
  reread: 'systemctl daemon-reload',
  reload: sh`
    pid=$(systemctl show -p MainPID --value docker.service)
    [ "$pid" -gt 0 ] # 0 would be ourselves
    kill -HUP "$pid"
  `,
};

const openrc: Service = {
  isEnabled: "rc-update show default | grep -q '^ *docker '",
  enable: 'rc-update add docker default',
  disable: 'rc-update del docker default',
  isRunning: 'rc-service --quiet docker status',
  isStopped: 'rc-service docker status 2>&1 | grep -q stopped',
  start: 'rc-service docker start',
  restart: sh`
    if ! rc-service docker restart; then
      tail -n 20 /var/log/docker.log || true
      exit 1
    fi
  `,
  reread: ':',
  reload: 'pkill -HUP -x dockerd',
};
