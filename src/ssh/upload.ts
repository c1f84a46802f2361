import { SlipwayError } from '../errors.ts';
import { lastLines } from '../program.ts';
import type { Link } from './link.ts';
import { quote } from './quote.ts';
import { run } from './run.ts';

/**
 * Replaces a file on the host as a whole: a reader, or a connection lost half way, finds the old content or the new. A
 * POSIX shell there is enough.
 * @param path absolute, or from the user's home; its folder must exist
 * @param mode the permissions, 0o600 when absent
 * @throws SlipwayError `failed` with what the host said
 */
export async function upload(
  link: Link,
  path: string,
  content: string | Uint8Array,
  { mode = 0o600, signal }: { mode?: number; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const command = `sh -c ${quote(scriptFor(path, Buffer.byteLength(content), mode))}`;
  const { code, stderr } = await run(link, command, { input: content, signal });
  if (code === 0) return;
  throw new SlipwayError('failed', `"${path}" could not be written on "${link.place}"`, {
    cause: new Error(lastLines(stderr, 3) || `exit code ${code}`),
    hint: 'Check that its folder exists, may be written to, and that the disk is not full.',
  });
}

/** One line, since not every login shell takes a quoted line end. The size tells a content that was cut off. */
function scriptFor(path: string, size: number, mode: number): string {
  const file = quote(path.startsWith('-') ? `./${path}` : path);
  return [
    'set -e',
    'umask 077',
    `if [ -d ${file} ]; then echo "it is a folder" >&2; exit 1; fi`,
    `draft=$(mktemp ${file}.XXXXXX)`,
    `trap 'rm -f "$draft"' EXIT`,
    "trap 'exit 1' HUP INT PIPE TERM", // not every shell passes EXIT when one of these ends it
    'cat > "$draft"',
    `if [ "$(wc -c < "$draft")" -ne ${size} ]; then echo "it arrived incomplete" >&2; exit 1; fi`,
    `chmod ${mode.toString(8)} "$draft"`,
    `mv -f "$draft" ${file}`,
  ].join('; ');
}
