import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { quoteAll } from '../../src/ssh/quote.ts';
import { type Cloud, wordsFor } from '../clouds/cloud.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { giveOwnSsh } from './own-ssh.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';

/** One cloud with real machines behind its API, for the journey that a user makes on each. */
export interface Journey {
  /** With guests. */
  start(): Promise<Cloud>;
  /** More words for `create`, for a machine with a private address only. */
  readonly privately: readonly string[];
  /** A stopped machine keeps its address there. */
  readonly keepsAddress?: true;
  /** What somebody with the cloud's console does to a machine, by the ids of its parts. */
  removeByHand(cloud: Cloud, made: Readonly<Record<string, string>>): Promise<void>;
  /** Looks, on a machine, at what the cloud's own metadata told it; where its server has them. */
  metadata?(onMachine: (...command: string[]) => Promise<string>): Promise<void>;
}

/** A machine on a cloud whose API runs here: it is made, runs a container, is told of itself, and goes. */
export function firstLeg(driver: string, { start, metadata }: Journey): void {
  onCloud(`${driver}, to the first docker run`, start, (there) => {
    aMachineRunsAContainer(driver, there);
    if (metadata) itIsToldOfItself(metadata, there);

    test('it goes, and nothing is left', async () => {
      await there.owner().does('slipway', 'rm', '-y', 'one');
      expect(await there.cloud().left()).toEqual([]);
    });
  });
}

/** From `create` to `docker run` and back, on a cloud whose API runs here. */
export function journey(driver: string, { start, privately, keepsAddress, removeByHand, metadata }: Journey): void {
  onCloud(`${driver}, to docker run`, start, (there) => {
    const { create, runs } = there;
    const does = (program: string, ...words: string[]) => there.owner().does(program, ...words);
    aMachineRunsAContainer(driver, there);
    if (metadata) itIsToldOfItself(metadata, there);

    test('ssh, env and docker need no credentials', async () => {
      const without = Object.keys(there.cloud().env).flatMap((name) => ['-u', name]);
      const words = ['slipway', 'ssh', 'one', 'true'];
      await does('env', ...without, ...words);
      const script = `eval "$(slipway env one)" && docker version --format '{{.Server.Os}}'`;
      expect(await does('env', ...without, 'bash', '-c', script)).toBe('linux\n');
    });

    test('after a stop and a start docker follows, also to another address', async () => {
      const before = await does('slipway', 'ip', 'one');
      await does('slipway', 'stop', 'one');
      expect(await does('slipway', 'status', 'one')).toBe('Stopped\n');
      await does('slipway', 'start', 'one');
      expect((await does('slipway', 'ip', 'one')) === before).toBe(keepsAddress === true);
      expect(await runs('one')).toBe('one');
    });

    test('one that somebody removed by hand is gone, and rm clears away the rest', async () => {
      const { notes } = await there.owner().record('one');
      await removeByHand(there.cloud(), Object.fromEntries(notes.map(({ kind, id = '' }) => [kind, id])));
      expect(await does('slipway', 'status', 'one')).toBe('Gone\n');
      await does('slipway', 'rm', '-y', 'one');
      expect(await there.cloud().left()).toEqual([]);
    });

    test('one without a public address is reached through another host', async () => {
      const { user, host, port } = there.between();
      await create('inside', ...privately, '--ssh-jump', `${user}@${host}:${port}`);
      await there.owner().buildTools('inside');
      expect(await runs('inside')).toBe('inside');
      expect(await does('slipway', 'url', 'inside')).toMatch(/^ssh:/);
      await does('slipway', 'rm', '-y', 'inside');
      expect(await there.cloud().left()).toEqual([]);
    });
  });
}

function aMachineRunsAContainer(driver: string, { owner, create, runs }: There): void {
  test('a machine is made, and runs a container', async () => {
    await create('one');
    await owner().buildTools('one');
    expect(await runs('one')).toBe('one');
    const [row] = JSON.parse(await owner().does('slipway', 'ls', '--json', '-t', '20'));
    expect(row).toMatchObject({ name: 'one', driver, state: 'Running', engine: expect.stringMatching(/^\d/) });
  });
}

function itIsToldOfItself(metadata: NonNullable<Journey['metadata']>, { owner }: There): void {
  test('it was told of itself by the metadata of the cloud', () =>
    metadata((...command) => owner().does('slipway', 'ssh', 'one', quoteAll(command))));
}

/** What the tests of a journey have, while they run. */
interface There {
  cloud(): Cloud;
  /** A host between, with a way to the machines. */
  between(): Sshd;
  owner(): Owner;
  create(name: string, ...words: string[]): Promise<string>;
  /** What a container on the machine prints: the machine's name. */
  runs(name: string): Promise<string>;
}

function onCloud(title: string, start: Journey['start'], tests: (there: There) => void): void {
  jest.setTimeout(BUSY);

  describe(title, () => {
    let cloud: Cloud;
    let between: Sshd;
    let owner: Owner;

    beforeAll(async () => {
      [cloud, between] = await Promise.all([start(), startSshd()]);
      owner = await newOwner({ ...cloud.env });
      await giveOwnSsh(owner, between);
    });

    afterAll(async () => {
      await owner.remove();
      await Promise.all([cloud.close(), between.remove()]);
    });

    tests({
      cloud: () => cloud,
      between: () => between,
      owner: () => owner,
      create: (name, ...words) =>
        owner.does('slipway', 'create', '--progress', 'plain', ...wordsFor(cloud), ...words, name),
      runs: (name) => owner.docker(name, 'run', '--rm', 'tools', 'echo', name),
    });

    test('and nothing that was asked is other than the vendor defines it', () => {
      expect(cloud.complaints).toEqual([]);
    });
  });
}
