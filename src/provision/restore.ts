import { keepsContainers } from './configuration.ts';
import { type DaemonJson, print, withoutUs } from './daemon-json.ts';
import type { Facts } from './facts.ts';
import { DAEMON_JSON } from './paths.ts';
import { serviceOf } from './service.ts';
import { type Step, sh } from './step.ts';
import { setLiveRestore } from './steps.ts';

/**
 * Puts the host back as it was before the first `setUp`: every file by content, mode and owner, the firewall, the
 * service. Containers go on running. Repeatable, also after it was interrupted. An engine that Slipway installed
 * stays: then it gives `installed`.
 */
export function restore(facts: Facts): Step[] {
  if (!facts.engine || !facts.touched) return [saveEdits, ...putBack(facts, false), forget(facts)];
  const { text, json } = withoutUs({ ...facts.daemonJson, ours: true });
  const live = (on: boolean): Step[] =>
    keepsContainers(facts) ? [setLiveRestore(facts, on, print({ ...json, 'live-restore': on }, text), 'place')] : [];
  return [saveEdits, ...live(true), ...putBack(facts, true), ...(wasOn(json) ? [] : live(false)), forget(facts)];
}

function wasOn(json: DaemonJson): boolean {
  return json['live-restore'] === true;
}

const TOUCHED = `sed -n 's/^\\(had\\|new\\) //p' "$memory/touched"`;

/** What somebody changed in our files later is not what was there before us, but not ours to throw away either. */
const saveEdits: Step = {
  title: 'save what was changed since',
  done: '[ ! -e "$memory/touched" ]',
  run: sh`
    ${TOUCHED} | while read -r file; do
      if [ ! -f "$file" ] || [ ! -f "$memory/written$file" ]; then continue; fi
      if [ "$(sum "$file")" = "$(cat "$memory/written$file")" ]; then continue; fi
      cp -p "$file" "$file.edited"
      echo "$file was changed after Slipway wrote it: see $file.edited"
    done
    # from here on the changes are our own
    rm -rf "$memory/written"
  `,
  hint: 'See whether /etc can be written on the host',
};

/** @param restart the engine runs with our configuration, or failed to, and shall run without it */
function putBack(facts: Facts, restart: boolean): Step[] {
  const service = serviceOf(facts);
  return [
    {
      title: 'put the files back',
      done: '[ ! -e "$memory/touched" ]',
      run: [
        `${TOUCHED} | while read -r file; do`,
        `  if [ "$file" != ${DAEMON_JSON} ]; then unput "$file"; fi`,
        'done',
        `if grep -q ' /etc/hostname$' "$memory/touched"; then head -n 1 /etc/hostname >/proc/sys/kernel/hostname; fi`,
        ...(restart && !keepsContainers(facts) ? [`unput ${DAEMON_JSON}`] : []),
        ...(restart ? [`if ${service.isStopped}; then`, service.reread, 'else', service.restart, 'fi'] : []),
      ].join('\n'),
      hint: 'The reason is above; the originals are in /var/lib/slipway/originals on the host',
    },
  ];
}

function forget(facts: Facts): Step {
  return {
    title: 'forget the host',
    done: '[ ! -e "$memory" ]',
    run: sh`
      : >>"$memory/touched"
      unput ${DAEMON_JSON}
      while read -r kind what; do
        case $kind in
          firewalld)
            firewall-cmd --quiet --permanent --remove-port "$what" || true
            firewall-cmd --quiet --remove-port "$what" || true ;;
          ufw) ufw delete allow "$what" || true ;;
          disabled) ${serviceOf(facts).disable} || true ;;
          installed) say installed yes ;;
        esac
      done <"$memory/touched"
      sed -n 's/^folder //p' "$memory/touched" | sort -r | while read -r folder; do
        rmdir "$folder" 2>/dev/null || true
      done
      rm -rf "$memory"
    `,
    hint: 'The originals are in /var/lib/slipway/originals on the host',
  };
}
