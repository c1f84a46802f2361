import { codeOf } from '../../errors.ts';
import { replaceFile } from '../../files.ts';
import type { Site } from '../driver.ts';
import { chooseAccelerator } from './accelerator.ts';
import { type Boot, qemuProgram } from './command.ts';
import { openConsole } from './console.ts';
import type { Definition } from './definition.ts';
import type { MachineFiles } from './files.ts';
import { firmwareFor } from './firmware.ts';
import { ownForwards, type Ports } from './forwards.ts';
import { readJson } from './json.ts';
import { launch } from './launch.ts';

/** What is written down of an instance: whose it is, and the ports that it had last. */
export interface Instance {
  readonly key: string;
  readonly ports?: Ports;
}

/** Undefined when none was ever started here. @throws SlipwayError `broken` */
export async function readInstance(files: MachineFiles): Promise<Instance | undefined> {
  return (await readJson(files.instance)) as Instance | undefined;
}

/** Boots the machine's disk, on the ports that it had before if they are free. It may not be running. */
export async function boot(key: string, definition: Definition, files: MachineFiles, site: Site): Promise<void> {
  const previous = await readInstance(files);
  const { accel, arch, firmware, publish } = definition.settings;
  const accelerator = await chooseAccelerator(accel, arch, qemuProgram(arch));
  site.note(accelerator.reason);
  const bios = definition.image.kernel ? undefined : await firmwareFor(arch, firmware);
  await openConsole(files.console);
  const run = site.labels['slipway-run'];
  const own = { key, ...(run === undefined ? {} : { run }) };
  const common = { ...own, definition, files, accelerator, ...(bios === undefined ? {} : { firmware: bios }) };
  const on = (ports?: Ports): Boot => ({ ...common, forwards: [...ownForwards(ports), ...publish] });
  const ports = await onOneOf([on(previous?.ports), on()], site);
  await replaceFile(files.instance, `${JSON.stringify({ key, ports })}\n`);
}

/** Another program may have taken the ports of last time meanwhile; the system then chooses others. */
async function onOneOf([first, second]: readonly [Boot, Boot], site: Site): Promise<Ports> {
  try {
    return await launch(first, site.signal);
  } catch (error) {
    if (codeOf(error) !== 'failed') throw error;
    return await launch(second, site.signal);
  }
}
