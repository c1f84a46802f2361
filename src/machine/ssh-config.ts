import { rm } from 'node:fs/promises';
import { excludeFromSsh, includeInSsh } from '../context/index.ts';
import { replaceFile } from '../files.ts';
import { sshConfig } from '../ssh/index.ts';
import { withLock } from '../store/lock.ts';
import { listMachines } from '../store/machine.ts';
import { opensshHost } from './openssh.ts';
import { sharedLock, type Work } from './work.ts';

/** Tells the user's own ssh of every machine whose engine is spoken to through it, and of no other. */
export async function writeSshConfig(work: Work): Promise<void> {
  await withLock(work.store.locks, sharedLock('ssh-config'), async () => {
    const file = work.store.sshConfig;
    const hosts = await hostsToTell(work);
    if (hosts.length > 0) {
      await replaceFile(file, sshConfig(hosts));
      await includeInSsh(file);
    } else {
      await excludeFromSsh(file);
      await rm(file, { force: true });
    }
  });
}

async function hostsToTell(work: Work) {
  const listed = await listMachines(work.store);
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  const told = machines.filter(({ sshAlias, phase }) => sshAlias !== undefined && phase === 'ready');
  return Promise.all(
    told.map(async (machine) => ({ ...(await opensshHost(work, machine)), alias: machine.sshAlias ?? '' })),
  );
}
