/** How one shell sets and unsets variables. */
export interface Dialect {
  /** The line that sets a variable to exactly this value. */
  set(name: string, value: string): string;
  unset(name: string): string;
  /** Makes a word of a command line that the shell takes as one word. */
  word(text: string): string;
  /** The line that has the shell carry out what this command prints. */
  evaluate(command: string): string;
  /** A line that does nothing. */
  comment(text: string): string;
  /** Matches values that the shell cannot be given on a line. */
  readonly impossible?: RegExp;
}

/**
 * The dialects by name. Values that need no more stand in double quotes, as docker-machine printed them; all others
 * are quoted so that they arrive unchanged through the line that `evaluate` gives.
 */
export const DIALECTS = {
  bash: posix(),
  zsh: posix(),
  sh: posix(),
  fish: fish(),
  tcsh: tcsh(),
  powershell: powershell(),
  cmd: cmd(),
  emacs: emacs(),
} satisfies Record<string, Dialect>;

/** What every shell here takes as a word without quotes. */
const PLAIN = /^[\w./:@+,-][\w./:@+=,-]*$/;

/** POSIX Shell Command Language, section 2.2. */
function posix(): Dialect {
  return {
    set: (name, value) => `export ${name}="${escaped(value, /[\\"$`]/g)}"`,
    unset: (name) => `unset ${name}`,
    word: posixWord,
    evaluate: (command) => `eval "$(${command})"`,
    comment: (text) => `# ${text}`,
  };
}

/** fishshell.com/docs/current/language.html, "Quotes". A line break stands outside: `eval (…)` would cut there. */
function fish(): Dialect {
  return {
    set: (name, value) => `set -gx ${name} "${escaped(value, /[\\"$]/g).replaceAll('\n', '"\\n"')}";`,
    unset: (name) => `set -e ${name};`,
    word: (text) => (PLAIN.test(text) ? text : `'${escaped(text, /[\\']/g)}'`),
    evaluate: (command) => `${command} | source`,
    comment: (text) => `# ${text}`,
  };
}

/**
 * tcsh(1), "Lexical structure". No quotes keep `$` and `!` alike, so each character has its own backslash. The comment
 * is a command, as # begins none where the shell is interactive; its quotes keep the backquotes in it from running.
 */
function tcsh(): Dialect {
  const word = (text: string) => escaped(text, /[^\w./:@+=,\u0080-\u{10ffff}-]/gu);
  return {
    set: (name, value) => `setenv ${name} ${/^[\w./:@+=,-]*$/.test(value) ? `"${value}"` : word(value)};`,
    unset: (name) => `unsetenv ${name};`,
    word,
    evaluate: (command) => `eval "\`${command}\`"`,
    comment: (text) => `: '${text.replaceAll("'", "'\\''").replaceAll('!', '\\!')}';`,
    impossible: /\n/,
  };
}

/** PowerShell's about_Quoting_Rules and about_Special_Characters. It takes typographic quotes for quotes, too. */
function powershell(): Dialect {
  const lineEnds: Record<string, string> = { '\n': '`n', '\r': '`r' };
  return {
    set: (name, value) => {
      const text = value.replace(/[`"$“”„]/g, '`$&').replace(/[\r\n]/g, (end) => lineEnds[end] ?? end);
      return `$Env:${name} = "${text}"`;
    },
    unset: (name) => `Remove-Item Env:\\${name} -ErrorAction Ignore`,
    word: (text) => (PLAIN.test(text) && !/[@,]/.test(text) ? text : `'${text.replace(/['‘’‚‛]/g, '$&$&')}'`),
    evaluate: (command) => `& ${command} | Invoke-Expression`,
    comment: (text) => `# ${text}`,
  };
}

/** `for /?` and `set /?`. What FOR puts in place of %i is not read again, so `%`, `&` and `^` are safe in it. */
function cmd(): Dialect {
  return {
    set: (name, value) => (/^[\w./:@+=,\\-]*$/.test(value) ? `SET ${name}=${value}` : `SET "${name}=${value}"`),
    unset: (name) => `SET ${name}=`,
    word: (text) => (/^[\w./:@+\\-]+$/.test(text) ? text : `"${text}"`),
    evaluate: (command) => `@FOR /f "tokens=*" %i IN ('${command}') DO @%i`,
    comment: (text) => `REM ${text}`,
    impossible: /[\r\n"]/,
  };
}

/** GNU Emacs Lisp Reference Manual, "Syntax for Strings". */
function emacs(): Dialect {
  const lisp = (text: string) => `"${escaped(text, /[\\"]/g)}"`;
  return {
    set: (name, value) => `(setenv "${name}" ${lisp(value)})`,
    unset: (name) => `(setenv "${name}" nil)`,
    word: posixWord,
    evaluate: (command) => `(with-temp-buffer (shell-command ${lisp(command)} (current-buffer)) (eval-buffer))`,
    comment: (text) => `;; ${text}`,
  };
}

function posixWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, '\\$&');
}
