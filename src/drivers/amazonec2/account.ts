import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../../errors.ts';
import { makeFolder, replaceFile } from '../../files.ts';
import type { Part, Site } from '../driver.ts';
import type { Ec2 } from './client.ts';

/**
 * Parts that are looked for and removed only in the account in which they were made: to another one, asked with other
 * credentials, they would seem to be gone, and be forgotten. The first of them keeps the account's number while it lives.
 */
export function inOneAccount(parts: readonly Part[], ec2: Ec2, site: Site): Part[] {
  const file = join(site.folder, 'account');
  const confirm = onlyOnce(() => confirmAccount(ec2, file, site.machine));
  const guarded = parts.map((part): Part => {
    return {
      ...part,
      find: async (key) => confirm().then(() => part.find(key)),
      destroy: async (id) => confirm().then(() => part.destroy(id)),
    };
  });
  return guarded.map((part, at) => (at === 0 ? keeping(part, ec2, site, file) : part));
}

function keeping(part: Part, ec2: Ec2, { folder }: Site, file: string): Part {
  return {
    ...part,
    async create(key, made) {
      const account = await accountAsked(ec2);
      await makeFolder(folder);
      if (account !== undefined) await replaceFile(file, account);
      return part.create(key, made);
    },
    async destroy(id) {
      await part.destroy(id);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws SlipwayError `refused` */
async function confirmAccount(ec2: Ec2, file: string, machine: string): Promise<void> {
  const kept = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (kept === undefined) return;
  const asked = await accountAsked(ec2);
  if (asked === kept) return;
  const other = asked === undefined ? 'another account' : `the account "${asked}"`;
  throw new SlipwayError('refused', `"${machine}" is in the account "${kept}", and the credentials are of ${other}`, {
    hint: 'Choose the right ones, such as: AWS_PROFILE=NAME slipway …',
  });
}

/** Whose credentials they are. Each network has a group of this name, and it cannot be shared with other accounts. */
async function accountAsked(ec2: Ec2): Promise<string | undefined> {
  const { SecurityGroups } = await (await ec2()).groups({ Filters: [{ Name: 'group-name', Values: ['default'] }] });
  return SecurityGroups?.[0]?.OwnerId;
}

function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
