import { SlipwayError } from '../../errors.ts';
import { replaceFile } from '../../files.ts';
import type { Image } from './image.ts';
import { readJson } from './json.ts';
import type { Settings } from './settings.ts';

/** What a machine is made of, decided when it was made: later starts need nothing else. */
export interface Definition {
  readonly version: 1;
  /** Of the disk. */
  readonly key: string;
  /** Whom to log in as. */
  readonly user: string;
  readonly image: Image;
  readonly settings: Omit<Settings, 'image'>;
}

export async function writeDefinition(path: string, definition: Definition): Promise<void> {
  await replaceFile(path, `${JSON.stringify(definition, undefined, 2)}\n`);
}

/** Undefined when there is none. @throws SlipwayError `broken` */
export async function readDefinition(path: string): Promise<Definition | undefined> {
  const written = (await readJson(path)) as Partial<Definition> | undefined;
  if (written === undefined) return undefined;
  const { version, key, user, image, settings } = written;
  if (version === 1 && key && user && image && settings) return { version, key, user, image, settings };
  throw new SlipwayError('broken', `The definition "${path}" is not one that this version understands`);
}
