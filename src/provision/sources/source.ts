import { SlipwayError } from '../../errors.ts';
import type { Facts } from '../facts.ts';
import type { Family } from '../families/family.ts';
import type { Step } from '../step.ts';
import { familyOf } from '../systems.ts';
import type { EngineWish, Source } from '../wish.ts';
import { fromDistribution, fromDocker } from './packages.ts';
import { fromArchive } from './static.ts';

/**
 * Where the engine comes from unless somebody says otherwise: from Docker where it serves the system, else from the
 * distribution.
 * @throws SlipwayError `unsupported` for a system that is not known
 */
export function defaultSource(facts: Facts): Source {
  return familyOf(facts.system).docker?.(facts.system) ? 'docker' : 'distribution';
}

/**
 * The steps that install an engine; none where there is one, which is kept at any version.
 * @throws SlipwayError `unsupported`, `refused`, `bad-input`, with what to do
 */
export function install(facts: Facts, wish: EngineWish): Step[] {
  if (facts.engine) return [];
  if (wish.source === 'none') throw missing(facts);
  refuseUnknownInit(facts);
  refuseFullDisk(facts);
  if (wish.source === 'static') return fromArchive(facts, knownFamily(facts), wish);
  const family = familyOf(facts.system);
  const source = wish.source ?? defaultSource(facts);
  return source === 'docker' ? fromDocker(facts, family, wish) : fromDistribution(facts, family, wish);
}

/** @throws SlipwayError `unsupported` where nothing that we know starts services */
export function refuseUnknownInit(facts: Facts): void {
  if (facts.init !== 'other') return;
  throw new SlipwayError(
    'unsupported',
    `"${facts.system.name}" on the host starts its services with neither systemd nor OpenRC`,
    {
      hint: 'Use a host that does',
    },
  );
}

const NEEDED = 700; // MiB; Docker's packages take about 450 when unpacked, and are there twice for a moment

function refuseFullDisk({ diskFree }: Facts): void {
  if (diskFree === undefined || diskFree >= NEEDED) return;
  throw new SlipwayError('refused', `The host has ${diskFree} MiB of disk space free, and an engine needs ${NEEDED}`, {
    hint: 'Make room in /usr and /var on the host, or give the machine a larger disk',
  });
}

function missing(facts: Facts): SlipwayError {
  return new SlipwayError('refused', `There is no dockerd on the host ("${facts.system.name}")`, {
    hint: 'Install one, or leave --engine-source none away, so that Slipway does',
  });
}

function knownFamily(facts: Facts): Family | undefined {
  try {
    return familyOf(facts.system);
  } catch {
    return undefined;
  }
}
