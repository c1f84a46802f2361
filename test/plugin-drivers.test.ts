import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { output, run } from '../src/program.ts';
import { newUser, type User } from './commands/cli.ts';
import { typedLines } from './docs/examples.ts';
import { SSH_PORT, type StandIns, startStandIns } from './hosts/stand-ins.ts';

const PACKAGE = resolve('test/plugin-driver');
const TOKEN = 'canary-4f1c';

interface Rack {
  readonly url: string;
  lent(): { readonly id: string; readonly on: boolean; readonly labels: Readonly<Record<string, string>> }[];
  close(): Promise<void>;
}
interface Host {
  readonly id: string;
  readonly address: string;
  readonly userData: string;
}
// A path in a variable: the package is not part of what the compiler reads here.
const { startRack } = (await import(join(PACKAGE, 'rack.js'))) as { startRack(options: object): Promise<Rack> };

let hosts: StandIns;
let rack: Rack;
let user: User;
let plugins: string;

/** The packages are copied as npm would fetch them, and oclif is told, in the words of docs/drivers/writing.md. */
beforeAll(async () => {
  hosts = await startStandIns();
  rack = await startRack({ token: TOKEN, power, sshPort: SSH_PORT });
  user = await newUser({ RACK_URL: rack.url, RACK_TOKEN: TOKEN });
  plugins = join(user.home, '.local/share/slipway');
  const folders = `${PACKAGE} ${resolve('.')}`;
  for (const line of typedLines('docs/drivers/writing.md').filter((each) => each.startsWith('npm '))) {
    await user.run(
      'bash',
      '-ec',
      line.replace('npm install', `npm install ${OFFLINE}`).replace(/ slipway-rack$/, ` ${folders}`),
    );
  }
});

afterAll(async () => {
  await user.remove();
  await rack.close();
  await hosts.close();
});

const OFFLINE = '--offline --install-links --ignore-scripts --no-audit --no-fund --no-update-notifier';

async function power(how: string, { id, address, userData }: Host): Promise<void> {
  const body = JSON.stringify({ id, public: address, userData: Buffer.from(userData).toString('base64') });
  await fetch(`${hosts.url}/${how}`, { method: 'POST', body });
}

test('the page on writing a driver shows this one, and how its package names it', async () => {
  const page = await readFile('docs/drivers/writing.md', 'utf8');
  const { slipway } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  expect(page).toContain(`\`\`\`js\n${await readFile(join(PACKAGE, 'driver.js'), 'utf8')}\`\`\`\n`);
  expect(page).toContain(`\`\`\`js\n${await readFile(join(PACKAGE, 'test/driver.test.js'), 'utf8')}\`\`\`\n`);
  expect(page).toContain(`"slipway": ${JSON.stringify(slipway).replaceAll(/(?<=[{:])(?=["{])|(?=\})/g, ' ')}`);
});

describe("a plugin's driver is among ours", () => {
  const stdout = async (...words: string[]) => (await user.slipway(...words)).stdout;

  test('in the list, in help and in completion', async () => {
    expect(await stdout('drivers')).toMatch(/^rack +A host from the rack$/m);
    expect(await stdout('drivers', 'rack')).toMatch(/^--rack-size +RACK_SIZE +small +How large a host$/m);
    expect(await stdout('create', '-d', 'rack', '--help')).toContain('DRIVER RACK FLAGS\n');
    expect(await stdout('create', '--help')).not.toContain('--rack-');
    expect(await stdout('gc', '--help')).toContain('--rack-shelf=');
    expect(await stdout('gc', '--help')).not.toContain('--rack-size');
    expect(await stdout('complete', '--', 'create', '-d', '')).toContain('rack\t\n');
    expect(await stdout('complete', '--', 'create', '-d', 'rack', '--')).toContain('--rack-size\tHow large a host\n');
    expect(await stdout('complete', '--', 'create', '--')).not.toContain('--rack-');
    expect(await stdout('complete', '--', 'create', '-d', 'rack', '--rack-size', '')).toBe('small\t\nlarge\t\n');
  });

  test('and what is typed wrong is told as of ours', async () => {
    const failed = async (...words: string[]) => (await user.slipway('create', ...words, 'dev')).stderr;
    expect(await failed('--rack-size', 'small')).toContain('--rack-size is not a flag of the driver "qemu"');
    expect(await failed('-d', 'rack', '--rack-shelf', '../x')).toContain(
      'Error: "../x" is no shelf\n  A shelf is one word',
    );
    expect(await failed('-d', 'rack', '--rack-token', 'other')).toContain(
      'Error: The rack does not take your token: unknown token\n',
    );
    expect(rack.lent()).toEqual([]);
  });
});

describe('a machine of a plugin', () => {
  test('is made, and listed with its state', async () => {
    const made = await user.slipway('create', '-d', 'rack', '--type', 'large', '--progress', 'plain', 'dev');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^"dev" is ready\./) });
    const [row] = JSON.parse((await user.slipway('ls', '--json', '-t', '20')).stdout);
    expect(row).toMatchObject({ name: 'dev', driver: 'rack', state: 'Running', engine: expect.stringMatching(/^\d/) });
    expect(rack.lent()).toMatchObject([{ size: 'large', labels: { 'slipway-machine': 'dev' } }]);
  });

  test('without its token being kept', async () => {
    expect((await user.run('grep', '-r', TOKEN, user.home)).code).toBe(1);
  });

  test('is switched off and on', async () => {
    await user.slipway('stop', 'dev');
    expect((await user.slipway('status', 'dev')).stdout).toBe('Stopped\n');
    await user.slipway('start', 'dev');
    expect((await user.slipway('status', 'dev')).stdout).toBe('Running\n');
  });

  test('goes with rm', async () => {
    expect(await user.slipway('rm', '--yes', '--quiet', 'dev')).toMatchObject({
      code: 0,
      stdout: '"dev" is removed.\n',
    });
    expect(rack.lent()).toEqual([]);
  });

  test('is found by gc where no record knows it', async () => {
    const again = await user.slipway('create', '-d', 'rack', '--rack-shelf', 'bottom', 'lost');
    expect(again.code).toBe(0);
    await rm(user.store.machine('lost').folder, { recursive: true });
    const swept = await user.slipway('gc', '--yes', '-d', 'rack', '--rack-shelf', 'top,bottom');
    expect(swept).toMatchObject({ code: 0, stdout: expect.stringContaining('"lost" is removed.\n') });
    expect(rack.lent()).toEqual([]);
  });

  test('is listed with the reason where its plugin is gone', async () => {
    const name = join(plugins, 'package.json');
    const pjson = await readFile(name, 'utf8');
    await user.add('orphan', { driver: 'rack', flags: {}, adopted: false });
    await writeFile(name, '{}');
    const [row] = JSON.parse((await user.slipway('ls', '--json')).stdout);
    expect(row).toMatchObject({ state: 'Unreachable', error: 'There is no driver "rack"' });
    await writeFile(name, pjson);
    expect((await user.slipway('rm', '--yes', 'orphan')).code).toBe(0);
  });
});

describe("for docker-machine's own command", () => {
  const machine = (...words: string[]) => user.run('env', '-u', 'RACK_TOKEN', 'docker-machine', ...words);

  test('a plugin’s driver is found, and what it was told is kept as docker-machine kept it', async () => {
    const help = (await machine('create', '-d', 'rack', '--help')).stdout;
    expect(help).toMatch(/--rack-size "small" +.+ \[\$RACK_SIZE\]/);
    const words = ['-d', 'rack', '--rack-token', TOKEN, '--rack-size', 'large'];
    expect(await machine('create', ...words, 'old')).toMatchObject({ code: 0, stderr: '' });
    expect(rack.lent()).toMatchObject([{ size: 'large', labels: { 'slipway-machine': 'old' } }]);
    expect((await machine('ls', '--format', '{{.Name}} {{.DriverName}} {{.State}}')).stdout).toBe('old rack Running\n');
    expect((await machine('stop', 'old')).code).toBe(0);
    expect((await machine('status', 'old')).stdout).toBe('Stopped\n');
  });

  test('and taken over with its machine', async () => {
    expect(await user.slipway('import', '--quiet', 'old')).toMatchObject({ code: 0, stderr: '' });
    expect((await user.slipway('status', 'old')).stdout).toBe('Stopped\n');
    expect((await user.slipway('rm', '--yes', '--quiet', 'old')).stdout).toBe('"old" is removed.\n');
    expect(rack.lent()).toEqual([]);
  });
});

describe('a plugin that is broken', () => {
  let file: string;
  let whole: string;

  beforeAll(async () => {
    file = join(plugins, 'node_modules/slipway-rack/driver.js');
    whole = await readFile(file, 'utf8');
  });

  afterAll(() => writeFile(file, whole));

  test.each([
    ['throw new Error("no such library");', 'no such library'],
    ['export default {};', 'its file exports no driver by default'],
    [
      'export default { summary: "", driver() {}, flags: { driver: { kind: "string", summary: "" } } };',
      'its flag --driver does not begin with "rack-"',
    ],
  ])('is told of: %s', async (text, reason) => {
    await writeFile(file, text);
    const sentence = `The driver "rack" of the plugin "slipway-rack" cannot be used: ${reason}`;
    const lines = (await user.slipway('drivers')).stdout.split('\n');
    expect(lines.map((line) => line.replace(/ {2,}/, '  '))).toContain(`rack  ${sentence}`);
    const { code, stderr } = await user.slipway('create', '-d', 'rack', '--rack-size', 'large', 'dev');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `Error: ${sentence}\n  It takes another version of "slipway-rack", or of Slipway.\n`,
    });
  });

  test("and stands in nobody's way", async () => {
    expect(await user.slipway('ls')).toMatchObject({ code: 0, stderr: '' });
    expect((await user.slipway('create', '-d', 'generic', 'x')).stderr).toContain('needs the address of the host');
    expect(await user.slipway('complete', '--', 'create', '-d', 'gen')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('who writes a driver', () => {
  let folder: string;

  /** As the author has it: outside of Slipway's own folders, with Slipway installed in it. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-rack-'));
    await cp(PACKAGE, folder, { recursive: true });
    await mkdir(join(folder, 'node_modules'));
    await cp(join(plugins, 'node_modules/slipway'), join(folder, 'node_modules/slipway'), { recursive: true });
  });

  afterAll(() => rm(folder, { recursive: true }));

  test('can run the contract', async () => {
    const { code, stdout } = await run('npm', ['test', '--prefix', folder], { cwd: folder, env: process.env });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('fail 0\n') });
    expect(stdout).toContain('is found by its key, part by part, and removed');
  });

  test('has the types', async () => {
    const compilerOptions = {
      allowJs: true,
      checkJs: true,
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      types: ['node'],
      typeRoots: [resolve('node_modules/@types')],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['driver.js'] }));
    expect(await output(resolve('node_modules/.bin/tsc'), ['--project', folder])).toBe('');
    const driver = join(folder, 'driver.js');
    await writeFile(driver, (await readFile(driver, 'utf8')).replace("kind: 'string',", "kind: 'text',"));
    const { stdout } = await run(resolve('node_modules/.bin/tsc'), ['--project', folder]);
    expect(stdout).toContain(`'"text"' is not assignable`);
  });
});
