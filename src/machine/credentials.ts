import { flagsOf } from '../drivers/flags.ts';
import { driverModule } from '../drivers/index.ts';
import { SlipwayError } from '../errors.ts';
import type { FlagSpecs } from '../flags.ts';
import { readMachine } from '../store/machine.ts';
import type { Work } from './work.ts';

/**
 * Hands the credentials that docker-machine's records keep to the chain in which the provider's own library looks for
 * some. They go before the environment's, since the machine is in their account; temporary ones, which have run out by
 * now, go after.
 * @throws SlipwayError `bad-input` for machines whose credentials are not the same
 */
export async function lendCredentials(work: Work, names: readonly string[], env = process.env): Promise<void> {
  const lent = new Map<string, { readonly value: string; readonly by: string }>();
  for (const name of names) {
    for (const [variable, value] of await variablesOf(work, name, env)) {
      const other = lent.get(variable);
      if (other && other.value !== value) throw different(other.by, name);
      lent.set(variable, { value, by: name });
    }
  }
  for (const [variable, { value }] of lent) env[variable] = value;
}

async function variablesOf(work: Work, name: string, env: NodeJS.ProcessEnv): Promise<(readonly [string, string])[]> {
  const machine = await readMachine(work.store, name).catch(() => undefined);
  if (!machine?.credentials) return [];
  const specs = await specsOf(work, machine.driver);
  const pairs = Object.entries(machine.credentials).flatMap(([flag, value]) => {
    const variable = specs[flag]?.env;
    return variable === undefined ? [] : [[variable, value] as const];
  });
  const isTemporary = Object.keys(machine.credentials).some((flag) => flag.endsWith('-session-token'));
  return isTemporary && pairs.some(([variable]) => env[variable]) ? [] : pairs;
}

async function specsOf({ drivers = {} }: Work, name: string): Promise<FlagSpecs> {
  if (Object.hasOwn(flagsOf, name)) return flagsOf[name as keyof typeof flagsOf];
  return Object.hasOwn(drivers, name) ? (await driverModule(name, drivers)).flags : {};
}

function different(one: string, other: string): SlipwayError {
  return new SlipwayError('bad-input', `"${one}" and "${other}" were made with different credentials`, {
    hint: 'Name them in commands of their own.',
  });
}
