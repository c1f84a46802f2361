import { sentenceOf } from '../errors.ts';
import { type ClientSettings, clientSettings } from '../machine/client.ts';
import { engineUrl } from '../machine/context.ts';
import { askEngine } from '../machine/engine.ts';
import type { Work } from '../machine/work.ts';
import { readConfig } from '../store/docker-machine/config.ts';
import type { OldFlag } from './arguments.ts';
import { sentence } from './errors.ts';
import { loaded, mustRun } from './machines.ts';

export const swarmFlag: OldFlag = {
  names: ['swarm'],
  kind: 'bool',
  summary: "The swarm's manager, which is the machine itself",
};

/** For so long docker-machine waited for an engine to be dialled; in milliseconds. */
const LIMIT = 20_000;

/**
 * Where the engine answers, once it has answered: callers take this command for the proof that a machine is well.
 * @throws Error in docker-machine's words
 */
export async function checkedSettings(work: Work, name: string, swarm: boolean): Promise<ClientSettings> {
  const machine = await loaded(work, name);
  if (swarm) await mustBeMaster(work, name);
  const settings = await clientSettings(work, name);
  await askEngine(work, machine, LIMIT).catch(async (error: unknown) => {
    await mustRun(work, machine);
    throw sentence(
      `Error checking and/or regenerating the certs: There was an error validating certificates for host "${
        new URL(engineUrl(machine)).host
      }": ${sentenceOf(error)}
You can attempt to regenerate them using 'docker-machine regenerate-certs [name]'.
Be advised that this will trigger a Docker daemon restart which might stop running containers.
`,
    );
  });
  return settings;
}

async function mustBeMaster(work: Work, name: string): Promise<void> {
  const { SwarmOptions } = (await readConfig(work.store, name)).HostOptions;
  if (SwarmOptions.Master === true) return;
  throw sentence(`"${name}" is not a swarm master. The --swarm flag is intended for use with swarm masters`);
}
