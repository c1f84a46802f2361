import type { Site } from '../driver.ts';
import type { Vsphere } from './client.ts';
import type { Settings } from './settings.ts';

/** What every part is made with. */
export interface Place {
  readonly settings: Settings;
  readonly site: Site;
  readonly vsphere: Vsphere;
}
