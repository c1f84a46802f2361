import type { Made } from '../driver.ts';
import { ifThere } from './failures.ts';
import { instancePath } from './instance.ts';
import type { Place } from './place.ts';

/** What the serial port has kept: the last megabyte. */
export async function readConsole({ google, ...place }: Place, made: Made): Promise<string | undefined> {
  const path = instancePath({ google, ...place }, made);
  if (path === undefined) return undefined;
  const { project, zone = '', name } = path;
  const which = { project, zone, instance: name };
  const output = await ifThere(google.ask(({ instances }, o) => instances.getSerialPortOutput(which, o)));
  return output?.contents ?? undefined;
}
