import { handedBack } from './follow.ts';
import { CONF_D, DAEMON_JSON, TLS_FILES } from './paths.ts';
import { render } from './render.ts';
import { type Step, sh } from './step.ts';
import { readSystem, type System } from './system.ts';

/** What there is on a host. */
export interface Facts {
  system: System;
  /** What starts services; "other" when it is neither. */
  init: 'systemd' | 'openrc' | 'other';
  /** Absent when there is no dockerd, or when its installation was cut off. */
  engine?: EngineFacts;
  /** The files of the engine's configuration that Slipway may change. */
  daemonJson: ConfigFile;
  confD: ConfigFile;
  /** The certificates that Slipway wrote; absent when somebody has changed one since, or their key. PEM. */
  tls?: { ca: string; cert: string };
  /** Free space for packages and images, in MiB; absent when it could not be asked. */
  diskFree?: number;
  /** Slipway has changed the engine's configuration before. */
  touched: boolean;
  /** Those who set a new machine up are still at work. */
  busy: boolean;
  /** What cloud-init says went wrong at this boot, a line each; absent where nothing did, or there is no cloud-init. */
  cloudInit?: readonly string[];
}

export interface EngineFacts {
  /** Where dockerd is, as its service starts it. */
  path: string;
  /** "20.10.24+dfsg1" */
  version: string;
  /** The package that it came in; absent when it came otherwise. */
  package?: string;
  /** The service's unit with all its drop-ins, as `systemctl cat` prints it; empty without systemd. */
  unit: string;
  running: boolean;
  /** The arguments that it runs with, without its own name; empty when it does not run. */
  args: readonly string[];
  /** How many containers run; absent when it could not be asked. */
  containers?: number;
  images: number;
  swarm: boolean;
  liveRestore: boolean;
  storageDriver?: string;
}

export interface ConfigFile {
  /** Its text; absent when there is no such file. */
  now?: string;
  /** The text from before Slipway came; absent when there was no such file, or Slipway has not touched it. */
  original?: string;
  /** It is as Slipway wrote it: nobody has changed it since. */
  ours: boolean;
}

/** Where cloud-init tells what has become of its work at this boot. */
export const CLOUD_INIT_RESULT = '/run/cloud-init/result.json';

/**
 * A test, for a shell of its own. cloud-init's files tell of this boot; where there is neither yet, its last service does.
 * Itself it is asked only where there is no systemd, since its start takes a second, and ten times that while it is at work.
 */
export const CLOUD_INIT_IS_DONE: string = sh`
  have cloud-init || exit 0
  if [ -e ${CLOUD_INIT_RESULT} ] || [ -e /run/cloud-init/disabled ]; then exit 0; fi
  if [ -d /run/systemd/system ]; then
    case $(systemctl show -p ActiveState cloud-final.service) in
      *=activating) false ;;
      *=active | *=failed) true ;;
      *) ! systemctl is-system-running 2>/dev/null | grep -qE 'initializing|starting' ;;
    esac
  else
    case $(cloud-init status 2>/dev/null) in *running* | *'not run'* | *'not started'*) false ;; *) true ;; esac
  fi
`;

/** Hands back what there is on the host, for `factsFrom`. Changes nothing, and does not start the engine. */
export const look: Step = {
  title: 'look at the host',
  hint: 'The host must have the usual programs: cat, sed, awk, base64',
  run: sh`
    init=other
    pid=0
    path=$(command -v dockerd || true)
    if [ -d /run/systemd/system ]; then
      init=systemd
      service=$(systemctl show -p ExecStart -p MainPID docker.service || true)
      started=\${service##*ExecStart={ path=}
      started=\${started%%[ ;]*}
      if [ -x "$started" ]; then path=$started; fi
      pid=\${service##*MainPID=}
      pid=\${pid%%[!0-9]*}
    elif have rc-service; then
      init=openrc
      pid=$(pidof dockerd | cut -d ' ' -f 1 || true)
    fi

    host() {
      say init "$init"
      say arch "$(uname -m)"
      { cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release; } | give os-release
      df -Pk /usr /var | awk 'NR > 1 && (least == "" || $4 < least) { least = $4 } END { if (NR > 1) print int(least / 1024) }' | give disk
      if ! ( ${CLOUD_INIT_IS_DONE} ); then say busy yes
      elif went_wrong; then give cloud-init <${CLOUD_INIT_RESULT}
      fi
    }

    # Whether cloud-init's result tells of errors.
    went_wrong() {
      if ! [ -e ${CLOUD_INIT_RESULT} ]; then return 1; fi
      while read -r line || [ -n "$line" ]; do
        case $line in *'"errors": []'*) ;; *'"errors": ['*) return 0 ;; esac
      done <${CLOUD_INIT_RESULT}
      return 1
    }

    program() {
      if [ "$init" = systemd ]; then systemctl cat docker.service 2>/dev/null | give unit || true; fi
      if [ -z "$path" ]; then return; fi
      say path "$path"
      {
        if have dpkg-query; then dpkg-query -S "$path" 2>/dev/null | cut -d : -f 1
        elif have rpm; then rpm -qf --qf '%{NAME}\\n' "$path" 2>/dev/null
        elif have pacman; then pacman -Qqo "$path" 2>/dev/null
        elif have apk; then apk info -W "$path" 2>/dev/null | sed -n 's/.* is owned by \\(.*\\)-[0-9][^-]*-r[0-9]*$/\\1/p'
        fi
      } | give package || true
    }

    untouched() { [ -f "$1" ] && [ -f "$memory/written$1" ] && [ "$(sum "$1")" = "$(cat "$memory/written$1")" ]; }
    files() {
      if [ -s /var/lib/docker/swarm/docker-state.json ]; then say swarm yes; fi
      for file in ${DAEMON_JSON} ${CONF_D}; do
        if [ -f "$file" ]; then give "now:$file" <"$file"; fi
        if [ -f "$memory/originals$file" ]; then give "original:$file" <"$memory/originals$file"; fi
        if untouched "$file"; then say "ours:$file" yes; fi
      done
      if untouched ${TLS_FILES.ca} && untouched ${TLS_FILES.cert} && untouched ${TLS_FILES.key}; then
        give ca <${TLS_FILES.ca}
        give cert <${TLS_FILES.cert}
      fi
      if [ -e "$memory/installing" ]; then say installing yes; fi
      if noted 'had ${DAEMON_JSON}' || noted 'new ${DAEMON_JSON}'; then say touched yes; fi
    }

    # Whichever asks: it is waited for once. curl says with 2 that it does not know the option.
    ask() {
      code=2
      if have curl; then
        code=0
        curl -qsf --noproxy '*' --max-time 30 --unix-socket /var/run/docker.sock http://localhost/info || code=$?
      fi
      if [ "$code" -eq 2 ] && have docker; then
        env -u DOCKER_HOST -u DOCKER_CONTEXT timeout 30 docker -H unix:///var/run/docker.sock info --format '{{json .}}'
      fi
    }

    # The engine answers late: the program is looked at meanwhile, and tells before it, since long lines of two would be torn.
    engine() {
      program &
      info=
      if [ "\${pid:-0}" -gt 0 ]; then info=$(ask 2>/dev/null || true); fi
      wait "$!"
      printf %s "$info" | give info
      # The program takes long to start, and one that runs has said it already.
      # shellcheck disable=SC3013 # POSIX has -ef since 2024, the shells have had it for long.
      if [ -n "$path" ] && { [ -z "$info" ] || ! [ "/proc/$pid/exe" -ef "$path" ]; }; then
        "$path" --version | give version
      fi
    }

    if [ "\${pid:-0}" -gt 0 ]; then give args <"/proc/$pid/cmdline"; fi
    { host; files; } &
    others=$!
    told=$(engine)
    wait "$others"
    printf '%s\n' "$told"
  `,
};

/** The script that does nothing but look; for `sh -s` as root. */
export const detect: string = render([look], 'facts');

/** Reads the output of `detect`. */
export function parseFacts(text: string): Facts {
  return factsFrom(handedBack(text, 'facts'));
}

/** Reads what the step `look` handed back. */
export function factsFrom(gave: Readonly<Record<string, string>>): Facts {
  const word = (name: string) => gave[name]?.trim() ?? '';
  const init = word('init');
  const engine = engineFacts(gave);
  const wrong = cloudInitErrors(gave['cloud-init'] ?? '');
  return {
    system: readSystem(gave['os-release'] ?? '', word('arch')),
    init: init === 'systemd' || init === 'openrc' ? init : 'other',
    ...(engine ? { engine } : {}),
    daemonJson: configFile(gave, DAEMON_JSON),
    confD: configFile(gave, CONF_D),
    ...(gave.ca && gave.cert ? { tls: { ca: gave.ca, cert: gave.cert } } : {}),
    ...(word('disk') === '' ? {} : { diskFree: Number(word('disk')) }),
    touched: word('touched') === 'yes',
    busy: word('busy') === 'yes',
    ...(wrong.length > 0 ? { cloudInit: wrong } : {}),
  };
}

/** @param result cloud-init's result.json; empty where it tells of nothing wrong */
function cloudInitErrors(result: string): string[] {
  try {
    const { v1 } = JSON.parse(result) as { readonly v1?: { readonly errors?: readonly unknown[] } };
    return (v1?.errors ?? []).map(String);
  } catch {
    return [];
  }
}

function engineFacts(gave: Readonly<Record<string, string>>): EngineFacts | undefined {
  const path = gave.path?.trim();
  if (!path || gave.installing !== undefined) return undefined;
  const info = readInfo(gave.info ?? '');
  const owner = gave.package?.trim();
  return {
    path,
    version: /version ([^\s,]+)/.exec(gave.version ?? '')?.[1] ?? info.ServerVersion ?? 'unknown',
    ...(owner ? { package: owner } : {}),
    unit: gave.unit ?? '',
    running: gave.args !== undefined,
    args: gave.args?.replace(/\0$/, '').split('\0').slice(1) ?? [],
    ...(info.ContainersRunning === undefined ? {} : { containers: info.ContainersRunning }),
    images: info.Images ?? 0,
    swarm: info.Swarm ? info.Swarm.LocalNodeState !== 'inactive' : gave.swarm !== undefined,
    liveRestore: info.LiveRestoreEnabled === true,
    ...(info.Driver ? { storageDriver: info.Driver } : {}),
  };
}

/** What a running engine says of itself: SystemInfo of the Engine API (GET /info). */
interface Info {
  readonly ServerVersion?: string;
  readonly ContainersRunning?: number;
  readonly Images?: number;
  readonly Swarm?: { readonly LocalNodeState: string };
  readonly LiveRestoreEnabled?: boolean;
  readonly Driver?: string;
}

/** Nothing for what no engine said: the command line prints an empty answer where it reached none. */
function readInfo(text: string): Info {
  try {
    const info = JSON.parse(text) as Info;
    return info.ServerVersion ? info : {};
  } catch {
    return {};
  }
}

function configFile(gave: Readonly<Record<string, string>>, path: string): ConfigFile {
  const now = gave[`now:${path}`];
  const original = gave[`original:${path}`];
  return {
    ...(now === undefined ? {} : { now }),
    ...(original === undefined ? {} : { original }),
    ours: gave[`ours:${path}`] !== undefined,
  };
}
