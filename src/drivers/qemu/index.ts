import type { DriverModule, Endpoint, Made, Site } from '../driver.ts';
import { checkHost } from './check.ts';
import { readConsole } from './console.ts';
import { readDefinition } from './definition.ts';
import { diskPart } from './disk.ts';
import { filesOf } from './files.ts';
import { askGuest } from './guest.ts';
import { instancePart } from './instance.ts';
import { runningPorts } from './launch.ts';
import { leftovers } from './leftovers.ts';
import { powerOf } from './power.ts';
import { flags, settingsOf } from './settings.ts';

/** Virtual machines on this computer. */
const qemu: DriverModule = {
  summary: 'A virtual machine on this computer',
  flags,
  leftovers,
  driver(values, site) {
    const settings = settingsOf(values);
    return {
      check: () => checkHost(settings, site),
      parts: [diskPart(settings, site), instancePart(site)],
      endpoint: (made) => endpointOf(made, site),
      power: powerOf(site),
      console: () => readConsole(filesOf(site.folder).console),
    };
  },
};

export default qemu;

async function endpointOf({ instance }: Made, site: Site): Promise<Endpoint | undefined> {
  const files = filesOf(site.folder);
  if (instance === undefined) return undefined;
  const definition = await readDefinition(files.definition);
  if (!definition) return undefined;
  const ports = await askGuest(instance, () => runningPorts(definition, files));
  if (!ports) return undefined;
  const { ssh, engine } = ports;
  return { host: '127.0.0.1', sshPort: ssh, sshUser: definition.user, enginePort: engine };
}
