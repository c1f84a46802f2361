import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newUser, type User } from '../commands/cli.ts';
import { consoleExamples } from '../docs/examples.ts';
import { sharedImages } from '../drivers/site.ts';

let user: User;

beforeAll(async () => {
  user = await newUser();
  await mkdir(sharedImages, { recursive: true });
  await mkdir(user.store.cache, { recursive: true });
  await symlink(sharedImages, join(user.store.cache, 'qemu'));
  await copyFile('README.md', join(user.home, 'README.md'));
});

afterAll(async () => {
  await user.slipway('rm', '--all', '--yes');
  await user.remove();
});

/** Which image and accelerator are there depends on the computer. */
const depends = (line: string) => line.startsWith('dev: qemu:');

/** Numbers, digests and the width of columns differ from time to time. */
function shape(line: string): string {
  return line
    .replace(/[0-9a-f]{64}/g, '#')
    .replace(/\d+/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

test("a new user's first five minutes go as the README shows them", async () => {
  const examples = consoleExamples('README.md');
  expect(examples.length).toBeGreaterThan(8);
  for (const { command, output } of examples) {
    const { code, stdout, stderr } = await user.run('bash', '-c', command);
    expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' });
    const printed = `${stderr}\n${stdout}`.split('\n').map(shape);
    const promised = output.filter((line) => line.trim() !== '' && !depends(line)).map(shape);
    expect({ command, printed: inOrder(promised, printed) }).toEqual({ command, printed: promised });
  }
}, 900_000);

/** Those of the lines that were printed, in this order. */
function inOrder(lines: readonly string[], printed: readonly string[]): string[] {
  let from = 0;
  return lines.filter((line) => {
    const at = printed.indexOf(line, from);
    if (at < 0) return false;
    from = at + 1;
    return true;
  });
}
