import { argumentsOf } from './arguments.ts';
import type { Facts } from './facts.ts';
import { type Step, sh } from './step.ts';

/** Where docker-machine says how dockerd is started. */
const DROP_IN = '/etc/systemd/system/docker.service.d/10-machine.conf';

/**
 * Takes docker-machine's settings of the engine out of use, so that ours can take their place. The engine goes on running
 * as it does until it is started again.
 */
export const leaveDockerMachine: readonly Step[] = [
  {
    title: "put docker-machine's settings aside",
    done: `[ ! -e ${DROP_IN} ]`,
    run: sh`
      mv -f ${DROP_IN} ${DROP_IN}.before-slipway
      systemctl daemon-reload
    `,
    hint: 'See whether /etc/systemd can be written on the host',
  },
];

/** What the host is once its engine has been started without docker-machine's settings. */
export function withoutDockerMachine(facts: Facts): Facts {
  const { engine } = facts;
  return engine ? { ...facts, engine: { ...engine, args: argumentsOf({ ...engine, running: false }) } } : facts;
}
