/** As one line that can be put into a list: line ends become spaces, and nothing in it moves the cursor. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s*[\r\n\t]\s*/g, ' '));
}

/** Without what a terminal would obey: escape sequences lose their first sign. Line ends stay. */
export function printable(text: string): string {
  return text.replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '');
}
