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

/** From `create` to `docker run` and back, on a cloud whose API runs here. */
export function journey(driver: string, { start, privately, keepsAddress, removeByHand, metadata }: Journey): void {
  jest.setTimeout(BUSY);

  describe(`${driver}, to docker run`, () => {
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

    const create = (name: string, ...words: string[]) =>
      owner.does('slipway', 'create', '--progress', 'plain', ...wordsFor(cloud), ...words, name);
    const runs = (name: string) => owner.docker(name, 'run', '--rm', 'tools', 'echo', name);

    test('a machine is made, and runs a container', async () => {
      await create('one');
      await owner.buildTools('one');
      expect(await runs('one')).toBe('one');
      const [row] = JSON.parse(await owner.does('slipway', 'ls', '--json', '-t', '20'));
      expect(row).toMatchObject({ name: 'one', driver, state: 'Running', engine: expect.stringMatching(/^\d/) });
    });

    if (metadata) {
      test('it was told of itself by the metadata of the cloud', () =>
        metadata((...command) => owner.does('slipway', 'ssh', 'one', quoteAll(command))));
    }

    test('ssh, env and docker need no credentials', async () => {
      const without = Object.keys(cloud.env).flatMap((name) => ['-u', name]);
      const words = ['slipway', 'ssh', 'one', 'true'];
      await owner.does('env', ...without, ...words);
      const script = `eval "$(slipway env one)" && docker version --format '{{.Server.Os}}'`;
      expect(await owner.does('env', ...without, 'bash', '-c', script)).toBe('linux\n');
    });

    test('after a stop and a start docker follows, also to another address', async () => {
      const before = await owner.does('slipway', 'ip', 'one');
      await owner.does('slipway', 'stop', 'one');
      expect(await owner.does('slipway', 'status', 'one')).toBe('Stopped\n');
      await owner.does('slipway', 'start', 'one');
      expect((await owner.does('slipway', 'ip', 'one')) === before).toBe(keepsAddress === true);
      expect(await runs('one')).toBe('one');
    });

    test('one that somebody removed by hand is gone, and rm clears away the rest', async () => {
      const { notes } = await owner.record('one');
      await removeByHand(cloud, Object.fromEntries(notes.map(({ kind, id = '' }) => [kind, id])));
      expect(await owner.does('slipway', 'status', 'one')).toBe('Gone\n');
      await owner.does('slipway', 'rm', '-y', 'one');
      expect(await cloud.left()).toEqual([]);
    });

    test('one without a public address is reached through another host', async () => {
      await create('inside', ...privately, '--ssh-jump', `${between.user}@${between.host}:${between.port}`);
      await owner.buildTools('inside');
      expect(await runs('inside')).toBe('inside');
      expect(await owner.does('slipway', 'url', 'inside')).toMatch(/^ssh:/);
      await owner.does('slipway', 'rm', '-y', 'inside');
      expect(await cloud.left()).toEqual([]);
    });

    test('and nothing that was asked is other than the vendor defines it', () => {
      expect(cloud.complaints).toEqual([]);
    });
  });
}
