/** What each shell runs at its start. All ask `slipway complete -- WORDS`, the last of which stands before the cursor. */
export const completionScripts = {
  bash: `# Completion of slipway for bash.
_slipway() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() word about i
  line=\${line#*"\${COMP_WORDS[0]}"}
  # bash takes words apart at ":" and "="; what no blank divides is put together again.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $line == [[:blank:]]* ]]; then words+=("$word"); else words[\${#words[@]}-1]+=$word; fi
    line=\${line#*"$word"}
  done
  if [[ $line == [[:blank:]]* ]]; then
    words+=("\${line#"\${line%%[![:blank:]]*}"}")
  else
    words[\${#words[@]}-1]+=$line
  fi
  local current=\${words[\${#words[@]}-1]} breaks=\${COMP_WORDBREAKS//[!:=]/} before=
  # It replaces only what comes after the last of them.
  if [[ -n $breaks && $current == *[$breaks]* ]]; then before=\${current%"\${current##*[$breaks]}"}; fi
  COMPREPLY=()
  while IFS=$'\\t' read -r word about; do
    if [[ $word == :files ]]; then
      compopt -o default 2>/dev/null
    elif [[ $word == "$current"* ]]; then
      COMPREPLY+=("\${word#"$before"}")
      if [[ $word == *: ]]; then compopt -o nospace 2>/dev/null; fi
    fi
  done < <(slipway complete -- "\${words[@]}" 2>/dev/null </dev/null)
}
complete -F _slipway slipway
`,
  zsh: `#compdef slipway
# Completion of slipway for zsh.
_slipway() {
  local -a asked described places
  local line word about files
  asked=(\${(Q)words[2,CURRENT-1]} "$PREFIX")
  for line in \${(f)"$(slipway complete -- "$asked[@]" 2>/dev/null </dev/null)"}; do
    word=\${line%%$'\\t'*} about=\${line#*$'\\t'}
    case $word in
      :files) files=1 ;;
      *:) places+=($word) ;;
      *) described+=("\${word//:/\\\\:}\${about:+:$about}") ;;
    esac
  done
  if (( $#places )); then compadd -S '' -a places; fi
  if (( $#described )); then _describe slipway described; fi
  if [[ -n $files ]]; then
    compset -P '--[^=]#='
    _files
  fi
}
if [[ $funcstack[1] == _slipway ]]; then _slipway "$@"; else compdef _slipway slipway; fi
`,
  fish: `# Completion of slipway for fish.
function __slipway_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    for line in (slipway complete -- $words "$current" 2>/dev/null </dev/null)
        if test "$line" = :files
            set -l flag (string match -r '^--[^=]*=' -- "$current")
            __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current") | string replace -r '^' -- "$flag"
        else
            printf '%s\\n' $line
        end
    end
end
complete -c slipway -f -a '(__slipway_complete)'
`,
} as const;
