import { SlipwayError } from '../errors.ts';
import type { DriverModule } from './driver.ts';

/** Each is loaded on first use, with whatever it needs: a command that talks to one place loads no other. */
const modules: Readonly<Record<string, () => Promise<{ default: DriverModule }>>> = {
  qemu: () => import('./qemu/index.ts'),
  generic: () => import('./generic.ts'),
};

/** The names of all drivers, the default first. */
export const driverNames: readonly string[] = Object.keys(modules);

/** @throws SlipwayError `not-found` with the names that there are */
export async function driverModule(name: string): Promise<DriverModule> {
  const load = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (load) return (await load()).default;
  throw new SlipwayError('not-found', `There is no driver "${name}"`, {
    hint: `There are: ${driverNames.join(', ')}`,
  });
}
