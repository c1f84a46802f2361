import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Interfaces } from '@oclif/core';
import type { DriverModule } from '../drivers/driver.ts';
import type { DriverTable } from '../drivers/index.ts';
import { SlipwayError } from '../errors.ts';

/**
 * The drivers that plugins bring, as their package.json names them: "slipway": { "drivers": { "NAME": "./FILE" } }. oclif
 * has read that file already, and no other is read until its driver is used.
 */
export function pluginDrivers({ plugins }: Pick<Interfaces.Config, 'plugins'>): DriverTable {
  const named = [...plugins.values()].flatMap((plugin) =>
    Object.entries(driversIn(plugin.pjson)).map(([name, file]) => [name, () => load(plugin, name, file)] as const),
  );
  return Object.fromEntries(named.toReversed()); // of two drivers of one name the first is taken
}

/**
 * The same for a program that is not oclif's.
 * @param root the folder of Slipway's package.json
 */
export async function installedDrivers(
  root: string,
  pjson: Interfaces.PJSON,
  env: NodeJS.ProcessEnv,
): Promise<DriverTable> {
  if (!existsSync(pluginList(env))) return {}; // to read what oclif keeps takes oclif
  const { oclifConfig } = await import('./oclif-config.ts');
  return pluginDrivers(await oclifConfig(root, pjson));
}

/** Where oclif notes which plugins there are. */
function pluginList({ HOME, LOCALAPPDATA, XDG_DATA_HOME }: NodeJS.ProcessEnv): string {
  const data =
    XDG_DATA_HOME || (process.platform === 'win32' && LOCALAPPDATA) || join(HOME || homedir(), '.local', 'share');
  return join(data, 'slipway', 'package.json');
}

function driversIn(pjson: Interfaces.PJSON): Readonly<Record<string, string>> {
  const { slipway } = pjson as { slipway?: { drivers?: Readonly<Record<string, string>> } };
  return slipway?.drivers ?? {};
}

async function load({ name: plugin, root }: Interfaces.Plugin, name: string, file: string) {
  try {
    const { default: module } = (await import(pathToFileURL(join(root, file)).href)) as { default: DriverModule };
    checkShape(name, module);
    return { default: module };
  } catch (cause) {
    throw new SlipwayError('broken', `The driver "${name}" of the plugin "${plugin}" cannot be used`, {
      cause,
      hint: `It takes another version of "${plugin}", or of Slipway.`,
    });
  }
}

/** What would otherwise be told as a fault of Slipway, or stand in the way of other flags. */
function checkShape(name: string, module: DriverModule): void {
  if (!/^[a-z][a-z0-9]*$/.test(name)) throw new Error("a driver's name consists of small letters and figures");
  const { summary, flags, driver } = module ?? {};
  const isDriver = typeof summary === 'string' && typeof flags === 'object' && typeof driver === 'function';
  if (!isDriver) throw new Error('its file exports no driver by default');
  const stranger = Object.keys(flags).find((flag) => !flag.startsWith(`${name}-`));
  if (stranger !== undefined) throw new Error(`its flag --${stranger} does not begin with "${name}-"`);
}
