import type { Made } from '../driver.ts';
import { ask, lookUp } from './failures.ts';
import { theResource } from './ids.ts';
import type { Place } from './place.ts';

/** What the machine wrote to its serial console, which Azure keeps with its boot diagnostics. */
export async function consoleOf({ clients, options, site }: Place, { instance }: Made): Promise<string | undefined> {
  if (instance === undefined) return undefined;
  const { group, name } = theResource(instance);
  const { virtualMachines } = await clients.compute();
  const kept = await lookUp(`look for the console of "${name}"`, () =>
    virtualMachines.retrieveBootDiagnosticsData(group, name, options),
  );
  const url = kept?.serialConsoleLogBlobUri;
  if (url === undefined) return undefined;
  return ask(`read the console of "${name}"`, async () => {
    const answer = await fetch(url, site.signal ? { signal: site.signal } : {});
    return answer.ok ? answer.text() : undefined; // it is not there before the machine has written something
  });
}
