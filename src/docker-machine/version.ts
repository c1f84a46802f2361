let version = '';

/** Tells Slipway's version once. */
export function setVersion(number: string): void {
  version = number;
}

export function versionNumber(): string {
  return version;
}

/** With the words that scripts look for in it. */
export function versionLine(): string {
  return `docker-machine version ${version}, build slipway`;
}
