import type { Labels, Survey } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import { allGuests } from './guest.ts';
import { endGuest } from './quit.ts';

const HERE = 'this computer';

/** The QEMUs of this computer. Files are in the machines' own folders, and go with them. */
export const leftovers: Survey = {
  machine: 'instance',
  scope: () => HERE,
  async survey() {
    return (await allGuests()).flatMap(({ key, run }) => {
      const more: Labels = run === undefined ? {} : { 'slipway-run': run };
      const labels = labelsInKey(key);
      return labels ? [{ kind: 'instance', id: key, labels: { ...labels, ...more }, where: HERE }] : [];
    });
  },
  // The socket in the folder of a machine of that name may be another machine's.
  removable: () => [{ kind: 'instance', destroy: (key) => endGuest(key) }],
};
