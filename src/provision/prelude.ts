import { sh } from './step.ts';

/** Where a host keeps what Slipway must remember on it; the layout is told in prelude.ts. */
export const MEMORY = '/var/lib/slipway';

/**
 * The functions that steps may use. Under /var/lib/slipway they keep:
 * `touched`: a line a path that we changed: "had FILE" (its original is below originals/), "new FILE", "folder FOLDER";
 * `written/FILE`: the checksum of what we wrote there last; `pending`: there while the engine has yet to be restarted; `installing`: while its installation is not finished.
 */
export const PRELUDE = sh`
  memory=${MEMORY}

  # mark WORDS: tells the other side something; only it and we know the nonce
  mark() { printf 'slipway:%s %s\\n' "$nonce" "$*"; }

  # give NAME <VALUE: hands a value back
  # shellcheck disable=SC2046 # the lines become words of one line
  give() { mark give "$1" $(base64); }

  # say NAME LINE: hands a line back
  say() { mark say "$1" "$2"; }

  # step TITLE HINT RUN [DONE]
  step() {
    mark start "$1"
    if [ -n "\${4-}" ] && ( "$4" ); then mark skip; return; fi
    ( set -eu; "$3" )
    status=$?
    if [ "$status" -ne 0 ]; then mark fail "$status" "$2"; exit "$status"; fi
    mark 'done'
  }

  have() { command -v "$1" >/dev/null 2>&1; }

  # hidden FOLDER: makes it, for root alone
  hidden() { [ -d "$1" ] || ( umask 077; mkdir -p "$1" ); }

  # noted LINE: whether it was remembered
  noted() {
    while read -r line || [ -n "$line" ]; do
      if [ "$line" = "$1" ]; then return 0; fi
    done 2>/dev/null <"$memory/touched"
    return 1
  }

  # note LINE: remembers what is about to be touched, once
  note() {
    hidden "$memory"
    if ! noted "$1"; then echo "$1" >>"$memory/touched"; fi
  }

  # keep FILE: saves what is there before the first touch
  keep() {
    if noted "had $1" || noted "new $1"; then return; fi
    if [ ! -e "$1" ] && [ ! -L "$1" ]; then note "new $1"; return; fi
    hidden "$memory/originals\${1%/*}"
    rm -f "$memory/originals$1"
    cp -a "$1" "$memory/originals$1"
    note "had $1"
  }

  # folder FOLDER: makes it and those above it, remembering which were missing
  folder() {
    if [ -z "$1" ] || [ -d "$1" ]; then return; fi
    folder "\${1%/*}"
    note "folder $1"
    mkdir "$1"
  }

  sum() { digest=$(sha256sum <"$1") && echo "\${digest%% *}"; }

  # draft FILE MODE <TEXT: what a file shall become, beside it; one that is there lends its owner and mode
  draft() {
    [ -d "\${1%/*}" ] || mkdir -p "\${1%/*}"
    if [ -e "$1.slipway" ] || [ -L "$1.slipway" ]; then rm "$1.slipway"; fi
    if [ -e "$1" ]; then cp -p "$1" "$1.slipway"
    elif [ "$2" = 0644 ]; then : >"$1.slipway" # as the umask has it
    else
      ( umask 077; : >"$1.slipway" )
      if [ "$2" != 0600 ]; then chmod "$2" "$1.slipway"; fi
    fi
    cat >"$1.slipway"
    drafted=$(sum "$1.slipway")
  }

  # differs FILE: whether it is not yet as its draft
  differs() { [ ! -f "$1" ] || [ -L "$1" ] || [ "$(sum "$1")" != "$drafted" ]; }

  # settle FILE: puts its draft in its place, where it differs
  settle() {
    if ! differs "$1"; then rm "$1.slipway"; return; fi
    mv -f "$1.slipway" "$1"
    if have restorecon; then restorecon "$1" || true; fi
  }

  # place FILE MODE <TEXT: replaces a file as a whole; one that is there keeps its owner and mode.
  place() {
    draft "$1" "$2"
    settle "$1"
  }

  # put FILE MODE <TEXT: as place, for a file of the engine's configuration: can be undone, and asks for a restart
  put() {
    keep "$1"
    folder "\${1%/*}"
    draft "$1" "$2"
    if differs "$1"; then : >"$memory/pending"; fi
    settle "$1"
    wrote "$1" "$drafted"
  }

  # wrote FILE [SUM]: remembers what we made of it, to notice if somebody changes it after us
  wrote() {
    hidden "$memory/written\${1%/*}"
    echo "\${2-$(sum "$1")}" >"$memory/written$1"
  }

  # unput FILE: makes it as it was before the first touch
  unput() {
    rm -f "$1.slipway"
    if noted "new $1"; then rm -f "$1"; fi
    if noted "had $1"; then
      cp -a "$memory/originals$1" "$1.slipway"
      mv -f "$1.slipway" "$1"
    fi
  }

  # newest VERSION: of the versions on standard input the newest that is VERSION or begins with it; any, for ''
  newest() {
    sort -rV | while read -r version; do
      case "$1=\${version#*:}" in
        =* | "$1=$1" | "$1=$1"[-.+~_]*) echo "$version"; break ;;
      esac
    done
  }

  # patiently PATTERN COMMAND...: repeats a command whose output says that somebody else is at it, for 10 minutes
  patiently() {
    busy=$1
    shift
    record=$(mktemp -d)
    end=$(($(date +%s) + 600))
    while :; do
      { code=0; "$@" 2>&1 || code=$?; echo "$code" >"$record/code"; } | tee "$record/log"
      code=$(cat "$record/code")
      if [ "$code" -eq 0 ] || ! grep -qE "$busy" "$record/log" || [ "$(date +%s)" -ge "$end" ]; then break; fi
      echo 'Somebody else is at work with the package manager; trying again in 3 s'
      sleep 3
    done
    rm -r "$record"
    return "$code"
  }
`;
