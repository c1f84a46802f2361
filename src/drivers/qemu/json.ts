import { readFile } from 'node:fs/promises';
import { codeOf, SlipwayError } from '../../errors.ts';

/** What a file of ours says; undefined when there is no such file. @throws SlipwayError `broken` */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new SlipwayError('broken', `The file "${path}" cannot be understood`, { cause });
  }
}
