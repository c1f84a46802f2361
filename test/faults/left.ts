import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a store may hold when it has no machines, and what docker's command line and the tests make themselves. */
const INNOCENT = [
  /^store\/id$/,
  /^store\/authorities\/(current|[0-9a-f]{8}\/(authority|client)\.pem)$/,
  // An authority is the store's, and begun beside the check: what a death leaves of one, the next create clears.
  /^store\/authorities\/[0-9a-f]{8}\.draft\//,
  /^docker\/config\.json$/,
  /^journal$/,
  /^bin\/(slipway|docker-machine)$/,
];
const INNOCENT_FOLDERS =
  /^(store|docker|tmp|bin)$|^store\/(locks|machines|cache|authorities(\/[0-9a-f]{8}(\.draft)?)?)$|^docker\/contexts(\/(meta|tls))?$/;

/** The files and folders of a home that would not be there if there had never been a machine. */
export async function filesLeft(home: string): Promise<string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => ({
      isFolder: entry.isDirectory(),
      path: join(entry.parentPath, entry.name).slice(home.length + 1),
    }))
    .filter(
      ({ isFolder, path }) => !(isFolder ? INNOCENT_FOLDERS.test(path) : INNOCENT.some((each) => each.test(path))),
    )
    .filter(({ path }) => !/^(store\/cache|\.cache)(\/|$)/.test(path))
    .map(({ path }) => path);
}
