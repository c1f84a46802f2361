import { describe, expect, test } from '@jest/globals';
import { configuration } from '../../src/provision/configuration.ts';
import type { ConfigFile, Facts } from '../../src/provision/facts.ts';
import type { EngineWish } from '../../src/provision/wish.ts';
import { hostile, hostileLines, hostWithEngine, UNIT, wishFor } from './samples.ts';
import { output, shells } from './shells.ts';

const OURS = {
  tlsverify: true,
  tlscacert: '/etc/docker/slipway/ca.pem',
  tlscert: '/etc/docker/slipway/cert.pem',
  tlskey: '/etc/docker/slipway/key.pem',
};

function host(daemonJson: string | ConfigFile | undefined, engine: Partial<NonNullable<Facts['engine']>> = {}): Facts {
  const facts = hostWithEngine('debian');
  const file =
    typeof daemonJson === 'object'
      ? daemonJson
      : { ours: false, ...(daemonJson === undefined ? {} : { now: daemonJson }) };
  return { ...facts, daemonJson: file, ...(facts.engine ? { engine: { ...facts.engine, ...engine } } : {}) };
}

function daemonJson(facts: Facts, engine: Partial<EngineWish> = {}): { text: string; json: Record<string, unknown> } {
  const text = configuration(facts, wishFor(engine))[0]?.text ?? '';
  return { text, json: JSON.parse(text) };
}

function service(facts: Facts, engine: Partial<EngineWish> = {}): string {
  return configuration(facts, wishFor(engine))[1]?.text ?? '';
}

describe('daemon.json', () => {
  test.each<[string, string | undefined, Partial<EngineWish>, Record<string, unknown>]>([
    ['no file', undefined, {}, {}],
    ['an empty file', ' \n', {}, {}],
    [
      'what Slipway does not know stays',
      '{"a": {"b": [1, null]}, "bip": "10.1.0.1/24"}',
      {},
      { a: { b: [1, null] }, bip: '10.1.0.1/24' },
    ],
    ['labels are added', '{"labels": ["x=1", "y=2"]}', { labels: ['z=3'] }, { labels: ['x=1', 'y=2', 'z=3'] }],
    [
      'a label given again has the new value',
      '{"labels": ["x=1", "y=2"]}',
      { labels: ['x=3'] },
      { labels: ['y=2', 'x=3'] },
    ],
    [
      'mirrors are added once',
      '{"registry-mirrors": ["https://a"]}',
      { mirrors: ['https://a', 'https://b'] },
      { 'registry-mirrors': ['https://a', 'https://b'] },
    ],
    [
      'registries are added',
      '{"insecure-registries": ["a:5000"]}',
      { insecureRegistries: ['10.0.0.0/8'] },
      { 'insecure-registries': ['a:5000', '10.0.0.0/8'] },
    ],
    ['a switch', '{}', { options: ['debug', 'ipv6=false', 'icc=true'] }, { debug: true, ipv6: false, icc: true }],
    [
      'a number',
      '{}',
      { options: ['mtu=1450', 'max-concurrent-downloads=3'] },
      { mtu: 1450, 'max-concurrent-downloads': 3 },
    ],
    [
      'a text that looks like a number',
      '{}',
      { options: ['group=999', 'userns-remap=1000'] },
      { group: '999', 'userns-remap': '1000' },
    ],
    [
      'a list by the name of its flag',
      '{"dns": ["1.1.1.1"]}',
      { options: ['dns=8.8.8.8', 'storage-opt=a=b', 'exec-opt=c=d'] },
      { dns: ['1.1.1.1', '8.8.8.8'], 'storage-opts': ['a=b'], 'exec-opts': ['c=d'] },
    ],
    ['a list by its name in the file', '{}', { options: ['dns-opts=ndots:2'] }, { 'dns-opts': ['ndots:2'] }],
    [
      'a map',
      '{"log-opts": {"max-file": "2"}}',
      { options: ['log-opt=max-size=10m', 'log-opts=labels=a,b'] },
      { 'log-opts': { 'max-file': '2', 'max-size': '10m', labels: 'a,b' } },
    ],
    [
      'JSON',
      '{}',
      { options: ['default-ulimits={"nofile":{"Name":"nofile","Hard":9,"Soft":8}}'] },
      { 'default-ulimits': { nofile: { Name: 'nofile', Hard: 9, Soft: 8 } } },
    ],
    ['a leading --', '{}', { options: ['--log-level=warn'] }, { 'log-level': 'warn' }],
    ['live-restore as somebody wants it', '{}', { options: ['live-restore=false'] }, { 'live-restore': false }],
    ['a storage driver', '{}', { storageDriver: 'overlay2' }, { 'storage-driver': 'overlay2' }],
  ])('%s', (_, before, engine, after) => {
    expect(daemonJson(host(before), engine).json).toEqual({ 'live-restore': true, ...OURS, ...after });
  });

  test.each([...hostile, hostileLines])('a label arrives unchanged: %j', (value) => {
    expect(daemonJson(host('{}'), { labels: [`key=${value}`] }).json.labels).toEqual([`key=${value}`]);
  });

  test.each(['\t', '    ', '  '])('keeps the indentation %j', (indent) => {
    const { text } = daemonJson(host(`{\n${indent}"debug": true\n}`));
    expect(text).toContain(`{\n${indent}"debug": true,\n${indent}"live-restore"`);
  });

  test.each(['{', '[]', 'null', '"text"', '{"a": 1,}', '{"a": 1} x'])(
    '%s is refused before anything is changed',
    (text) => {
      expect(() => daemonJson(host(text))).toThrow(
        expect.objectContaining({
          code: 'broken',
          message: '"/etc/docker/daemon.json" on the host cannot be understood; nothing was changed',
        }),
      );
    },
  );

  test('starts from the original again, unless somebody has changed the file after us', () => {
    const now = '{"labels": ["first=wish"], "debug": true}';
    const ours = daemonJson(host({ now, original: '{"labels": ["theirs=1"]}', ours: true }), {
      labels: ['second=wish'],
    });
    expect(ours.json).toMatchObject({ labels: ['theirs=1', 'second=wish'] });
    expect(ours.json).not.toHaveProperty('debug');
    const theirs = daemonJson(host({ now, original: '{}', ours: false }), { labels: ['second=wish'] });
    expect(theirs.json).toMatchObject({ labels: ['first=wish', 'second=wish'], debug: true });
  });

  test('a swarm does not allow live-restore', () => {
    expect(daemonJson(host('{}', { swarm: true })).json).toEqual(OURS);
  });
});

describe('values with which an engine would not start', () => {
  test.each<[Partial<EngineWish>, string]>([
    [{ labels: ['novalue'] }, '"novalue" cannot be an engine label'],
    [{ labels: ['=x'] }, '"=x" cannot be an engine label'],
    [{ mirrors: ['mirror.example.com'] }, '"mirror.example.com" cannot be a registry mirror'],
    [{ mirrors: ['ftp://a'] }, '"ftp://a" cannot be a registry mirror'],
    [{ mirrors: ['https://u:p@a'] }, '"https://u:p@a" cannot be a registry mirror'],
    [{ mirrors: ['https://a/ --x'] }, '"https://a/ --x" cannot be a registry mirror'],
    [{ insecureRegistries: ['a b'] }, '"a b" cannot be an insecure registry'],
    [{ insecureRegistries: ['-rf'] }, '"-rf" cannot be an insecure registry'],
    [{ insecureRegistries: ['http://a'] }, '"http://a" cannot be an insecure registry'],
    [{ env: ['A'] }, '"A" cannot be a variable of the engine\'s environment'],
    [{ env: ['A B=1'] }, '"A B=1" cannot be a variable of the engine\'s environment'],
    [{ env: ['A=\u0007'] }, '"A=\\u0007" cannot be a variable of the engine\'s environment'],
    [{ options: ['tlsverify=false'] }, '"tlsverify=false" is not an engine option that can be set'],
    [{ options: ['host=tcp://0.0.0.0:1'] }, '"host=tcp://0.0.0.0:1" is not an engine option that can be set'],
    [{ options: ['$(id)=1'] }, '"$(id)=1" is not an engine option that can be set'],
    [{ options: ['__proto__=1'] }, '"__proto__=1" is not an engine option that can be set'],
    [{ options: ['log-opt=x'] }, '"log-opt=x" is not an engine option that can be set'],
    [{ options: ['runtimes={bad'] }, '"runtimes={bad" is not an engine option that can be set'],
  ])('%j', (engine, message) => {
    expect(() => configuration(host('{}'), wishFor(engine))).toThrow(
      expect.objectContaining({ code: 'bad-input', message }),
    );
  });
});

describe('the systemd drop-in', () => {
  const start = (facts: Facts, engine: Partial<EngineWish> = {}) =>
    service(facts, engine)
      .split('\n')
      .filter((line) => line.startsWith('ExecStart='));

  test('repeats the start of the unit, which stays in charge of the socket', () => {
    expect(start(host('{}'))).toEqual([
      'ExecStart=',
      'ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock -H tcp://0.0.0.0:2376',
    ]);
  });

  test('asks the last word of the unit and its drop-ins, without our own', () => {
    const unit = `${UNIT}
# /etc/systemd/system/docker.service.d/a.conf
[Service]
ExecStart=
ExecStart=/usr/sbin/dockerd \\
  -H fd:// $DOCKER_OPTS
# /etc/systemd/system/docker.service.d/zz-slipway.conf
[Service]
ExecStart=
ExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2376
`;
    expect(start(host('{}', { unit }))[1]?.replace(/ +/g, ' ')).toBe(
      'ExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS -H tcp://0.0.0.0:2376',
    );
  });

  test('environment in the quoting of systemd, readable for root alone', () => {
    const [, file] = configuration(
      host('{}'),
      wishFor({ env: ['A=it\'s "x" \\ %n $HOME\nnext\tend', 'A=last', 'B=%'] }),
    );
    expect(file).toMatchObject({ mode: '0600' });
    expect(file?.text.split('\n').filter((line) => line.startsWith('Env'))).toEqual([
      'Environment="A=last"',
      'Environment="B=%%"',
    ]);
    const [, first] = configuration(host('{}'), wishFor({ env: ['A=it\'s "x" \\ %n $HOME\nnext\tend'] }));
    expect(first?.text.split('\n')).toContain(String.raw`Environment="A=it's \"x\" \\ %%n $HOME\nnext\tend"`);
  });

  test('where daemon.json says where to listen, so do we', () => {
    const facts = host('{"hosts": ["unix:///var/run/docker.sock"]}', { args: [], unit: UNIT.replace(' -H fd://', '') });
    expect(daemonJson(facts).json.hosts).toEqual(['unix:///var/run/docker.sock', 'tcp://0.0.0.0:2376']);
    expect(start(facts)).toEqual([]);
  });
});

describe('settings that the host has as arguments of dockerd', () => {
  test('lists become more arguments, and stay out of daemon.json', () => {
    const facts = host('{}', { args: ['-H', 'fd://', '--label', 'x=1', '--insecure-registry=a:5000'] });
    const wish = { labels: ['x=1', 'y=$HOME %n "q"'], insecureRegistries: ['b:5000'], mirrors: ['https://m'] };
    expect(daemonJson(facts, wish).json).toEqual({ 'live-restore': true, ...OURS, 'registry-mirrors': ['https://m'] });
    expect(service(facts, wish)).toContain(
      ' -H tcp://0.0.0.0:2376 --label "y=$$HOME %%n \\"q\\"" --insecure-registry b:5000\n',
    );
  });

  test('the same value is left alone, another is refused', () => {
    const facts = host('{}', { args: ['--storage-driver=overlay2', '--log-level', 'debug', '--live-restore'] });
    expect(daemonJson(facts, { options: ['log-level=debug'], storageDriver: 'overlay2' }).json).toEqual(OURS);
    expect(() => daemonJson(facts, { options: ['log-level=warn'] })).toThrow(
      'The engine on the host is started with "--log-level debug", so "log-level" cannot be set',
    );
  });
});

describe('a host that is better left alone', () => {
  test.each<[string, Facts]>([
    ['an address in daemon.json', host('{"hosts": ["tcp://0.0.0.0:2375"]}')],
    ['certificates in daemon.json', host('{"tlscacert": "/etc/theirs.pem"}')],
    ['an address among the arguments', host('{}', { args: ['-H', 'fd://', '-H', 'tcp://127.0.0.1:2375'] })],
    [
      'an address in the unit of a stopped engine',
      host('{}', { running: false, args: [], unit: UNIT.replace('-H fd://', '-H=tcp://:1') }),
    ],
  ])('it serves other clients: %s', (_, facts) => {
    expect(() => configuration(facts, wishFor())).toThrow(
      expect.objectContaining({
        code: 'refused',
        message: expect.stringContaining('serves other clients over TCP already'),
      }),
    );
    expect(() => configuration({ ...facts, touched: true }, wishFor())).not.toThrow();
  });

  test('it has images in another storage driver', () => {
    expect(() => daemonJson(host('{}'), { storageDriver: 'btrfs' })).toThrow(
      'The engine on the host uses the storage driver "overlay2", not "btrfs"',
    );
    expect(daemonJson(host('{}', { images: 0, containers: 0 }), { storageDriver: 'btrfs' }).json).toHaveProperty(
      'storage-driver',
      'btrfs',
    );
    expect(() =>
      daemonJson(host('{"storage-driver": "zfs"}', { images: 0, containers: 0 }), { storageDriver: 'btrfs' }),
    ).toThrow('"zfs"');
  });

  test('it reads another file', () => {
    expect(() => daemonJson(host('{}', { args: ['--config-file=/var/snap/docker/1/config/daemon.json'] }))).toThrow(
      'The engine on the host reads "/var/snap/docker/1/config/daemon.json" instead of "/etc/docker/daemon.json"',
    );
  });
});

describe('settings of OpenRC', () => {
  const alpine = (now?: string): Facts => ({
    ...hostWithEngine('alpine'),
    confD: { ours: false, ...(now === undefined ? {} : { now }) },
  });

  test('are added to what is there, and replaced by themselves', () => {
    const once = service(alpine('DOCKER_OPTS="--debug"'), { env: ["A=it's $HOME\nx"] });
    expect(once).toBe(`DOCKER_OPTS="--debug"
# slipway: begin
DOCKER_OPTS="\${DOCKER_OPTS:-} "'-H unix:///var/run/docker.sock -H tcp://0.0.0.0:2376'
export A='it'\\''s $HOME
x'
# slipway: end
`);
    expect(service(alpine(once), { env: ["A=it's $HOME\nx"] })).toBe(once);
  });

  test.each(shells)('arrive unchanged where %s reads them, and nothing runs', async (...shell) => {
    const values = [...hostile, hostileLines];
    const facts = alpine('DOCKER_OPTS="--debug"\n');
    const args = ['--debug', '--label', 'theirs=1'];
    const engine = {
      labels: values.map((one, index) => `l${index}=${one}`),
      env: values.map((one, index) => `E${index}=${one}`),
    };
    const text = service({ ...facts, ...(facts.engine ? { engine: { ...facts.engine, args } } : {}) }, engine);
    // As the service does it: settings are read by the shell, and the options once more.
    const read = 'eval "set -- $DOCKER_OPTS"\nfor one; do printf "%s\\0" "$one"; done\nenv -0\n';
    const printed = (await output(shell, text + read)).split('\0');
    expect(printed).toEqual(expect.arrayContaining([...engine.labels, ...engine.env, '--debug', 'tcp://0.0.0.0:2376']));
  });

  test('leave the socket to an address that is there', () => {
    expect(service(alpine('DOCKER_OPTS="-H unix:///run/other.sock"\n'))).toContain("\"'-H tcp://0.0.0.0:2376'");
    expect(service(alpine('# DOCKER_OPTS="-H x"\n'))).toContain('unix:///var/run/docker.sock');
  });
});
