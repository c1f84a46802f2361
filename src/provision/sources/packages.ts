import { SlipwayError } from '../../errors.ts';
import { quote } from '../../ssh/quote.ts';
import type { Facts } from '../facts.ts';
import type { Family } from '../families/family.ts';
import type { Manager } from '../packages/manager.ts';
import { serviceOf } from '../service.ts';
import { type Step, sh } from '../step.ts';
import type { EngineWish } from '../wish.ts';
import { plainUrl } from './url.ts';

/** Docker's own packages: those that have the engine's version, and those with one of their own. */
export const dockerPackages = {
  pinned: ['docker-ce', 'docker-ce-cli'],
  others: ['containerd.io', 'docker-buildx-plugin', 'docker-compose-plugin'],
} as const;

/** Installs the engine from Docker's repository. @throws SlipwayError `unsupported` where Docker has no packages for the system */
export function fromDocker(facts: Facts, family: Family, wish: EngineWish): Step[] {
  const place = family.docker?.(facts.system);
  const repository = place && family.manager.addRepository;
  if (!place || !repository) {
    throw new SlipwayError('unsupported', `Docker has no packages for "${facts.system.name}" on ${facts.system.arch}`, {
      hint: "Take the distribution's own engine: --engine-source distribution",
    });
  }
  const base = wish.url === undefined ? 'https://download.docker.com' : plainUrl(wish.url, ['https:', 'http:']);
  return [repository({ ...place, base }), installStep(facts, family, wish, { ...dockerPackages, maybe: [] })];
}

/** Installs the distribution's own engine. @throws SlipwayError `unsupported` where it has none */
export function fromDistribution(facts: Facts, family: Family, wish: EngineWish): Step[] {
  if (!family.own) {
    throw new SlipwayError('unsupported', `"${facts.system.name}" has no Docker engine of its own`, {
      hint: "Take Docker's packages: --engine-source docker",
    });
  }
  const { engine, others, maybe = [], before } = family.own;
  const names = { pinned: [engine], others, maybe };
  return [installStep(facts, family, wish, names, before?.(facts.system))];
}

/**
 * Shell that puts into `to` the newest version within what was wished, or where nothing was the one that the package
 * manager prefers; or ends with the reason.
 */
export function chooseVersion(manager: Manager, name: string, wished: string | undefined): string {
  const wanted = wished === undefined ? '' : checkedVersion(wished);
  const all = manager.versions(name);
  const newest = `{ ${all}; } | newest ${quote(wanted)}`;
  const choose = wished === undefined ? (manager.preferred?.(name) ?? newest) : newest;
  return sh`
    to=$(${choose})
    if [ -z "$to" ]; then
      echo ${quote(`There is no ${name} ${wanted}`.trim())}, but these:
      { ${all}; } | sort -rV | head -n 20
      exit 1
    fi
  `;
}

interface Names {
  /** The engine first; all of them at the version that was wished. */
  pinned: readonly string[];
  others: readonly string[];
  /** Only where there is such a package. */
  maybe: readonly string[];
}

function installStep(
  facts: Facts,
  { manager, beside = [] }: Family,
  wish: EngineWish,
  names: Names,
  before = ':',
): Step {
  const { pinned, others, maybe } = names;
  const engine = pinned[0] ?? '';
  const exact = wish.version !== undefined;
  const words = [...(exact ? pinned.map((name) => manager.at(name, '"$to"')) : pinned), ...others, ...beside].join(' ');
  const offered = `available() { [ -n "$({ ${manager.versions('"$1"')}; } 2>/dev/null)" ]; }`;
  return {
    title: 'install the engine',
    done: '[ ! -e "$memory/installing" ] && have dockerd',
    run: [
      before,
      `if [ -e "$memory/installing" ]; then ${manager.repair ?? ':'}; fi`,
      manager.refresh,
      ...(exact ? [chooseVersion(manager, engine, wish.version)] : []),
      `set -- ${words}`,
      ...(maybe.length > 0 ? [offered] : []),
      ...maybe.map((name) => `if available ${name}; then set -- "$@" ${name}; fi`),
      "note 'installed engine'",
      ': >"$memory/installing"',
      manager.install('"$@"'),
      serviceOf(facts).enable,
      `${serviceOf(facts).isRunning} || ${serviceOf(facts).start}`,
      'rm "$memory/installing"',
    ].join('\n'),
    hint: 'The reason is above: can the host reach its package repositories?',
  };
}

/** The version as packages have it, without an epoch. @throws SlipwayError `bad-input` */
export function checkedVersion(text: string): string {
  if (/^[0-9][A-Za-z0-9.+~_:-]*$/.test(text)) return text.replace(/^[0-9]+:/, '').replace(/\.[x*]$/, '');
  throw new SlipwayError('bad-input', `"${text}" is not a version of an engine`, {
    hint: 'It must be a version or the beginning of one: 27, 27.3 or 27.3.1',
  });
}
