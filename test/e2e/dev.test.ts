import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  createAuthority,
  createClient,
  createServer as createServerCertificate,
  type Pair,
} from '../../src/certs/index.ts';
import { guestsOf } from '../../src/drivers/qemu/guest.ts';
import { version } from '../../src/engine/index.ts';
import { waitFor } from '../../src/poll.ts';
import type { ProgressEvent } from '../../src/progress.ts';
import { fingerprint, generateKey } from '../../src/ssh/index.ts';
import type { Machine } from '../../src/store/machine.ts';
import { openScreen } from '../terminal/screen.ts';
import { askAs, authorityIn, clientOf, shownBy } from './engine.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';
import { commandLinesDuring, filesBelow, openToOthers, secretLines, tracesOf } from './traces.ts';

jest.setTimeout(BUSY);

const DAY = 24 * 3600_000;
let owner: Owner;
/** All that commands printed for a person, and the command lines of the time of `create`: no secret may be in it. */
const printed: string[] = [];

beforeAll(async () => {
  owner = await newOwner();
});

afterAll(() => owner.remove());

async function slipway(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await owner.slipway(...words);
  printed.push(stdout, stderr);
  if (code !== 0) throw new Error(`slipway ${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

const docker = (...words: string[]) => owner.docker('dev', ...words);
const onMachine = async (command: string) => (await slipway('ssh', 'dev', command)).trimEnd();
const urlOf = async () => (await slipway('url', 'dev')).trimEnd();

describe('slipway create', () => {
  test('makes a machine, tells each stage as JSON, and ends with what to type next', async () => {
    printed.push(
      ...(await commandLinesDuring(async () => {
        const { code, stdout, stderr } = await owner.slipway('create', '--debug', '--progress', 'json', 'dev');
        printed.push(stdout, stderr);
        expect({ code, stdout }).toEqual({
          code: 0,
          stdout: [
            '"dev" is ready. What to type next:',
            '  docker --context dev ps     one docker command on it',
            '  slipway use dev             all docker commands from now on',
            '  eval "$(slipway env dev)"   the docker commands of this shell',
            '',
          ].join('\n'),
        });
        expectWellFormed(stderr);
      })),
    );
    expect(await docker('version', '--format', '{{.Server.Version}}')).toMatch(/^\d+\.\d+/);
  });

  test('keeps all that it writes from others', async () => {
    expect(await openToOthers(owner.store.root)).toEqual([]);
    expect(await openToOthers(join(owner.env.DOCKER_CONFIG ?? '', 'contexts', 'tls'))).toEqual([]);
  });
});

/** Each line one event, each stage started and then done, with the seconds that it took. */
function expectWellFormed(lines: string): void {
  const events = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ProgressEvent);
  const stages = events.filter(({ state }) => state === 'started').map(({ stage }) => stage);
  expect(stages).toEqual(expect.arrayContaining(['check', 'make the disk', 'wait for SSH', 'wait for the engine']));
  for (const event of events) {
    expect(event).toEqual({
      machine: 'dev',
      stage: expect.any(String),
      state: expect.stringMatching(/^(started|at|note|done)$/),
      ...(event.state === 'note' || event.state === 'at' ? { detail: expect.any(String) } : {}),
      ...(event.state === 'done' ? { seconds: expect.any(Number) } : {}),
    });
  }
  for (const stage of new Set(stages)) {
    const turns = events.filter((event) => event.stage === stage && /^(started|done)$/.test(event.state));
    const states = turns.map(({ state }) => state);
    expect(states.join(' ')).toMatch(/^started done( started done)*$/);
  }
}

describe('docker, through the context', () => {
  test('builds an image and runs containers', async () => {
    await owner.buildTools('dev');
    expect(await docker('run', '--rm', 'tools', 'echo', 'hello')).toBe('hello');
    await docker('run', '--detach', '--name', 'beat', 'tools', 'sh', '-c', BEAT);
    await beats();
  });

  test('is let in by its certificate only', async () => {
    const url = await urlOf();
    const own = await clientOf(owner, 'dev');
    const { tls } = await owner.record('dev');
    const authority = await authorityIn(owner, tls.authority ?? '');
    const late = await createClient(authority, 'late', new Date(Date.now() - 398 * DAY));
    const foreign = await createClient(await createAuthority('foreign'), 'foreign');

    expect(await askAs(owner, url, own)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d/) });
    expect(await askAs(owner, url, { ca: own.ca })).toMatchObject({ code: 1, stderr: expect.stringMatching(/tls: /) });
    for (const pair of [late, foreign]) {
      const refused = await askAs(owner, url, { ca: own.ca, ...pair });
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/tls: (bad|expired|unknown) certificate/),
      });
    }
    expect(await owner.run('docker', '--host', url, 'version')).toMatchObject({ code: 1 });
  });

  test('does not talk to an engine that another authority signed for', async () => {
    const url = await urlOf();
    const { ca: _, ...pair } = await clientOf(owner, 'dev');
    const { cert: ca } = await createAuthority('foreign');
    expect(await askAs(owner, url, { ca, ...pair })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('x509: certificate signed by unknown authority'),
    });
    const { hostname: host, port } = new URL(url);
    await expect(version({ host, port: Number(port), ca, ...pair })).rejects.toMatchObject({ code: 'unsafe' });
  });
});

/** Counts, and does not listen to those who would end it. */
const BEAT = 'trap "" TERM; i=0; while :; do i=$((i + 1)); echo $i; sleep 1; done';

/** What the counting container has printed, once it has counted on from now. */
async function beats(): Promise<number[]> {
  const numbers = async () => (await docker('logs', 'beat')).split('\n').filter(Boolean).map(Number);
  const before = (await numbers()).length;
  return waitFor({ what: 'the container to count on', limit: 60_000 }, async () => {
    const now = await numbers();
    return now.length > before ? now : undefined;
  });
}

const life = () => docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}} {{.State.Pid}}', 'beat');

/** Does the work, and sees that the container has been the same all the while, and has missed no number. */
async function whileItBeats(work: () => Promise<unknown>): Promise<void> {
  const before = await life();
  await work();
  expect(await life()).toBe(before);
  const counted = await beats();
  expect(counted).toEqual(counted.map((_, index) => index + 1));
}

describe('slipway ssh', () => {
  const CLIENTS = [
    ['the system’s ssh', []],
    ['its own', ['--native-ssh']],
  ] as const;

  describe.each(CLIENTS)('with %s', (_, flags) => {
    const ssh = (...words: string[]) => owner.slipway('ssh', ...flags, 'dev', ...words);

    test('gives the exit code of the command', async () => {
      expect(await ssh('exit', '7')).toMatchObject({ code: 7 });
      expect(await ssh('echo out; echo err >&2')).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' });
    });

    test('passes bytes in and out as they are', async () => {
      const bytes = randomBytes(300_000);
      const { code, stdout } = await owner.pipe(bytes, 'slipway', 'ssh', ...flags, 'dev', 'cat');
      expect({ code, same: stdout.equals(bytes) }).toEqual({ code: 0, same: true });
    });

    test('refuses another host key, and names both', async () => {
      const record = await owner.record('dev');
      const other = await generateKey('other');
      await writeRecord({ ...record, hostKeys: [other.publicKey] });
      const { code, stderr } = await ssh('echo inside');
      await writeRecord(record);
      expect(code).not.toBe(0);
      expect(stderr).toContain(fingerprint(other.publicKey));
      for (const key of record.hostKeys) expect(stderr).toContain(fingerprint(key));
    });

    test('opens a shell on a terminal, which follows its size and hears Ctrl-C', async () => {
      const words = ['slipway', 'ssh', ...flags, 'dev'];
      const screen = await openScreen(words, { env: owner.env, columns: 70, rows: 20, patience: 60_000 });
      try {
        const type = async (line: string) => {
          await screen.shows(/\$$/);
          await screen.type(`${line}\n`);
        };
        await type('stty size');
        await screen.shows(/^20 70$/m);
        await screen.resize(90, 25);
        await type('stty size');
        await screen.shows(/^25 90$/m);
        await type('echo begun; sleep 1000');
        await screen.shows(/^begun$/m);
        await screen.press('C-c');
        await type('echo code $?');
        await screen.shows(/^code 130$/m);
        await type('exit 3');
        expect(await screen.ended()).toBe(3);
      } finally {
        await screen.close();
      }
    });
  });

  test('tells by which signal the command ended', async () => {
    expect(await owner.slipway('ssh', '--native-ssh', 'dev', 'kill -TERM $$')).toMatchObject({ code: 128 + 15 });
  });
});

async function writeRecord(machine: Machine): Promise<void> {
  await writeFile(owner.store.machine(machine.name).record, JSON.stringify(machine));
}

describe('slipway scp', () => {
  test('copies files and folders both ways', async () => {
    const here = join(owner.home, 'files');
    await mkdir(join(here, 'tree', 'below'), { recursive: true });
    const bytes = randomBytes(100_000);
    await writeFile(join(here, 'a b$.bin'), bytes);
    await writeFile(join(here, 'tree', 'below', 'leaf'), 'leaf\n');
    await slipway('scp', join(here, 'a b$.bin'), 'dev:there.bin');
    await slipway('scp', '-q', 'dev:there.bin', join(here, 'back.bin'));
    expect(await readFile(join(here, 'back.bin'))).toEqual(bytes);
    await slipway('scp', '-r', join(here, 'tree'), 'dev:tree');
    await slipway('scp', '-r', 'dev:tree', join(here, 'again'));
    expect(await readFile(join(here, 'again', 'below', 'leaf'), 'utf8')).toBe('leaf\n');
  });
});

describe('what tells about a machine', () => {
  test('ls, status, ip, url, active and inspect agree', async () => {
    const { endpoint, tls } = await owner.record('dev');
    const url = `tcp://127.0.0.1:${endpoint?.enginePort}`;
    await slipway('use', 'dev');
    expect(JSON.parse(await slipway('ls', '--json', '--timeout', '60'))).toEqual([
      {
        name: 'dev',
        active: true,
        driver: 'qemu',
        state: 'Running',
        url,
        engine: await docker('version', '--format', '{{.Server.Version}}'),
        expires: tls.expires,
      },
    ]);
    expect(await slipway('status', 'dev')).toBe('Running\n');
    expect(await slipway('ip', 'dev')).toBe('127.0.0.1\n');
    expect(await slipway('url', 'dev')).toBe(`${url}\n`);
    expect(await slipway('active')).toBe('dev\n');
    expect(JSON.parse(await slipway('inspect', 'dev'))).toEqual(await owner.record('dev'));
    expect(await owner.does('docker', 'context', 'show')).toBe('dev\n');
  });

  test('env and config lead docker to the machine', async () => {
    const script =
      'eval "$(slipway env dev)" && docker info --format {{.Name}} && docker $(slipway config dev) ps -q --no-trunc';
    const container = await docker('ps', '--quiet', '--no-trunc');
    expect(await owner.does('bash', '-c', script)).toBe(`dev\n${container}\n`);
  });

  test('doctor finds nothing to mend', async () => {
    const findings = JSON.parse(await slipway('doctor', '--json')) as {
      about: string;
      what: string;
      good: boolean;
    }[];
    expect(findings.filter(({ about, good }) => about === 'dev' && good).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['state', 'certificate', 'context', 'SSH', 'engine']),
    );
  });

  test('logs shows the console and what was printed while it was set up', async () => {
    const logs = await slipway('logs', 'dev');
    expect(logs).toMatch(
      /^==> console <==\n[\s\S]*Linux version[\s\S]*\n==> provision <==\n[\s\S]*== start the engine/,
    );
  });

  test('a machine that hangs holds nobody up', async () => {
    const [pid = 0] = await guestsOf(keyOf(await owner.record('dev')));
    const timed = async (...words: string[]) => {
      const began = performance.now();
      const rows = JSON.parse(await slipway('ls', '--json', ...words));
      return { rows, seconds: (performance.now() - began) / 1000 };
    };
    const usual = await timed();
    process.kill(pid, 'SIGSTOP');
    try {
      const hanging = await timed('--timeout', '3');
      expect(hanging.rows).toMatchObject([{ name: 'dev', state: 'Timeout', error: expect.stringContaining('3 s') }]);
      expect(hanging.seconds).toBeLessThan(usual.seconds + 3 + 15);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await waitFor({ what: 'the machine to go on', limit: 60_000 }, async () =>
      (await timed()).rows[0].state === 'Running' ? true : undefined,
    );
  });
});

function keyOf(machine: Machine): string {
  return machine.notes.find(({ kind }) => kind === 'instance')?.key ?? '';
}

describe('certificates', () => {
  const expiresShown = async () => (await shownBy(await urlOf())).validToDate.getTime();
  const inDays = (days: number) => expect.closeTo(Date.now() + days * DAY, -8); // within half a day

  test('provision changes nothing on a machine that is as it should be', async () => {
    const state = 'sudo sh -c "find /etc /var/lib/slipway -type f -exec sha256sum {} + | sort; pidof dockerd"';
    const before = await onMachine(state);
    await whileItBeats(() => slipway('provision', 'dev'));
    expect(await onMachine(state)).toBe(before);
  });

  test('one that soon runs out is renewed by env, while containers go on', async () => {
    await whileItBeats(async () => {
      await giveMachine(await certificate(377), { restart: true });
      expect(await expiresShown()).toEqual(inDays(20));
      await slipway('env', 'dev');
    });
    expect(await expiresShown()).toEqual(inDays(397));
    expect(Date.parse((await owner.record('dev')).tls.expires ?? '')).toBe(await expiresShown());
  });

  test('a client’s that has run out is renewed by use', async () => {
    const { tls } = await owner.record('dev');
    const files = owner.store.authority(tls.authority ?? '');
    const late = await createClient(
      await authorityIn(owner, tls.authority ?? ''),
      'late',
      new Date(Date.now() - 398 * DAY),
    );
    await writeFile(files.client, `${late.cert}${late.key}`);
    await writeFile(owner.store.machine('dev').clientCert, late.cert);
    await writeFile(owner.store.machine('dev').clientKey, late.key);
    await slipway('use', 'dev');
    expect(await askAs(owner, await urlOf(), await clientOf(owner, 'dev'))).toMatchObject({ code: 0 });
    expect(await docker('ps', '--format', '{{.Names}}')).toBe('beat');
  });

  test('regenerate-certs makes a new one, while containers go on', async () => {
    const { serialNumber } = await shownBy(await urlOf());
    await whileItBeats(() => slipway('regenerate-certs', 'dev'));
    expect((await shownBy(await urlOf())).serialNumber).not.toBe(serialNumber);
  });

  test('regenerate-certs --authority moves the machine, and the old authority’s client is out', async () => {
    const before = await clientOf(owner, 'dev');
    await whileItBeats(() => slipway('regenerate-certs', '--authority', 'dev'));
    const after = await clientOf(owner, 'dev');
    expect(after.ca).not.toBe(before.ca);
    expect(await askAs(owner, await urlOf(), after)).toMatchObject({ code: 0 });
    expect(await askAs(owner, await urlOf(), { ...before, ca: after.ca })).toMatchObject({ code: 1 });
  });

  test('an authority that has run out strands nobody', async () => {
    await whileItBeats(async () => {
      const old = await createAuthority('old', new Date(Date.now() - 3700 * DAY));
      const past = new Date(Date.now() - 100 * DAY);
      const { tls } = await owner.record('dev');
      const files = owner.store.authority(tls.authority ?? '');
      const [client, server] = [await createClient(old, 'old', past), await createServerCertificate(old, NAMES, past)];
      await writeFile(files.authority, `${old.cert}${old.key}`);
      await writeFile(files.client, `${client.cert}${client.key}`);
      await writeFile(owner.store.machine('dev').ca, old.cert);
      await giveMachine(server, { ca: old.cert, restart: true });
      await expect(docker('ps')).rejects.toThrow(/expired/);
      await slipway('env', 'dev');
    });
    expect(await expiresShown()).toEqual(inDays(397));
  });

  test('an authority whose file is lost is replaced', async () => {
    const { tls } = await owner.record('dev');
    await writeFile(owner.store.authority(tls.authority ?? '').authority, '');
    await whileItBeats(() => slipway('regenerate-certs', '--authority', 'dev'));
  });
});

const NAMES = ['127.0.0.1', 'dev', 'localhost'];

/** A certificate of the machine's own authority that was made so many days ago. */
async function certificate(daysAgo: number): Promise<Pair> {
  const { tls } = await owner.record('dev');
  return createServerCertificate(
    await authorityIn(owner, tls.authority ?? ''),
    NAMES,
    new Date(Date.now() - daysAgo * DAY),
  );
}

/** Puts a certificate on the machine, and into the record as if it had been there for long. */
async function giveMachine(pair: Pair, { ca, restart }: { ca?: string; restart: boolean }): Promise<void> {
  const files = { cert: pair.cert, key: pair.key, ...(ca === undefined ? {} : { ca }) };
  for (const [name, text] of Object.entries(files)) {
    const tee = `sudo tee /etc/docker/slipway/${name}.pem >/dev/null`;
    expect((await owner.pipe(Buffer.from(text), 'slipway', 'ssh', 'dev', tee)).code).toBe(0);
  }
  const record = await owner.record('dev');
  const { validToDate } = new (await import('node:crypto')).X509Certificate(pair.cert);
  await writeFile(owner.store.machine('dev').serverCert, pair.cert);
  await writeRecord({ ...record, tls: { ...record.tls, expires: validToDate.toISOString() } });
  if (restart) await onMachine('sudo systemctl restart docker');
}

describe('slipway upgrade', () => {
  test('--dry-run says that there is nothing newer', async () => {
    expect(await slipway('upgrade', '--dry-run', 'dev')).toMatch(/^"dev" has engine \S+; there is no newer one\.\n$/);
  });
});

describe('power', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  test('stop does not wait long for a container that does not listen, and start finds other ports where the old are taken', async () => {
    await giveMachine(await certificate(377), { restart: false });
    const before = await owner.record('dev');
    const began = performance.now();
    await slipway('stop', 'dev');
    expect((performance.now() - began) / 1000).toBeLessThan(60);
    expect(await slipway('status', 'dev')).toBe('Stopped\n');
    for (const port of [before.endpoint?.sshPort, before.endpoint?.enginePort]) {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      servers.push(server);
    }
    await slipway('start', 'dev');
    const { endpoint, tls } = await owner.record('dev');
    expect(endpoint?.sshPort).not.toBe(before.endpoint?.sshPort);
    expect(endpoint?.enginePort).not.toBe(before.endpoint?.enginePort);
    expect(await urlOf()).toBe(`tcp://127.0.0.1:${endpoint?.enginePort}`);
    expect(await slipway('env', '--shell', 'bash', 'dev')).toContain(
      `export DOCKER_HOST="tcp://127.0.0.1:${endpoint?.enginePort}"\n`,
    );
    expect(Date.parse(tls.expires ?? '')).toBeGreaterThan(Date.now() + 390 * DAY);
    expect(await docker('ps', '--all', '--format', '{{.Names}}')).toBe('beat');
  });

  test('start brings back a machine that went down with this computer', async () => {
    for (const pid of await guestsOf(keyOf(await owner.record('dev')))) process.kill(pid, 'SIGKILL');
    await waitFor({ what: 'its end', limit: 5000 }, async () =>
      (await slipway('status', 'dev')) === 'Stopped\n' ? true : undefined,
    );
    await slipway('start', 'dev');
    expect(await docker('run', '--rm', 'tools', 'echo', 'back')).toBe('back');
  });

  test('restart boots it again', async () => {
    const boot = await onMachine('cat /proc/sys/kernel/random/boot_id');
    await slipway('restart', 'dev');
    expect(await onMachine('cat /proc/sys/kernel/random/boot_id')).not.toBe(boot);
    expect(await docker('run', '--rm', 'tools', 'echo', 'again')).toBe('again');
  });

  test('kill cuts it, and rm leaves nothing of the machine', async () => {
    await slipway('kill', 'dev');
    expect(await slipway('status', 'dev')).toBe('Stopped\n');
    const secrets = await secretLines(owner.store.root);
    const logs = await Promise.all(
      (await filesBelow(owner.store.machine('dev').folder))
        .filter((path) => path.endsWith('.log'))
        .map((path) => readFile(path, 'utf8')),
    );
    const { authority = '' } = (await owner.record('dev')).tls;
    const { identity, clientKey } = owner.store.machine('dev');
    for (const file of [identity, clientKey, owner.store.authority(authority).authority]) {
      const text = await readFile(file, 'utf8');
      expect(secrets.filter((line) => text.includes(line)).length).toBeGreaterThan(2);
    }
    expect(logs.join('\n')).toContain('== start the engine');
    expect(secrets.filter((line) => [...printed, ...logs].some((text) => text.includes(line)))).toEqual([]);
    const record = await owner.record('dev');
    await slipway('rm', '--yes', 'dev');
    expect(await tracesOf(owner, record)).toEqual([]);
    expect(await slipway('ls', '--json')).toBe('[]\n');
  });
});
