import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createServer } from '../../src/certs/index.ts';
import { deadPort, type Running, startEngine } from '../engine/server.ts';
import { addBroken, newOldUser, type OldUser } from './cli.ts';

jest.setTimeout(120_000);

let old: OldUser;
let engine: Running;
let dead: number;

/** "dev", whose engine answers, "down", whose engine does not, "soon", which was not finished, and two broken ones. */
beforeAll(async () => {
  old = await newOldUser();
  await old.add('soon', { phase: 'creating' });
  const ca = await readFile(old.store.oldCerts?.ca ?? '', 'utf8');
  const key = await readFile(old.store.oldCerts?.caKey ?? '', 'utf8');
  engine = await startEngine(await createServer({ cert: ca, key }, ['127.0.0.1']), ca);
  dead = await deadPort();
  const engineOptions = { labels: ['env=Prod'], env: [], mirrors: [], insecureRegistries: [], options: [] };
  await old.add('dev', { endpoint: endpoint(engine.port), engine: engineOptions });
  await old.add('down', { endpoint: endpoint(dead) });
  await addBroken(old.store, 'broken', '{');
  await addBroken(old.store, 'newer', '{"ConfigVersion": 4}');
});

afterAll(async () => {
  await engine.close();
  await old.remove();
});

function endpoint(enginePort: number) {
  return { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort };
}

const url = () => `tcp://127.0.0.1:${engine.port}`;
const folder = () => old.store.machine('dev').folder;

/** Standard output of a command that succeeds and says nothing else. */
async function answer(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await old.machine(...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('url, ip, status, version', async () => {
  expect(await answer('url', 'dev')).toBe(`${url()}\n`);
  expect(await answer('--bugsnag-api-token=no-report', 'url', 'dev')).toBe(`${url()}\n`);
  expect(await answer('ip', 'dev', 'down')).toBe('127.0.0.1\n127.0.0.1\n');
  expect(await answer('status', 'dev')).toBe('Running\n');
  expect(await answer('status', 'down')).toBe('Error\n');
  expect(await answer('version', 'dev')).toBe('28.2.2\n');
  expect(await answer('version')).toMatch(/^docker-machine version \d+\.\d+\.\d+, build \w+\n$/);
  expect(await answer('-v')).toBe(await answer('version'));
});

test('config proves that the engine answers, and prints the flags of docker', async () => {
  expect(await answer('config', 'dev')).toBe(
    [
      '--tlsverify',
      `--tlscacert="${folder()}/ca.pem"`,
      `--tlscert="${folder()}/cert.pem"`,
      `--tlskey="${folder()}/key.pem"`,
      `-H=${url()}`,
      '',
    ].join('\n'),
  );
  const script = 'eval docker $(docker-machine config dev) version --format "{{.Server.Version}}"';
  expect(await old.user.run('bash', '-c', script)).toEqual({ code: 0, stdout: '28.2.2\n', stderr: '' });
});

test('config and env of an engine that does not answer', async () => {
  const reason = new RegExp(
    [
      `Error checking and/or regenerating the certs: There was an error validating certificates for host "127\\.0\\.0\\.1:${dead}": .+`,
      "You can attempt to regenerate them using 'docker-machine regenerate-certs \\[name\\]'\\.",
      'Be advised that this will trigger a Docker daemon restart which might stop running containers\\.\n',
    ].join('\n'),
  );
  const config = await old.machine('config', 'down');
  expect(config).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(reason) });
  expect(config.stderr).toMatch(/^Error running connection boilerplate: Error checking/);
  const env = await old.machine('env', 'down');
  expect(env).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(reason) });
  expect(env.stderr).toMatch(/^Error checking TLS connection: Error checking/);
});

describe('env', () => {
  const lines = (set: (name: string, value: string) => string, hint: readonly string[]) =>
    `${[
      set('DOCKER_TLS_VERIFY', '1'),
      set('DOCKER_HOST', url()),
      set('DOCKER_CERT_PATH', folder()),
      set('DOCKER_MACHINE_NAME', 'dev'),
      ...hint,
    ].join('\n')}\n`;
  const SENTENCE = 'Run this command to configure your shell: ';

  test('for each shell', async () => {
    const called = (shell: string) => `docker-machine env --shell ${shell} dev`;
    const posix = (shell: string) =>
      lines((name, value) => `export ${name}="${value}"`, [`# ${SENTENCE}`, `# eval $(${called(shell)})`]);
    const expected: Record<string, string> = {
      bash: posix('bash'),
      nush: posix('nush'),
      fish: lines((name, value) => `set -gx ${name} "${value}";`, [`# ${SENTENCE}`, `# eval (${called('fish')})`]),
      tcsh: lines(
        (name, value) => `setenv ${name} "${value}";`,
        [`: '${SENTENCE}';`, `: 'eval \`${called('tcsh')}\`';`],
      ),
      powershell: lines(
        (name, value) => `$Env:${name} = "${value}"`,
        [`# ${SENTENCE}`, `# & ${called('powershell')} | Invoke-Expression`],
      ),
      cmd: lines(
        (name, value) => `SET ${name}=${value}`,
        [`REM ${SENTENCE}`, `REM \t@FOR /f "tokens=*" %i IN ('${called('cmd')}') DO @%i`],
      ),
      emacs: lines(
        (name, value) => `(setenv "${name}" "${value}")`,
        [`;; ${SENTENCE}`, `;; (with-temp-buffer (shell-command "${called('emacs')}" (current-buffer)) (eval-buffer))`],
      ),
    };
    const shells = Object.keys(expected);
    const answers = await old.machines(shells.map((shell) => ['env', '--shell', shell, 'dev']));
    expect(Object.fromEntries(shells.map((shell, n) => [shell, answers[n]?.stdout]))).toEqual(expected);
  });

  const show = 'printf "%s|%s|%s|%s\\n" "$DOCKER_TLS_VERIFY" "$DOCKER_HOST" "$DOCKER_CERT_PATH" "$DOCKER_MACHINE_NAME"';

  test.each([
    ['bash', 'eval $(docker-machine env dev)', 'eval $(docker-machine env -u)'],
    ['sh', 'eval "$(docker-machine env dev)"', 'eval "$(docker-machine env -u)"'],
    ['zsh', 'eval $(docker-machine env dev)', 'eval $(docker-machine env -u)'],
    ['fish', 'eval (docker-machine env dev)', 'eval (docker-machine env -u)'],
    ['tcsh', 'eval `docker-machine env dev`', 'eval `docker-machine env -u`'],
  ])('in %s as scripts have it', async (shell, set, unset) => {
    const script = [set, show, unset, 'env | grep -c "^DOCKER_[THM]"'].join('\n');
    const flags = shell === 'tcsh' ? ['-f'] : [];
    const { stdout, stderr } = await old.user.run('env', `SHELL=/bin/${shell}`, shell, ...flags, '-c', script);
    expect({ stdout, stderr }).toEqual({ stdout: `1|${url()}|${folder()}|dev\n0\n`, stderr: '' });
  });

  test('without the proxy, and away again', async () => {
    const { stdout } = await old.with({ no_proxy: 'a' }, '', 'env', '--no-proxy', 'dev');
    expect(stdout).toContain('export no_proxy="a,127.0.0.1"\n');
    expect(await answer('env', '-u', '--no-proxy')).toMatch(
      /^unset DOCKER_TLS_VERIFY\nunset DOCKER_HOST\nunset DOCKER_CERT_PATH\nunset DOCKER_MACHINE_NAME\nunset NO_PROXY\n# Run/,
    );
  });
});

describe('inspect', () => {
  test('the record, as the old tool writes it', async () => {
    const text = await answer('inspect', 'dev');
    expect(text).toMatch(/^\{\n {4}"ConfigVersion": 3,\n {4}"Driver": \{\n {8}"IPAddress": "127\.0\.0\.1",\n/);
    expect(JSON.parse(text)).toMatchObject({ DriverName: 'generic', Name: 'dev' });
    expect(Object.keys(JSON.parse(text))).toEqual(['ConfigVersion', 'Driver', 'DriverName', 'HostOptions', 'Name']);
  });

  test('templates', async () => {
    expect(await answer('inspect', 'dev', '-f', '{{.HostOptions.AuthOptions.StorePath}}')).toBe(`${folder()}\n`);
    const format = '{{.Driver.IPAddress}} {{.Nope}} {{json .HostOptions.EngineOptions.Labels}}';
    expect(await answer('inspect', `--format=${format}`, 'dev')).toBe('127.0.0.1 <no value> ["env=Prod"]\n');
    const prettily = await answer('inspect', '--format', '{{prettyjson .HostOptions.EngineOptions.Labels}}', 'dev');
    expect(prettily).toBe('[\n    "env=Prod"\n]\n');
  });

  test('templates that cannot be read, or fail', async () => {
    expect(await old.machine('inspect', '-f', '{{nope}}', 'dev')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'template parsing error: template: :1: function "nope" not defined\n',
    });
    expect(await old.machine('inspect', '-f', 'a {{.Name.x}}', 'dev')).toEqual({
      code: 1,
      stdout: 'a ',
      stderr: 'template: :1:9: executing "" at <.Name.x>: can\'t evaluate field x in type interface {}\n',
    });
  });
});

describe('ls', () => {
  const columns = /NAME +ACTIVE +DRIVER +STATE +URL +SWARM +DOCKER +ERRORS\n/;

  test('in columns, with what cannot be read as broken', async () => {
    const lines = (await answer('ls')).split('\n');
    expect(`${lines[0]}\n`).toMatch(columns);
    expect(lines.slice(1).map((line) => line.split(/ {3,}/).slice(0, 4))).toEqual(
      [
        ['broken', '-', 'not found', 'Error'].toSpliced(1, 1, ''),
        ['dev', '-', 'generic', 'Running'],
        ['down', '-', 'generic', 'Error'],
        ['newer', '', 'not found', 'Error'],
        ['soon', '-', 'generic', 'Error'],
        [''],
      ].map((cells) => expect.arrayContaining(cells.filter(Boolean))),
    );
    expect(lines[2]).toMatch(new RegExp(`^dev      -        generic     Running   ${url()} +v28\\.2\\.2 +$`));
  });

  test('names only, those that can be read', async () => {
    expect(await answer('ls', '-q')).toBe('dev\ndown\nsoon\n');
    expect(await answer('ls', '-q', '--filter', 'name=^d')).toBe('dev\ndown\n');
  });

  test.each([
    [['driver=GENERIC'], 'broken dev down newer soon'],
    [['driver=google'], 'broken newer'],
    [['state=running'], 'broken dev newer'],
    [['name=^d', 'name=soon', 'state=error'], 'broken down newer soon'],
    [['name=(?i)^D'], 'broken dev down newer'],
    [['label=env=prod'], 'broken dev newer'],
    [['swarm=dev'], 'broken newer'],
  ])('filters %j', async (filters, names) => {
    const words = filters.flatMap((filter) => ['--filter', filter]);
    expect((await answer('ls', '--format', '{{.Name}}', ...words)).trim().split('\n').join(' ')).toBe(names);
  });

  test('templates, also with headings', async () => {
    const format = '{{.Name}}: {{.DriverName}} {{.State}} {{.URL}} {{.DockerVersion}} {{.ActiveHost}}';
    expect(await answer('ls', '--filter', 'name=dev', '--format', format)).toContain(
      `dev: generic Running ${url()} v28.2.2 false\n`,
    );
    expect(
      await answer('ls', '-f', 'table {{.Name}}\\t{{.EngineOptions}}{{.State}}', '--filter', 'state=running'),
    ).toMatch(/^NAME {5}ENGINE_OPTIONSSTATE\nbroken {3}<no value>Error\ndev {6}\{.*\}Running\n/);
    expect(await answer('ls', '-f', '{{.ResponseTime}}', '--filter', 'state=running')).toMatch(/^(\d+(\.\d+)?m?s\n)+$/);
    expect((await old.machine('ls', '-f', '{{.Nope}}')).stderr).toBe(
      'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type commands.HostListItem\n',
    );
    expect((await old.machine('ls', '-f', '{{json .}}')).stderr).toBe('template: :1: function "json" not defined\n');
  });

  test.each([
    ['name', 'Unsupported filter syntax'],
    ['nope=x', "Unsupported filter key 'nope'"],
    ['label=x', 'Unsupported filter syntax: label=x (label=KEY=VALUE is meant)'],
  ])('the filter %s is refused', async (filter, message) => {
    expect(await old.machine('ls', '--filter', filter)).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  });
});

test('active is the one that DOCKER_HOST names', async () => {
  expect((await old.with({ DOCKER_HOST: url() }, '', 'active')).stdout).toBe('dev\n');
  expect((await old.with({ DOCKER_HOST: url() }, '', 'ls', '--filter', 'name=dev')).stdout).toMatch(
    /^dev +\* +generic/m,
  );
  for (const env of [{}, { DOCKER_HOST: `tcp://127.0.0.1:${dead}` }]) {
    expect(await old.with(env, '', 'active')).toEqual({ code: 1, stdout: '', stderr: 'No active host found\n' });
  }
});
