import { startCloud, type VsphereCloud } from '../clouds/vsphere/index.ts';
import { journey } from './journey.ts';

journey('vsphere', {
  start: () => startCloud({ guests: true }),
  privately: [], // no address of a vSphere is more public than others
  keepsAddress: true,
  async removeByHand(cloud, { machine = '' }) {
    const { console } = cloud as VsphereCloud;
    Object.assign(process.env, cloud.env); // it asks as the driver does, whose credentials are the environment's
    await console.turnOff(machine);
    await console.vanish(machine);
  },
});
