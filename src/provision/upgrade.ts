import { SlipwayError } from '../errors.ts';
import { quote } from '../ssh/quote.ts';
import type { EngineFacts, Facts } from './facts.ts';
import type { Manager } from './packages/manager.ts';
import { serviceOf } from './service.ts';
import { holdContainers } from './set-up.ts';
import { chooseVersion, dockerPackages } from './sources/packages.ts';
import { binaries } from './sources/static.ts';
import { type Step, sh } from './step.ts';
import { startEngine } from './steps.ts';
import { familyOf } from './systems.ts';
import type { EngineWish } from './wish.ts';

/**
 * Finds out which version an upgrade would bring: gives `from` and `version`, the same when there is nothing newer
 * within what was wished. Installs nothing.
 * @throws SlipwayError `unsupported` where an engine can only be upgraded by hand
 */
export function candidate(facts: Facts, wish: EngineWish): Step[] {
  const engine = engineOf(facts);
  if (wish.source === 'static') return [compareArchive(engine, wish)];
  const { manager, name } = packageOf(facts, engine);
  return [
    {
      title: 'look for a newer engine',
      run: sh`
        ${manager.refresh}
        ${compare(manager, name, wish)}
      `,
      hint: 'The reason is above: can the host reach its package repositories?',
    },
  ];
}

/** Upgrades the engine in its source and within the version that was wished, without stopping containers. */
export function upgrade(facts: Facts, wish: EngineWish): Step[] {
  const engine = engineOf(facts);
  const install = wish.source === 'static' ? archive(wish) : packages(facts, engine, wish);
  return [...holdContainers(facts), install, startEngine(facts)];
}

function packages(facts: Facts, engine: EngineFacts, wish: EngineWish): Step {
  const { manager, name } = packageOf(facts, engine);
  const { pinned, others } = name === dockerPackages.pinned[0] ? dockerPackages : { pinned: [name], others: [] };
  const exact = !manager.pins || wish.version !== undefined;
  return {
    title: 'upgrade the engine',
    run: [
      manager.refresh,
      compare(manager, name, wish),
      'if [ "$to" = "$from" ]; then echo "$from is the newest already"; exit 0; fi',
      `set -- ${pinned.map((one) => (exact ? manager.at(one, '"$to"') : one)).join(' ')}`,
      ...others.map((one) => `if there=$(${manager.installed(one)}) && [ -n "$there" ]; then set -- "$@" ${one}; fi`),
      manager.install('"$@"'),
      `${serviceOf(facts).isRunning} || ${serviceOf(facts).start}`,
    ].join('\n'),
    hint: 'The reason is above: can the host reach its package repositories?',
  };
}

function archive(wish: EngineWish): Step {
  const step = binaries(wish);
  return { ...step, title: 'upgrade the engine', run: `${step.run}\n: >"$memory/pending"` };
}

/** Leaves the versions in `from` and `to`, and gives them without what only the package manager needs. */
function compare(manager: Manager, name: string, wish: EngineWish): string {
  return sh`
    from=$(${manager.installed(name)})
    ${chooseVersion(manager, name, wish.version)}
    # never back to an older one
    to=$(printf '%s\\n' "$from" "$to" | sort -V | tail -n 1)
    say from "\${from#*:}"
    say version "\${to#*:}"
  `;
}

function compareArchive(engine: EngineFacts, wish: EngineWish): Step {
  const version = /docker-(\d[\w.+-]*)\.t/.exec(wish.url ?? '')?.[1] ?? engine.version;
  return {
    title: 'look for a newer engine',
    run: `say from ${quote(engine.version)}\nsay version ${quote(version)}`,
    hint: 'Give the URL and checksum of the archive that you want',
  };
}

function engineOf(facts: Facts): EngineFacts {
  if (facts.engine) return facts.engine;
  throw new SlipwayError('unsupported', 'There is no dockerd on the host to upgrade', {
    hint: 'Set the machine up again: slipway provision NAME',
  });
}

function packageOf(facts: Facts, engine: EngineFacts): { manager: Manager; name: string } {
  if (engine.package === undefined) {
    throw new SlipwayError('unsupported', `The engine on the host ("${engine.path}") did not come in a package`, {
      hint: 'Upgrade it in the way in which it was installed',
    });
  }
  const { manager, name, own } = familyOf(facts.system);
  if (manager.upgradesAll) {
    throw new SlipwayError('unsupported', `${name} is upgraded as a whole, not a package at a time`, {
      hint: 'On the host: pacman -Syu',
    });
  }
  return { manager, name: own?.holder === engine.package ? own.engine : engine.package };
}
