import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newUser, type User } from './commands/cli.ts';

let user: User;

const COMMAND = `
import { Args, Command } from '@oclif/core';
export default class Hello extends Command {
  static summary = 'Greet a machine';
  static args = { name: Args.string({ required: true }) };
  async run() {
    const { args } = await this.parse(Hello);
    this.log(\`hello \${args.name}, says \${this.config.bin}\`);
  }
}`;

/** A package with a command, as oclif's own plugin for plugins installs one: it has an @oclif/core of its own. */
beforeAll(async () => {
  user = await newUser();
  const data = join(user.home, '.local/share/slipway');
  const root = join(data, 'node_modules/hello');
  await mkdir(join(root, 'commands'), { recursive: true });
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  const oclif = { commands: './commands' };
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ name: 'hello', version: '1.0.0', type: 'module', oclif }),
  );
  await writeFile(join(root, 'commands', 'hello.js'), COMMAND);
  const plugins = [{ name: 'hello', tag: 'latest', type: 'user' }];
  await writeFile(join(data, 'package.json'), JSON.stringify({ private: true, oclif: { schema: 1, plugins } }));
});

afterAll(() => user.remove());

test("a plugin's command runs, and is among the others", async () => {
  expect(await user.slipway('hello', 'dev')).toEqual({ code: 0, stdout: 'hello dev, says slipway\n', stderr: '' });
  expect((await user.slipway('--help')).stdout).toMatch(/^ {2}hello +Greet a machine$/m);
  expect((await user.slipway('hello', '--help')).stdout).toContain('$ slipway hello NAME');
  expect((await user.slipway('complete', '--', '')).stdout).toContain('hello\tGreet a machine\n');
});

test('its mistakes are told', async () => {
  const { code, stderr } = await user.slipway('hello');
  expect(code).toBe(2);
  expect(stderr).toContain('Missing 1 required arg');
});
