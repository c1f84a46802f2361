import { Config, type Interfaces } from '@oclif/core';

/** What oclif knows of Slipway, with its plugins. @param root the folder of Slipway's package.json */
export async function oclifConfig(root: string, pjson: Interfaces.PJSON): Promise<Config> {
  return Config.load({ root, pjson });
}
