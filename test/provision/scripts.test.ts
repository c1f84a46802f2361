import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { run } from '../../src/program.ts';
import { clean } from '../../src/provision/clean.ts';
import { detect } from '../../src/provision/facts.ts';
import { newHostKey } from '../../src/provision/host-key.ts';
import { armTimer, moveEnd, timerScript } from '../../src/provision/lifetime.ts';
import { PRELUDE } from '../../src/provision/prelude.ts';
import { render } from '../../src/provision/render.ts';
import { restore } from '../../src/provision/restore.ts';
import { opening } from '../../src/provision/root.ts';
import { prepare, renew, setUp } from '../../src/provision/set-up.ts';
import { candidate, upgrade } from '../../src/provision/upgrade.ts';
import { quote } from '../../src/ssh/quote.ts';
import { freshHost, hostWithEngine, osReleases, plainEngine, wishFor } from './samples.ts';

const sum = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const archive = { source: 'static', url: 'https://example.com/docker-27.3.1.tgz', checksum: sum } as const;
const everything = {
  env: ['HTTPS_PROXY=http://proxy:3128'],
  labels: ['a=b'],
  mirrors: ['https://mirror.example.com'],
  insecureRegistries: ['10.0.0.0/8'],
  options: ['log-driver=local'],
};

const owners: Partial<Record<keyof typeof osReleases, string>> = {
  amazon: 'docker',
  sles: 'docker',
  leap: 'docker',
  alpine: 'docker-engine',
};

const timer = { born: 'dev@1795322902', ends: 1795330102, idle: 1800 };

/** Every script that a host may get, by the name of the file that holds the expected text. */
const scripts: Record<string, string> = {
  opening,
  detect,
  timer: timerScript(timer),
  'timer-arm': armTimer(timer),
  'timer-move': render(moveEnd(timer), 'NONCE'),
  'host-key-make': render(newHostKey.make, 'NONCE'),
  'host-key-activate': render(newHostKey.activate, 'NONCE'),
  clean: render(clean, 'NONCE'),
};
for (const system of Object.keys(osReleases) as (keyof typeof osReleases)[]) {
  const installed = hostWithEngine(system, owners[system]);
  scripts[`${system}/prepare`] = render(
    prepare(freshHost(system), wishFor({ version: '27' }, { hostname: 'dev' })),
    'NONCE',
  );
  if (system === 'arch') continue;
  scripts[`${system}/candidate`] = render(candidate(installed, plainEngine), 'NONCE');
  scripts[`${system}/upgrade`] = render(upgrade(installed, { ...plainEngine, version: '27' }), 'NONCE');
}
for (const system of ['debian', 'ubuntu', 'fedora'] as const) {
  const wish = wishFor({ source: 'distribution' });
  scripts[`${system}/prepare-distribution`] = render(prepare(freshHost(system), wish), 'NONCE');
}
for (const system of ['debian', 'alpine'] as const) {
  const installed = hostWithEngine(system);
  scripts[`${system}/prepare-static`] = render(prepare(freshHost(system), wishFor(archive)), 'NONCE');
  scripts[`${system}/upgrade-static`] = render(upgrade(installed, { ...plainEngine, ...archive }), 'NONCE');
  scripts[`${system}/set-up`] = render(setUp(installed, wishFor(everything, { user: 'slipway' })), 'NONCE');
  scripts[`${system}/renew`] = render(renew(installed, wishFor().tls), 'NONCE');
  scripts[`${system}/restore`] = render(restore({ ...installed, touched: true }), 'NONCE');
}
const names = Object.keys(scripts);

/** As it stands in a script that is quoted in another. */
const INNER_PRELUDE = quote(PRELUDE).slice(1, -1);

/** What the script says besides what all scripts have in common. `UPDATE=1` writes what is expected anew. */
test.each(names)('%s is as expected', (name) => {
  const file = join('test/provision/expected', `${name}.sh`);
  const text = (scripts[name] ?? '').replace(`${PRELUDE}\n\n`, '').replace(`${INNER_PRELUDE}\n\n`, '');
  expect(text).not.toContain('undefined');
  if (process.env.UPDATE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file)).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

test('shellcheck has nothing to say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-scripts-'));
  try {
    const files = await Promise.all(
      names.map(async (name) => {
        const file = join(folder, `${name.replace('/', '-')}.sh`);
        await writeFile(file, scripts[name] ?? '');
        return file;
      }),
    );
    // 2317: functions are called by their names in variables.
    const { stdout, code } = await run('shellcheck', [
      '--shell',
      'sh',
      '--exclude',
      '2317',
      '--format',
      'gcc',
      ...files,
    ]);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);

test.each([['dash'], ['busybox', 'sh'], ['bash', '--posix']])('%s reads every script', async (program, ...args) => {
  for (const name of names) {
    const { code, stderr } = await run(program, [...args, '-n'], { input: scripts[name] ?? '' });
    expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
  }
});
