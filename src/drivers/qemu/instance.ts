import { rm } from 'node:fs/promises';
import { SlipwayError } from '../../errors.ts';
import { replaceFile } from '../../files.ts';
import type { Part, Site } from '../driver.ts';
import { type Definition, readDefinition } from './definition.ts';
import { filesOf } from './files.ts';
import { guestsOf } from './guest.ts';
import { endGuest } from './quit.ts';
import { boot, readInstance } from './start.ts';

/** The machine's QEMU. It is the same instance on and off, and after this computer's restart: its id is its key. */
export function instancePart(site: Site): Part {
  const files = filesOf(site.folder);
  return {
    kind: 'instance',
    async create(key) {
      const definition = await definitionOf(site);
      await replaceFile(files.instance, `${JSON.stringify({ key })}\n`);
      await boot(key, definition, files, site);
      return key;
    },
    async find(key) {
      const known = (await readInstance(files))?.key === key;
      return known || (await guestsOf(key)).length > 0 ? key : undefined;
    },
    async destroy(id) {
      await endGuest(id, files.socket);
      if ((await readInstance(files))?.key !== id) return;
      for (const file of [files.socket, files.console, files.log, files.instance]) await rm(file, { force: true });
    },
  };
}

/** @throws SlipwayError `not-found` when the machine's folder is gone */
export async function definitionOf(site: Site): Promise<Definition> {
  const definition = await readDefinition(filesOf(site.folder).definition);
  if (definition) return definition;
  throw new SlipwayError('not-found', `The disk of "${site.machine}" is not in "${site.folder}" any more`, {
    hint: `Remove the machine: slipway rm ${site.machine}`,
  });
}
